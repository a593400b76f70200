#pragma once

#include "core/datasource/data_source.h"

#include <QAbstractListModel>
#include <QObject>
#include <QString>
#include <QStringList>

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <stop_token>
#include <vector>

namespace belvedere {
class TaskPool;
}

namespace belvedere::ui {

enum class QueryLanguage { promql, logql };

[[nodiscard]] QString languageId(QueryLanguage language); ///< "promql", "logql"

/// What would make sense at the cursor.
struct CompletionContext {
    enum class Kind { none, expression, labelName, labelValue, stage };

    Kind kind = Kind::none;
    QString prefix;      ///< what is typed of it so far, just before the cursor
    QString label;       ///< for labelValue: whose
    QString metric;      ///< for labels in a selector of PromQL: of which metric; may be ""
    bool unquoted = false; ///< for labelValue: its quotes are still missing

    bool operator==(const CompletionContext&) const = default;
};

[[nodiscard]] CompletionContext completionAt(QueryLanguage language, const QString& text, qsizetype cursor);

struct Completion {
    QString text;
    QString insert; ///< what is typed for it; may end inside brackets
    QString kind;   ///< "function", "counter", "label", ...
    QString help;
};

/// Functions, aggregations and keywords of a language.
[[nodiscard]] const std::vector<Completion>& languageWords(QueryLanguage language);

/// Metrics, labels and values of one data source, asked for in the background and kept until the source changes.
/// Lives in the window's thread.
class CompletionData : public QObject {
    Q_OBJECT

public:
    explicit CompletionData(TaskPool& pool, QObject* parent = nullptr);
    ~CompletionData() override;

    /// Forgets everything and asks for names anew. The range bounds what is offered.
    void setSource(std::shared_ptr<const datasource::DataSource> source, qint64 fromMs, qint64 toMs);

    /// What fits the context at this moment; what is missing is asked for and changed() follows.
    [[nodiscard]] std::vector<Completion> completions(QueryLanguage language, const CompletionContext& context);
    [[nodiscard]] const QStringList& metricNames() const { return m_metrics; }

Q_SIGNALS:
    void changed();

private:
    using Fetch = std::function<QStringList(const datasource::DataSource&, std::stop_token)>;
    void ask(const QString& key, Fetch fetch);
    [[nodiscard]] const QStringList& cached(const QString& key, Fetch fetch);

    TaskPool& m_pool;
    std::shared_ptr<const datasource::DataSource> m_source;
    qint64 m_fromNs = 0;
    qint64 m_toNs = 0;
    int m_generation = 0; // answers for an earlier source are dropped
    std::stop_source m_stop;
    QStringList m_metrics;
    std::map<QString, std::pair<QString, QString>> m_metadata; // metric: type, help
    std::map<QString, QStringList> m_lists;
    std::set<QString> m_asked;
};

/// The popup's list.
class CompletionModel : public QAbstractListModel {
    Q_OBJECT

public:
    /// More than this nobody reads.
    static constexpr std::size_t kShown = 200;

    enum Role { InsertRole = Qt::UserRole + 1, KindRole };

    using QAbstractListModel::QAbstractListModel;

    /// Keeps what contains `prefix`, beginnings first.
    void setCompletions(const std::vector<Completion>& completions, const QString& prefix);
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;

private:
    std::vector<Completion> m_rows;
};

}
