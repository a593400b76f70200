#include "ui/explore/query_narrowing.h"

#include "core/base/text.h"
#include "core/model/labels.h"
#include "ui/text.h"

#include <QRegularExpression>

namespace belvedere::ui {

namespace {

    /// Where the selector's closing brace stands; -1 if there is none. Braces inside of quotes don't count.
    qsizetype selectorEnd(const QString& query)
    {
        QChar quote;
        for (qsizetype i = 0; i < query.size(); ++i) {
            const QChar c = query[i];
            if (!quote.isNull()) {
                if (c == QLatin1Char('\\') && quote != QLatin1Char('`'))
                    ++i;
                else if (c == quote)
                    quote = QChar();
            } else if (c == QLatin1Char('"') || c == QLatin1Char('`')) {
                quote = c;
            } else if (c == QLatin1Char('}')) {
                return i;
            }
        }
        return -1;
    }

}

QString narrowed(const QString& logql, const LabelTest& test)
{
    QString query = logql.trimmed();
    const QString value = toQString(goQuoted(toUtf8(test.value)));
    const QString wanted = test.name + (test.exclude ? QStringLiteral("!=") : QStringLiteral("=")) + value;
    // Neither twice the same nor a test beside its opposite.
    static const QString kOperator = QStringLiteral("\\s*!?=\\s*");
    const QRegularExpression same(QStringLiteral("\\b") + QRegularExpression::escape(test.name) + kOperator + QRegularExpression::escape(value));
    if (const auto match = same.match(query); match.hasMatch())
        return query.replace(match.capturedStart(), match.capturedLength(), wanted);
    const auto end = selectorEnd(query);
    if (end < 0)
        return query;
    switch (test.origin) {
    case LabelOrigin::stream: {
        const bool empty = query.first(end).trimmed().endsWith(QLatin1Char('{'));
        return query.insert(end, (empty ? QString() : QStringLiteral(", ")) + wanted);
    }
    case LabelOrigin::json:
        static const QRegularExpression kParser(QStringLiteral("\\|\\s*json\\b"));
        if (!query.contains(kParser))
            query += QStringLiteral(" | json");
        break;
    case LabelOrigin::metadata:
    case LabelOrigin::parsed:
        break;
    }
    return query + QStringLiteral(" | ") + wanted;
}

QStringList highlightedTexts(const QString& logql)
{
    static const QRegularExpression kFilter(QStringLiteral("\\|=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*)\"|`([^`]*)`)"));
    QStringList texts;
    auto matches = kFilter.globalMatch(logql);
    while (matches.hasNext()) {
        const auto match = matches.next();
        QString text = match.hasCaptured(2) ? match.captured(2) : match.captured(1).replace(QStringLiteral("\\\""), QStringLiteral("\"")).replace(QStringLiteral("\\\\"), QStringLiteral("\\"));
        if (!text.isEmpty())
            texts << text;
    }
    return texts;
}

}
