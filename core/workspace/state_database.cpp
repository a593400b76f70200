#include "core/workspace/state_database.h"

#include "core/base/format.h"
#include "core/base/json.h"
#include "core/base/json_writer.h"

#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <QString>
#include <QVariant>

#include <array>
#include <atomic>
#include <future>
#include <limits>
#include <string_view>
#include <utility>

namespace belvedere::workspace {

namespace {

/// Each step brings the layout from its index to the next version; what was released is never changed, only added to.
struct Step {
    std::initializer_list<const char*> statements;
};
const std::array kSteps {
    Step { {
        "CREATE TABLE query (language TEXT NOT NULL, data_source TEXT NOT NULL, text TEXT NOT NULL, time_ms INTEGER NOT NULL, PRIMARY KEY (language, data_source, text))",
        "CREATE INDEX query_time ON query (time_ms)",
        "CREATE TABLE alert (rule_group TEXT NOT NULL, rule TEXT NOT NULL, labels TEXT NOT NULL, state INTEGER NOT NULL, active_at_ms INTEGER NOT NULL, fired_at_ms INTEGER NOT NULL, "
        "keep_firing_since_ms INTEGER NOT NULL, last_evaluation_ms INTEGER NOT NULL, PRIMARY KEY (rule_group, rule, labels))",
        "CREATE TABLE alert_change (id INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL, rule TEXT NOT NULL, labels TEXT NOT NULL, state INTEGER NOT NULL, value REAL)",
    } },
    Step { {
        "ALTER TABLE alert ADD COLUMN annotations TEXT NOT NULL DEFAULT '{}'",
        "ALTER TABLE alert ADD COLUMN value REAL",
    } },
};

QString qt(std::string_view text) { return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())); }
std::string std8(const QVariant& value) { return value.toString().toStdString(); }

QString labelsText(const model::Labels& labels)
{
    std::string text;
    JsonWriter json(text);
    json.beginObject();
    for (const auto& label : labels)
        json.key(label.name).string(label.value);
    json.endObject();
    return qt(text);
}

model::Labels labelsOf(const QVariant& value)
{
    std::vector<model::Label> labels;
    if (const auto parsed = Json::parse(std8(value)); parsed && parsed->isObject()) {
        for (const auto& [name, text] : parsed->members())
            labels.push_back({ name, text.toString() });
    }
    return model::Labels(std::move(labels));
}

/// Time goes back, if the machine's clock does, but an alert's state is one of three whatever a damaged file says.
model::AlertState stateOf(const QVariant& value)
{
    switch (value.toInt()) {
    case 1: return model::AlertState::pending;
    case 2: return model::AlertState::firing;
    default: return model::AlertState::inactive;
    }
}

/// SQLite has no NaN and keeps NULL in its place.
double numberOf(const QVariant& value) { return value.isNull() ? std::numeric_limits<double>::quiet_NaN() : value.toDouble(); }

QString uniqueConnectionName()
{
    static std::atomic<int> count = 0;
    return QStringLiteral("belvedere-state-%1").arg(++count);
}

}

class StateDatabase::Connection {
public:
    Connection()
        : m_name(uniqueConnectionName())
    {
    }
    ~Connection()
    {
        m_database.close();
        m_database = QSqlDatabase(); // removeDatabase() wants no handle to be left
        QSqlDatabase::removeDatabase(m_name);
    }

    Result<void> open(const std::filesystem::path& file)
    {
        m_database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), m_name);
        m_database.setDatabaseName(qt(file.string()));
        if (!m_database.open())
            return failure(ErrorCode::io, formatted("cannot open '{}': {}", file.string(), m_database.lastError().text().toStdString()));
        for (const char* pragma : { "PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL", "PRAGMA busy_timeout = 5000" }) {
            if (const auto done = execute(pragma); !done)
                return failure(ErrorCode::corrupt, formatted("'{}' cannot be used: {}; move it away to start with an empty one", file.string(), done.error().message));
        }
        return migrate(file);
    }

    Result<QSqlQuery> execute(const char* statement, std::initializer_list<QVariant> values = {})
    {
        QSqlQuery query(m_database);
        query.setForwardOnly(true);
        const auto failed = [&] { return failure(ErrorCode::io, query.lastError().text().toStdString()); };
        if (!query.prepare(QString::fromUtf8(statement)))
            return failed();
        for (const auto& value : values)
            query.addBindValue(value);
        if (!query.exec())
            return failed();
        return query;
    }

    /// Runs `work` as a whole or not at all.
    Result<void> transaction(const std::function<Result<void>()>& work)
    {
        if (!m_database.transaction())
            return failure(ErrorCode::io, m_database.lastError().text().toStdString());
        auto done = work();
        if (done && !m_database.commit())
            done = failure(ErrorCode::io, m_database.lastError().text().toStdString());
        if (!done)
            m_database.rollback();
        return done;
    }

private:
    Result<void> migrate(const std::filesystem::path& file)
    {
        auto answer = execute("PRAGMA user_version");
        if (!answer)
            return std::unexpected(answer.error());
        answer->next();
        auto version = static_cast<std::size_t>(answer->value(0).toInt());
        answer->finish();
        if (version > kSteps.size())
            return failure(ErrorCode::corrupt, formatted("'{}' was written by a newer Belvedere (layout {}, this one knows {})", file.string(), version, kSteps.size()));
        for (; version < kSteps.size(); ++version) {
            const auto stepped = transaction([&]() -> Result<void> {
                for (const char* statement : kSteps.at(version).statements) {
                    if (const auto done = execute(statement); !done)
                        return std::unexpected(done.error());
                }
                const auto stamped = execute(formatted("PRAGMA user_version = {}", version + 1).c_str());
                return stamped ? Result<void>() : std::unexpected(stamped.error());
            });
            if (!stepped)
                return withContext(stepped.error(), formatted("cannot bring '{}' to layout {}", file.string(), version + 1));
        }
        return {};
    }

    const QString m_name;
    QSqlDatabase m_database;
};

StateDatabase::StateDatabase() = default;

StateDatabase::~StateDatabase()
{
    run([this] { m_connection.reset(); });
}

void StateDatabase::run(const std::function<void()>& work) const
{
    std::promise<void> done;
    m_thread.submit([&] {
        work();
        done.set_value();
    });
    done.get_future().wait();
}

Result<std::unique_ptr<StateDatabase>> StateDatabase::open(const std::filesystem::path& file)
{
    std::unique_ptr<StateDatabase> database(new StateDatabase);
    Result<void> opened;
    database->run([&] {
        database->m_connection = std::make_unique<Connection>();
        opened = database->m_connection->open(file);
    });
    if (!opened)
        return std::unexpected(opened.error());
    return database;
}

Result<void> StateDatabase::addQuery(const QueryRecord& query)
{
    Result<void> done;
    run([&] {
        done = m_connection->transaction([&]() -> Result<void> {
            const auto added = m_connection->execute("INSERT OR REPLACE INTO query (language, data_source, text, time_ms) VALUES (?, ?, ?, ?)",
                { qt(query.language), qt(query.dataSource), qt(query.text), static_cast<qlonglong>(query.timeMs) });
            if (!added)
                return std::unexpected(added.error());
            const auto trimmed = m_connection->execute("DELETE FROM query WHERE time_ms < (SELECT time_ms FROM query ORDER BY time_ms DESC LIMIT 1 OFFSET ?)", { kQueriesKept - 1 });
            return trimmed ? Result<void>() : std::unexpected(trimmed.error());
        });
    });
    return done;
}

Result<std::vector<QueryRecord>> StateDatabase::queries(const std::string& language, int limit) const
{
    Result<std::vector<QueryRecord>> records;
    run([&] {
        auto rows = m_connection->execute("SELECT time_ms, language, data_source, text FROM query WHERE ? = '' OR language = ? ORDER BY time_ms DESC LIMIT ?",
            { qt(language), qt(language), limit });
        if (!rows) {
            records = std::unexpected(rows.error());
            return;
        }
        while (rows->next())
            records->push_back({ rows->value(0).toLongLong(), std8(rows->value(1)), std8(rows->value(2)), std8(rows->value(3)) });
    });
    return records;
}

Result<std::vector<AlertRecord>> StateDatabase::alerts(const std::string& group) const
{
    Result<std::vector<AlertRecord>> records;
    run([&] {
        auto rows = m_connection->execute(
            "SELECT rule, labels, state, active_at_ms, fired_at_ms, keep_firing_since_ms, last_evaluation_ms, annotations, value FROM alert WHERE rule_group = ? ORDER BY rule, labels", { qt(group) });
        if (!rows) {
            records = std::unexpected(rows.error());
            return;
        }
        while (rows->next()) {
            records->push_back({ std8(rows->value(0)), labelsOf(rows->value(1)), stateOf(rows->value(2)), rows->value(3).toLongLong(), rows->value(4).toLongLong(),
                rows->value(5).toLongLong(), rows->value(6).toLongLong(), labelsOf(rows->value(7)), numberOf(rows->value(8)) });
        }
    });
    return records;
}

Result<void> StateDatabase::setAlerts(const std::string& group, const std::vector<AlertRecord>& alerts)
{
    Result<void> done;
    run([&] {
        done = m_connection->transaction([&]() -> Result<void> {
            if (const auto removed = m_connection->execute("DELETE FROM alert WHERE rule_group = ?", { qt(group) }); !removed)
                return std::unexpected(removed.error());
            for (const auto& alert : alerts) {
                const auto added = m_connection->execute("INSERT OR REPLACE INTO alert VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    { qt(group), qt(alert.rule), labelsText(alert.labels), static_cast<int>(alert.state), static_cast<qlonglong>(alert.activeAtMs), static_cast<qlonglong>(alert.firedAtMs),
                        static_cast<qlonglong>(alert.keepFiringSinceMs), static_cast<qlonglong>(alert.lastEvaluationMs), labelsText(alert.annotations), alert.value });
                if (!added)
                    return std::unexpected(added.error());
            }
            return {};
        });
    });
    return done;
}

Result<void> StateDatabase::addChange(const model::AlertChange& change)
{
    Result<void> done;
    run([&] {
        const auto added = m_connection->execute("INSERT INTO alert_change (time_ms, rule, labels, state, value) VALUES (?, ?, ?, ?, ?)",
            { static_cast<qlonglong>(change.timeMs), qt(change.rule), labelsText(change.labels), static_cast<int>(change.state), change.value });
        const auto trimmed = m_connection->execute("DELETE FROM alert_change WHERE id <= (SELECT max(id) FROM alert_change) - ?", { kChangesKept });
        if (!added || !trimmed)
            done = std::unexpected((added ? trimmed : added).error());
    });
    return done;
}

Result<std::vector<model::AlertChange>> StateDatabase::changes(int limit) const
{
    Result<std::vector<model::AlertChange>> records;
    run([&] {
        auto rows = m_connection->execute("SELECT time_ms, rule, labels, state, value FROM alert_change ORDER BY id DESC LIMIT ?", { limit });
        if (!rows) {
            records = std::unexpected(rows.error());
            return;
        }
        while (rows->next())
            records->push_back({ rows->value(0).toLongLong(), std8(rows->value(1)), labelsOf(rows->value(2)), stateOf(rows->value(3)), rows->value(4).toDouble() });
    });
    return records;
}

}
