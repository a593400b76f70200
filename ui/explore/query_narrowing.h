#pragma once

#include <QString>
#include <QStringList>

namespace belvedere::ui {

/// Where a label of a log line comes from, and so where in a query it is tested.
enum class LabelOrigin {
    stream,   ///< the stream's own: tested in the selector
    metadata, ///< structured metadata: tested behind the selector
    parsed,   ///< made by a parser of the query: tested behind it
    json,     ///< a field of a JSON line that no parser has read yet
};

struct LabelTest {
    QString name;
    QString value;
    LabelOrigin origin = LabelOrigin::stream;
    bool exclude = false; ///< lines that do not have this value
};

/// The log query that passes only what the test wants; the opposite test of the same label and value is replaced.
[[nodiscard]] QString narrowed(const QString& logql, const LabelTest& test);

/// Texts that a log query looks for: those of |= filters.
[[nodiscard]] QStringList highlightedTexts(const QString& logql);

}
