#pragma once

#include <QCoreApplication>
#include <QString>

#include <optional>
#include <string>
#include <vector>

namespace belvedere::ui {

enum class FigureUnit { number, perSecond, ratio, seconds, bytes, bytesPerSecond };

/// One figure of a tile and the query behind it: by job and instance, for every target at once.
struct FigureSpec {
    /// What the instances of one service make together.
    enum class Merge { sum, highest, lowest };

    const char* caption; ///< untranslated; figureCaption() says it
    FigureUnit unit;
    Merge merge;
    std::string expr;
    std::optional<double> warning = std::nullopt; ///< above it the service deserves attention
    std::optional<double> critical = std::nullopt;
};

/// What a service is, told by the metrics that its targets have.
struct ServiceKind {
    Q_DECLARE_TR_FUNCTIONS(belvedere::ui::ServiceKind)

public:
    /// The kinds that Belvedere knows, the most telling first. The last is told by what every scrape leaves behind.
    [[nodiscard]] static const std::vector<ServiceKind>& all();

    const char* id;
    const char* name;   ///< as people call it
    const char* marker; ///< a metric that only this kind has
    const char* prefix; ///< of its metrics: an alert over them concerns it; "" if it has none of its own
    const char* dashboard; ///< uid of the shipped one that tells most of it; "" if none does
    std::vector<FigureSpec> figures; ///< the first is drawn as a graph
};

/// An instant query that answers which target has which marker: by job, instance and __name__.
[[nodiscard]] std::string markerQuery();

[[nodiscard]] QString figureCaption(const FigureSpec& figure);
[[nodiscard]] QString figureText(FigureUnit unit, double value);

}
