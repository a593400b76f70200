#include "ui/explore/completion.h"

#include "core/promql/functions.h"
#include "ui/async.h"
#include "ui/text.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include <algorithm>

namespace belvedere::ui {

namespace {

    bool isWord(QChar c) { return c.isLetterOrNumber() || c == QLatin1Char('_') || c == QLatin1Char(':'); }

    /// Where the cursor stands: in a string, in which brackets, and after which words.
    struct Place {
        bool inString = false;
        qsizetype stringBegin = 0; ///< first character inside of the quotes
        std::vector<std::pair<QChar, qsizetype>> open;
    };

    Place placeAt(const QString& text, qsizetype cursor)
    {
        Place place;
        QChar quote;
        for (qsizetype i = 0; i < cursor; ++i) {
            const QChar c = text[i];
            if (!quote.isNull()) {
                if (c == QLatin1Char('\\') && quote != QLatin1Char('`'))
                    ++i;
                else if (c == quote)
                    quote = QChar();
                continue;
            }
            if (c == QLatin1Char('"') || c == QLatin1Char('\'') || c == QLatin1Char('`')) {
                quote = c;
                place.stringBegin = i + 1;
            } else if (c == QLatin1Char('#')) {
                while (i < cursor && text[i] != QLatin1Char('\n'))
                    ++i;
            } else if (c == QLatin1Char('(') || c == QLatin1Char('{') || c == QLatin1Char('[')) {
                place.open.emplace_back(c, i);
            } else if ((c == QLatin1Char(')') || c == QLatin1Char('}') || c == QLatin1Char(']')) && !place.open.empty()) {
                place.open.pop_back();
            }
        }
        place.inString = !quote.isNull();
        return place;
    }

    QString wordBefore(const QString& text, qsizetype end)
    {
        while (end > 0 && text[end - 1].isSpace())
            --end;
        qsizetype begin = end;
        while (begin > 0 && isWord(text[begin - 1]))
            --begin;
        return text.sliced(begin, end - begin);
    }

    CompletionContext inSelector(const QString& text, qsizetype cursor, const Place& place, qsizetype brace)
    {
        CompletionContext context;
        context.metric = wordBefore(text, brace);
        if (place.inString) {
            // label op "prefix|
            static const QRegularExpression kLabel(QStringLiteral("([a-zA-Z_][a-zA-Z0-9_]*)\\s*(?:=~|!~|!=|=)\\s*[\"'`]$"));
            const auto match = kLabel.match(text.first(place.stringBegin));
            if (!match.hasMatch())
                return context;
            context.kind = CompletionContext::Kind::labelValue;
            context.label = match.captured(1);
            context.prefix = text.sliced(place.stringBegin, cursor - place.stringBegin);
            return context;
        }
        qsizetype begin = cursor;
        while (begin > 0 && isWord(text[begin - 1]))
            --begin;
        qsizetype before = begin;
        while (before > 0 && text[before - 1].isSpace())
            --before;
        // label op |
        static const QRegularExpression kTest(QStringLiteral("([a-zA-Z_][a-zA-Z0-9_]*)\\s*(?:=~|!~|!=|=)$"));
        if (const auto match = kTest.match(text.first(before)); match.hasMatch()) {
            context.kind = CompletionContext::Kind::labelValue;
            context.label = match.captured(1);
            context.prefix = text.sliced(begin, cursor - begin);
            context.unquoted = true;
            return context;
        }
        const QChar last = before > 0 ? text[before - 1] : QChar();
        if (last == QLatin1Char('{') || last == QLatin1Char(',')) {
            context.kind = CompletionContext::Kind::labelName;
            context.prefix = text.sliced(begin, cursor - begin);
        }
        return context;
    }

    Completion word(const char* text, const char* insert, const char* kind, const char* help)
    {
        return { QString::fromLatin1(text), QString::fromLatin1(insert), QCoreApplication::translate("belvedere::ui::Completion", kind), QCoreApplication::translate("belvedere::ui::Completion", help) };
    }

    std::vector<Completion> functions(std::initializer_list<const char*> names, const char* kind)
    {
        std::vector<Completion> words;
        for (const char* name : names)
            words.push_back(word(name, (std::string(name) + "(").c_str(), kind, ""));
        return words;
    }

    std::vector<Completion> keywords(std::initializer_list<const char*> names, const char* kind)
    {
        std::vector<Completion> words;
        for (const char* name : names)
            words.push_back(word(name, (std::string(name) + " ").c_str(), kind, ""));
        return words;
    }

    /// Those of the engine, each with what it does.
    std::vector<Completion> promqlFunctions()
    {
        std::vector<Completion> words;
        for (const auto& function : promql::functions()) {
            const auto name = toQString(function.name);
            words.push_back({ name, name + QLatin1Char('('), QCoreApplication::translate("belvedere::ui::Completion", "function"), toQString(function.help) });
        }
        return words;
    }

    std::vector<Completion> joined(std::initializer_list<std::vector<Completion>> lists)
    {
        std::vector<Completion> all;
        for (const auto& list : lists)
            all.insert(all.end(), list.begin(), list.end());
        return all;
    }

}

QString languageId(QueryLanguage language) { return language == QueryLanguage::promql ? QStringLiteral("promql") : QStringLiteral("logql"); }

CompletionContext completionAt(QueryLanguage language, const QString& text, qsizetype cursor)
{
    cursor = std::clamp<qsizetype>(cursor, 0, text.size());
    const Place place = placeAt(text, cursor);
    for (auto at = place.open.rbegin(); at != place.open.rend(); ++at) {
        if (at->first == QLatin1Char('{'))
            return inSelector(text, cursor, place, at->second);
    }
    if (place.inString)
        return {};
    if (!place.open.empty() && place.open.back().first == QLatin1Char('['))
        return {};

    CompletionContext context;
    qsizetype begin = cursor;
    while (begin > 0 && isWord(text[begin - 1]))
        --begin;
    context.prefix = text.sliced(begin, cursor - begin);
    if (!context.prefix.isEmpty() && context.prefix[0].isDigit())
        return {};
    if (!place.open.empty() && place.open.back().first == QLatin1Char('(')) {
        static const QStringList kGrouping { QStringLiteral("by"), QStringLiteral("without"), QStringLiteral("on"), QStringLiteral("ignoring"), QStringLiteral("group_left"), QStringLiteral("group_right") };
        if (kGrouping.contains(wordBefore(text, place.open.back().second))) {
            context.kind = CompletionContext::Kind::labelName;
            return context;
        }
    }
    if (language == QueryLanguage::logql) {
        qsizetype before = begin;
        while (before > 0 && text[before - 1].isSpace())
            --before;
        if (before > 0 && text[before - 1] == QLatin1Char('|')) {
            context.kind = CompletionContext::Kind::stage;
            return context;
        }
    }
    context.kind = CompletionContext::Kind::expression;
    return context;
}

const std::vector<Completion>& languageWords(QueryLanguage language)
{
    static const std::vector<Completion> kPromql = joined({
        functions({ "sum", "min", "max", "avg", "count", "stddev", "stdvar", "topk", "bottomk", "quantile", "count_values", "group", "limitk", "limit_ratio" }, QT_TRANSLATE_NOOP("belvedere::ui::Completion", "aggregation")),
        promqlFunctions(),
        keywords({ "by", "without", "on", "ignoring", "group_left", "group_right", "offset", "bool", "and", "or", "unless" }, QT_TRANSLATE_NOOP("belvedere::ui::Completion", "keyword")),
    });
    static const std::vector<Completion> kLogql = joined({
        functions({ "sum", "min", "max", "avg", "count", "stddev", "stdvar", "topk", "bottomk" }, QT_TRANSLATE_NOOP("belvedere::ui::Completion", "aggregation")),
        functions({ "rate", "count_over_time", "bytes_rate", "bytes_over_time", "absent_over_time", "sum_over_time", "avg_over_time", "min_over_time", "max_over_time", "quantile_over_time", "first_over_time", "last_over_time" },
            QT_TRANSLATE_NOOP("belvedere::ui::Completion", "function")),
        keywords({ "by", "without", "and", "or", "unless", "offset" }, QT_TRANSLATE_NOOP("belvedere::ui::Completion", "keyword")),
    });
    return language == QueryLanguage::promql ? kPromql : kLogql;
}

CompletionData::CompletionData(TaskPool& pool, QObject* parent)
    : QObject(parent)
    , m_pool(pool)
{
}

CompletionData::~CompletionData() { m_stop.request_stop(); }

void CompletionData::setSource(std::shared_ptr<const datasource::DataSource> source, qint64 fromMs, qint64 toMs)
{
    m_stop.request_stop();
    m_stop = std::stop_source {};
    ++m_generation;
    m_source = std::move(source);
    m_fromNs = fromMs * 1'000'000;
    m_toNs = toMs * 1'000'000;
    m_metrics.clear();
    m_metadata.clear();
    m_lists.clear();
    m_asked.clear();
    if (!m_source || m_source->info().type != "prometheus")
        return;
    struct Names {
        QStringList metrics;
        std::map<QString, std::pair<QString, QString>> metadata;
    };
    runAsync(
        m_pool, this,
        [asked = m_source, from = m_fromNs, to = m_toNs, stop = m_stop.get_token()] {
            Names names;
            if (const auto values = asked->labelValues("__name__", {}, from, to, stop)) {
                for (const auto& value : *values)
                    names.metrics << toQString(value);
            }
            if (const auto metadata = asked->metadata("", stop)) {
                for (const auto& item : *metadata)
                    names.metadata[toQString(item.metric)] = { toQString(item.type), toQString(item.help) };
            }
            return names;
        },
        [this, generation = m_generation](Names names) {
            if (generation != m_generation)
                return;
            m_metrics = std::move(names.metrics);
            m_metadata = std::move(names.metadata);
            Q_EMIT changed();
        });
}

void CompletionData::ask(const QString& key, Fetch fetch)
{
    if (!m_source || !m_asked.insert(key).second)
        return;
    runAsync(
        m_pool, this, [asked = m_source, fetch = std::move(fetch), stop = m_stop.get_token()] { return fetch(*asked, stop); },
        [this, key, generation = m_generation](QStringList list) {
            if (generation != m_generation)
                return;
            m_lists[key] = std::move(list);
            Q_EMIT changed();
        });
}

const QStringList& CompletionData::cached(const QString& key, Fetch fetch)
{
    ask(key, std::move(fetch));
    return m_lists[key];
}

std::vector<Completion> CompletionData::completions(QueryLanguage language, const CompletionContext& context)
{
    const auto list = [](const Result<std::vector<std::string>>& values) {
        QStringList texts;
        if (values) {
            for (const auto& value : *values)
                texts << toQString(value);
        }
        return texts;
    };
    const std::vector<std::string> selectors = context.metric.isEmpty() ? std::vector<std::string>() : std::vector { toUtf8(context.metric) };
    std::vector<Completion> found;
    // Only what can be shown is made: there may be a hundred thousand names. Functions keep some room beside metrics.
    const std::size_t most = context.kind == CompletionContext::Kind::expression ? CompletionModel::kShown / 2 : CompletionModel::kShown;
    const auto fits = [&](const QString& text) { return context.prefix.isEmpty() ? found.size() < most : text.contains(context.prefix, Qt::CaseInsensitive); };
    switch (context.kind) {
    case CompletionContext::Kind::none:
        break;
    case CompletionContext::Kind::expression:
        for (const auto& metric : m_metrics) {
            if (!fits(metric))
                continue;
            // A histogram's metadata stands under its family's name.
            auto at = m_metadata.find(metric);
            static const QRegularExpression kPart(QStringLiteral("_(bucket|count|sum|total|created)$"));
            if (at == m_metadata.end())
                at = m_metadata.find(QString(metric).remove(kPart));
            const bool known = at != m_metadata.end();
            found.push_back({ metric, metric, known ? at->second.first : QCoreApplication::translate("belvedere::ui::Completion", "metric"), known ? at->second.second : QString() });
        }
        found.insert(found.end(), languageWords(language).begin(), languageWords(language).end());
        break;
    case CompletionContext::Kind::labelName:
        for (const auto& name : cached(QStringLiteral("names/") + context.metric, [selectors, list, from = m_fromNs, to = m_toNs](const datasource::DataSource& source, const std::stop_token& stop) {
                 return list(source.labelNames(selectors, from, to, stop));
             })) {
            if (name != QStringLiteral("__name__") && fits(name))
                found.push_back({ name, name, QCoreApplication::translate("belvedere::ui::Completion", "label"), {} });
        }
        break;
    case CompletionContext::Kind::labelValue:
        for (const auto& value : cached(QStringLiteral("values/%1/%2").arg(context.label, context.metric), [selectors, list, label = toUtf8(context.label), from = m_fromNs, to = m_toNs](const datasource::DataSource& source, const std::stop_token& stop) {
                 return list(source.labelValues(label, selectors, from, to, stop));
             })) {
            if (!fits(value))
                continue;
            QString escaped = value;
            escaped.replace(QLatin1Char('\\'), QStringLiteral("\\\\")).replace(QLatin1Char('"'), QStringLiteral("\\\""));
            found.push_back({ value, escaped, QCoreApplication::translate("belvedere::ui::Completion", "value"), {} });
        }
        break;
    case CompletionContext::Kind::stage:
        for (const char* stage : { "json", "logfmt", "regexp", "pattern", "unpack", "line_format", "label_format", "decolorize", "drop", "keep", "unwrap" })
            found.push_back(word(stage, stage, QT_TRANSLATE_NOOP("belvedere::ui::Completion", "stage"), ""));
        break;
    }
    return found;
}

void CompletionModel::setCompletions(const std::vector<Completion>& completions, const QString& prefix)
{
    std::vector<const Completion*> begins;
    std::vector<const Completion*> contains;
    for (const auto& completion : completions) {
        if (completion.text.startsWith(prefix, Qt::CaseInsensitive))
            begins.push_back(&completion);
        else if (completion.text.contains(prefix, Qt::CaseInsensitive))
            contains.push_back(&completion);
    }
    begins.insert(begins.end(), contains.begin(), contains.end());
    beginResetModel();
    m_rows.clear();
    for (const auto* completion : begins) {
        if (m_rows.size() == kShown)
            break;
        m_rows.push_back(*completion);
    }
    endResetModel();
}

int CompletionModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(m_rows.size()); }

QVariant CompletionModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const auto& row = m_rows[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return row.text;
    case Qt::ToolTipRole:
        return row.help;
    case InsertRole:
        return row.insert;
    case KindRole:
        return row.kind;
    default:
        return {};
    }
}

}
