#pragma once

#include "ui/theme.h"

#include <QColor>
#include <QPixmap>
#include <QWidget>

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

class QChart;
class QGraphicsScene;
class QLineSeries;
class QValueAxis;

namespace belvedere::ui {

/// A number beside a series' name in the legend.
struct LegendValue {
    double value = 0;
    QString text = {};
};

/// One line, row of bars or cloud of points. Columns of equal length, times (Unix milliseconds) increasing, NaN a gap;
/// reduce to about two values a pixel before (reduceMinMax).
struct ChartSeries {
    enum class Draw { line, bars, points };

    QString name = {};
    QColor color = {};
    std::vector<double> timesMs = {};
    std::vector<double> values = {};
    /// Lower edge of fill or bar, one a value, for stacks; empty: zero.
    std::vector<double> base = {};
    Draw draw = Draw::line;
    qreal width = 1;          ///< of the line; more than 1 costs much
    double fillOpacity = 0;   ///< 0: none
    bool dashed = false;
    bool stepped = false;     ///< keeps each value until the next
    bool showPoints = false;
    bool rightAxis = false;
    bool hidden = false;
    std::vector<LegendValue> legend = {}; ///< one for each of ChartData::legendColumns
};

/// A horizontal line that means something; with an area from it upwards if `area`.
struct ChartThreshold {
    double value = 0;
    QColor color = {};
    bool area = false;
};

/// A stretch of time in which something was the case: shaded over the whole height, named in the tooltip.
struct ChartSpan {
    double fromMs = 0;
    std::optional<double> toMs = {}; ///< nothing: it lasts
    State state = State::unknown;
    QString text = {};

    bool operator==(const ChartSpan&) const = default;
};

struct ChartAxis {
    std::optional<double> min = {};
    std::optional<double> max = {};
    std::optional<double> softMin = {}; ///< the end unless the data go beyond
    std::optional<double> softMax = {};
    bool centeredZero = false;
    std::optional<int> decimals = {}; ///< ticks that would read the same are left out
    bool logarithmic = false;
    bool binary = false; ///< ticks at powers of two, for bytes
    /// Value to text with its unit, with exactly so many decimals if they are given; plain numbers if empty.
    std::function<QString(double value, std::optional<int> decimals)> format = {};
    QString label = {};
};

/// What a chart shows: a value that is replaced as a whole.
struct ChartData {
    std::vector<ChartSeries> series = {};
    double fromMs = 0;
    double toMs = 0;
    ChartAxis left = {};
    ChartAxis right = {};
    std::vector<ChartThreshold> thresholds = {};
    QStringList legendColumns = {};
    /// A line is broken where samples lie further apart than this; 0: never.
    double gapMs = 0;
};

/// A time series graph on Qt Charts. It is drawn into a picture only when data, size or look change; spans, the crosshair, the
/// tooltip and the selection are painted over that picture, so that moving the pointer costs nothing.
///
/// Mouse: move for values, drag to zoom, double-click to zoom out. Keyboard, when focused: left and right move the
/// crosshair, Shift with them selects, Enter zooms to the selection, Minus zooms out, Escape lets go.
class TimeSeriesView : public QWidget {
    Q_OBJECT

public:
    explicit TimeSeriesView(const Theme& theme, QWidget* parent = nullptr);
    ~TimeSeriesView() override;

    void setData(std::shared_ptr<const ChartData> data);
    [[nodiscard]] const std::shared_ptr<const ChartData>& data() const { return m_data; }

    void setSpans(std::vector<ChartSpan> spans);
    [[nodiscard]] const std::vector<ChartSpan>& spans() const { return m_spans; }

    /// Shows the crosshair that another graph reports; ignored while this graph has its own.
    void setCrosshair(std::optional<double> timeMs, bool tooltip = false);
    /// Draws one series strongly and the others faintly; -1: all alike.
    void setHighlighted(int series);

    /// Where lines are drawn, in widget coordinates.
    [[nodiscard]] QRectF plotRect() const { return m_plot; }
    /// How often the picture was drawn; for tests and measurements.
    [[nodiscard]] int drawCount() const { return m_drawCount; }
    [[nodiscard]] QSize sizeHint() const override { return { 480, 240 }; }
    [[nodiscard]] QSize minimumSizeHint() const override { return { 120, 60 }; }

Q_SIGNALS:
    void crosshairMoved(std::optional<double> timeMs);
    void zoomRequested(qint64 fromMs, qint64 toMs);
    void zoomOutRequested();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    struct Scale {
        double low = 0;
        double high = 1;
        double step = 1;
        bool used = false;
        std::vector<QString> texts = {}; ///< one a tick

        [[nodiscard]] int ticks() const { return std::max(0, static_cast<int>(std::floor((high - firstTick()) / step + 1e-6)) + 1); }
        [[nodiscard]] double tick(int i) const { return firstTick() + i * step; }

    private:
        [[nodiscard]] double firstTick() const { return std::ceil(low / step - 1e-6) * step; }
    };

    void redraw();
    void computeScales();
    [[nodiscard]] Scale scaleFor(bool right) const;
    void layoutPlot(const QFontMetrics& metrics);
    void drawGrid(QPainter& painter) const;
    void drawValueLabels(QPainter& painter, bool right) const;
    void drawTimeLabels(QPainter& painter) const;
    /// Pixels from one bar to the next, over the times of all series with bars.
    [[nodiscard]] double barDistance() const;
    void drawBars(QPainter& painter, std::size_t series, double distance) const;
    void drawFill(QPainter& painter, std::size_t series) const;
    void drawLines(QPainter& painter);
    void drawPoints(QPainter& painter) const;
    void drawThresholds(QPainter& painter) const;
    void paintSpans(QPainter& painter) const;
    void paintCrosshair(QPainter& painter) const;
    void paintTooltip(QPainter& painter, double timeMs) const;
    [[nodiscard]] QColor seriesColor(std::size_t series) const;
    [[nodiscard]] double x(double timeMs) const;            ///< widget coordinate
    [[nodiscard]] double y(double value, bool right) const; ///< widget coordinate
    [[nodiscard]] double baseY(const ChartSeries& series, std::size_t i) const;
    [[nodiscard]] double timeAt(double x) const;
    [[nodiscard]] std::optional<std::size_t> nearest(const ChartSeries& series, double timeMs) const;
    [[nodiscard]] std::vector<QString> tickTexts(bool right) const;
    /// Runs of values without a gap, as index pairs [begin, end).
    [[nodiscard]] std::vector<std::pair<std::size_t, std::size_t>> runs(const ChartSeries& series) const;
    void moveCrosshair(std::optional<double> timeMs);

    const Theme& m_theme;
    std::shared_ptr<const ChartData> m_data = std::make_shared<const ChartData>();
    std::vector<ChartSpan> m_spans;
    std::unique_ptr<QGraphicsScene> m_scene;
    QChart* m_chart;
    QValueAxis* m_xAxis;
    QValueAxis* m_yAxis;
    std::vector<QLineSeries*> m_lines; // reused from picture to picture
    QPixmap m_picture;
    bool m_stale = true;
    int m_drawCount = 0;
    QRectF m_plot;
    Scale m_left;
    Scale m_right;
    int m_highlighted = -1;
    std::optional<double> m_crosshair; // own or another graph's
    bool m_ownCrosshair = false;
    bool m_wasPressed = false; ///< a click began here, so that a second one makes a double click
    bool m_foreignTooltip = false;
    std::optional<double> m_selectionStart;
};

/// Text of one value beside an axis: in a legend, in a tooltip.
[[nodiscard]] QString axisText(const ChartAxis& axis, double value);
/// Texts of an axis' ticks: as many decimals as tell them apart, and the same number wherever the unit is the same, so that
/// "1.5 MB" stands above "1.0 MB".
[[nodiscard]] std::vector<QString> axisTexts(const ChartAxis& axis, const std::vector<double>& ticks);

}
