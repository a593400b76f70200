#include "ui/chart/time_series_view.h"

#include "core/dashboard/axis_range.h"
#include "core/dashboard/units.h"
#include "ui/chart/draw_turns.h"
#include "ui/chart/reduce.h"
#include "ui/format.h"
#include "ui/text.h"
#include "ui/theme.h"

#include <QBackingStore>
#include <QChart>
#include <QDateTime>
#include <QGraphicsLayout>
#include <QGraphicsScene>
#include <QKeyEvent>
#include <QLegend>
#include <QLineSeries>
#include <QMouseEvent>
#include <QPaintEngine>
#include <QPainter>
#include <QPainterPath>
#include <QRegularExpression>
#include <QValueAxis>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <utility>

// Qt Charts draws the lines; grid, labels, fills and bars are painted here, because its axes know neither round times nor
// units, and its areas know no gaps. The chart fills the plot rectangle with both axes from 0 to 1, so one mapping, ours,
// serves both value axes and the logarithm.

namespace belvedere::ui {

namespace {

    constexpr std::size_t kTooltipRows = 12;
    constexpr int kLoneBars = 20; ///< as many as would fit, where a single bar has no neighbour to say its width
    constexpr int kTimeLabelGap = 44; ///< between two times
    constexpr int kTickDistance = 44; ///< between two values of an axis, at least

    /// A step for time labels that are at least `minimumMs` apart.
    double timeStep(double minimumMs)
    {
        static constexpr std::array kSeconds { 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0,
            10800.0, 21600.0, 43200.0, 86400.0, 172800.0, 604800.0, 1209600.0, 2592000.0, 7776000.0, 31536000.0 };
        for (const double seconds : kSeconds) {
            if (seconds * 1000 >= minimumMs)
                return seconds * 1000;
        }
        return kSeconds.back() * 1000 * std::ceil(minimumMs / (kSeconds.back() * 1000));
    }

    /// The smallest step between values near `high` that the axis' decimals can tell apart: it depends on the unit's prefix
    /// there, which is found by trying.
    double leastStep(const ChartAxis& axis, double high)
    {
        double step = std::pow(10, -*axis.decimals);
        for (const double factor : { 1.0, 1e3, 1e6, 1e9, 1e12 }) {
            if (axisText(axis, high) != axisText(axis, high - step * factor))
                return step * factor;
        }
        return step;
    }

    QString timeLabel(double timeMs, double stepMs, double rangeMs)
    {
        const auto time = QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(timeMs));
        if (stepMs < 1000)
            return time.toString(QStringLiteral("HH:mm:ss.zzz"));
        if (stepMs < 60'000)
            return time.toString(QStringLiteral("HH:mm:ss"));
        if (stepMs >= 86'400'000)
            return time.toString(QStringLiteral("MM-dd"));
        return time.toString(rangeMs > 86'400'000 ? QStringLiteral("MM-dd HH:mm") : QStringLiteral("HH:mm"));
    }

}

QString axisText(const ChartAxis& axis, double value) { return axis.format ? axis.format(value, std::nullopt) : compactNumber(value); }

std::vector<QString> axisTexts(const ChartAxis& axis, const std::vector<double>& ticks)
{
    constexpr int kMostDecimals = 6;
    const auto text = [&axis](double value, int decimals) {
        return axis.format ? axis.format(value, decimals) : toQString(dashboard::formatUnit("short", value, decimals).toString());
    };
    // What stands around the digits is the unit; the digits behind the point that are not zeros are needed.
    const auto unitOf = [](QString written) {
        written.remove(QRegularExpression(QStringLiteral("[-0-9.,]")));
        return written;
    };
    const auto neededDecimals = [](const QString& written) {
        static const QRegularExpression kFraction(QStringLiteral("\\.([0-9]*[1-9])"));
        const auto match = kFraction.match(written);
        return match.hasMatch() ? static_cast<int>(match.capturedLength(1)) : 0;
    };
    std::map<QString, int> decimals; // by unit
    for (const double tick : ticks) {
        const QString written = text(tick, kMostDecimals);
        int& needed = decimals[unitOf(written)];
        needed = std::max(needed, neededDecimals(written));
    }
    std::vector<QString> texts;
    for (const double tick : ticks)
        texts.push_back(text(tick, tick == 0 ? 0 : decimals[unitOf(text(tick, kMostDecimals))]));
    return texts;
}

TimeSeriesView::TimeSeriesView(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_scene(std::make_unique<QGraphicsScene>())
    , m_chart(new QChart) // owned by the scene
    , m_xAxis(new QValueAxis(m_chart))
    , m_yAxis(new QValueAxis(m_chart))
{
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::CrossCursor);
    setAccessibleName(tr("Graph"));
    m_chart->setBackgroundVisible(false);
    m_chart->setPlotAreaBackgroundVisible(false);
    m_chart->setMargins(QMargins());
    m_chart->legend()->hide();
    m_chart->layout()->setContentsMargins(0, 0, 0, 0);
    for (auto* axis : { m_xAxis, m_yAxis }) {
        axis->setRange(0, 1);
        axis->setVisible(false);
    }
    m_chart->addAxis(m_xAxis, Qt::AlignBottom);
    m_chart->addAxis(m_yAxis, Qt::AlignLeft);
    m_scene->addItem(m_chart);
    connect(&theme, &Theme::changed, this, [this] {
        m_stale = true;
        update();
    });
}

TimeSeriesView::~TimeSeriesView() = default;

void TimeSeriesView::setData(std::shared_ptr<const ChartData> data)
{
    m_data = std::move(data);
    m_stale = true;
    setAccessibleDescription(tr("Series: %1").arg(m_data->series.size()));
    update();
}

void TimeSeriesView::setSpans(std::vector<ChartSpan> spans)
{
    if (spans == m_spans)
        return;
    m_spans = std::move(spans);
    update();
}

void TimeSeriesView::setCrosshair(std::optional<double> timeMs, bool tooltip)
{
    if (m_ownCrosshair || m_crosshair == timeMs)
        return;
    m_crosshair = timeMs;
    m_foreignTooltip = tooltip;
    update();
}

void TimeSeriesView::setHighlighted(int series)
{
    if (m_highlighted == series)
        return;
    m_highlighted = series;
    m_stale = true;
    update();
}

std::vector<QString> TimeSeriesView::tickTexts(bool right) const
{
    const ChartAxis& axis = right ? m_data->right : m_data->left;
    const Scale& scale = right ? m_right : m_left;
    std::vector<double> values;
    for (int i = 0; i < scale.ticks(); ++i) {
        const double tick = scale.tick(i);
        // Steps of 0.1 add up to something that is nearly zero.
        values.push_back(axis.logarithmic ? std::pow(10, tick) : std::abs(tick) < scale.step * 1e-9 ? 0 : tick);
    }
    return axisTexts(axis, values);
}

std::vector<std::pair<std::size_t, std::size_t>> TimeSeriesView::runs(const ChartSeries& series) const
{
    std::vector<std::pair<std::size_t, std::size_t>> found;
    const std::size_t count = std::min(series.timesMs.size(), series.values.size());
    std::size_t begin = count;
    for (std::size_t i = 0; i < count; ++i) {
        const bool gap = !std::isfinite(series.values[i]);
        const bool far = begin < count && m_data->gapMs > 0 && series.timesMs[i] - series.timesMs[i - 1] > m_data->gapMs;
        if (begin < count && (gap || far)) {
            found.emplace_back(begin, i);
            begin = count;
        }
        if (!gap && begin == count)
            begin = i;
    }
    if (begin < count)
        found.emplace_back(begin, count);
    return found;
}

TimeSeriesView::Scale TimeSeriesView::scaleFor(bool right) const
{
    const ChartAxis& axis = right ? m_data->right : m_data->left;
    Scale scale;
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    for (const auto& series : m_data->series) {
        if (series.hidden || series.rightAxis != right)
            continue;
        // Bars and stacks mean nothing without their foot.
        const bool fromZero = (series.draw == ChartSeries::Draw::bars || !series.base.empty()) && !axis.logarithmic;
        for (std::size_t i = 0; i < series.values.size(); ++i) {
            const double value = series.values[i];
            if (!std::isfinite(value) || (axis.logarithmic && value <= 0))
                continue;
            low = std::min(low, fromZero ? std::min(value, series.base.empty() ? 0.0 : series.base[i]) : value);
            high = std::max(high, fromZero ? std::max(value, 0.0) : value);
        }
        scale.used = true;
    }
    if (low > high) {
        low = axis.logarithmic ? 1 : 0;
        high = axis.logarithmic ? 10 : 1;
    }
    if (axis.logarithmic) {
        scale.low = axis.min && *axis.min > 0 ? std::log10(*axis.min) : std::floor(std::log10(low));
        scale.high = axis.max && *axis.max > 0 ? std::log10(*axis.max) : std::ceil(std::log10(high));
        if (scale.high <= scale.low)
            scale.high = scale.low + 1;
        scale.step = std::max(1.0, std::round((scale.high - scale.low) / 6));
        return scale;
    }
    const auto range = dashboard::axisRange(low, high, { .min = axis.min, .max = axis.max, .softMin = axis.softMin, .softMax = axis.softMax, .centeredZero = axis.centeredZero });
    scale.low = range.min;
    scale.high = range.max;
    scale.step = niceStep(scale.low, scale.high, std::max(2, height() / kTickDistance), axis.binary);
    if (axis.decimals)
        scale.step = std::max(scale.step, leastStep(axis, scale.high));
    return scale;
}

void TimeSeriesView::computeScales()
{
    m_left = scaleFor(false);
    m_right = scaleFor(true);
    m_left.used |= !m_right.used;
    for (const bool right : { false, true }) {
        Scale& scale = right ? m_right : m_left;
        if (scale.used)
            scale.texts = tickTexts(right);
    }
}

double TimeSeriesView::x(double timeMs) const { return m_plot.left() + (timeMs - m_data->fromMs) / std::max(m_data->toMs - m_data->fromMs, 1.0) * m_plot.width(); }

double TimeSeriesView::timeAt(double x) const { return m_data->fromMs + (x - m_plot.left()) / std::max(m_plot.width(), 1.0) * (m_data->toMs - m_data->fromMs); }

double TimeSeriesView::y(double value, bool right) const
{
    const Scale& scale = right ? m_right : m_left;
    const bool logarithmic = right ? m_data->right.logarithmic : m_data->left.logarithmic;
    const double mapped = logarithmic ? std::log10(std::max(value, 1e-300)) : value;
    return m_plot.bottom() - (mapped - scale.low) / (scale.high - scale.low) * m_plot.height();
}

double TimeSeriesView::baseY(const ChartSeries& series, std::size_t i) const
{
    const bool logarithmic = series.rightAxis ? m_data->right.logarithmic : m_data->left.logarithmic;
    if (logarithmic && series.base.empty())
        return m_plot.bottom();
    return std::clamp(y(series.base.empty() ? 0 : series.base[i], series.rightAxis), m_plot.top(), m_plot.bottom());
}

void TimeSeriesView::layoutPlot(const QFontMetrics& metrics)
{
    const auto labelWidth = [&](bool right) {
        const Scale& scale = right ? m_right : m_left;
        if (!scale.used)
            return 8;
        int widest = 0;
        for (const auto& text : scale.texts)
            widest = std::max(widest, metrics.horizontalAdvance(text));
        const ChartAxis& axis = right ? m_data->right : m_data->left;
        return widest + 12 + (axis.label.isEmpty() ? 0 : metrics.height());
    };
    const int left = labelWidth(false);
    const int right = labelWidth(true);
    const int bottom = metrics.height() + 6;
    m_plot = QRectF(left, 6, std::max(1, width() - left - right), std::max(1, height() - bottom - 6));
}

QColor TimeSeriesView::seriesColor(std::size_t series) const
{
    QColor color = m_data->series[series].color;
    if (m_highlighted >= 0 && m_highlighted != static_cast<int>(series))
        color.setAlphaF(0.18F);
    return color;
}

void TimeSeriesView::redraw()
{
    ++m_drawCount;
    m_stale = false;
    const qreal ratio = devicePixelRatioF();
    m_picture = QPixmap(size() * ratio);
    m_picture.setDevicePixelRatio(ratio);
    m_picture.fill(Qt::transparent);
    QFont font = m_theme.smallFont();
    font.setFeature("tnum", 1);
    computeScales();
    layoutPlot(QFontMetrics(font));
    QPainter painter(&m_picture);
    painter.setFont(font);
    drawGrid(painter);
    drawTimeLabels(painter);
    drawValueLabels(painter, false);
    drawValueLabels(painter, true);
    painter.setClipRect(m_plot.adjusted(0, -1, 1, 1));
    const double distance = barDistance();
    for (std::size_t s = 0; s < m_data->series.size(); ++s) {
        const auto& series = m_data->series[s];
        if (series.hidden)
            continue;
        if (series.draw == ChartSeries::Draw::bars)
            drawBars(painter, s, distance);
        else if (series.fillOpacity > 0)
            drawFill(painter, s);
    }
    drawLines(painter);
    drawPoints(painter);
    drawThresholds(painter);
}

void TimeSeriesView::drawGrid(QPainter& painter) const
{
    painter.setPen(QPen(m_theme.colors().grid, 1));
    const Scale& scale = m_left.used ? m_left : m_right;
    for (int i = 0; i < scale.ticks(); ++i) {
        const double at = std::round(m_plot.bottom() - (scale.tick(i) - scale.low) / (scale.high - scale.low) * m_plot.height()) + 0.5;
        painter.drawLine(QPointF(m_plot.left(), at), QPointF(m_plot.right(), at));
    }
}

void TimeSeriesView::drawValueLabels(QPainter& painter, bool right) const
{
    const Scale& scale = right ? m_right : m_left;
    if (!scale.used)
        return;
    const ChartAxis& axis = right ? m_data->right : m_data->left;
    const QFontMetrics metrics = painter.fontMetrics();
    painter.setPen(m_theme.colors().textFaint);
    for (int i = 0; i < scale.ticks(); ++i) {
        const double at = m_plot.bottom() - (scale.tick(i) - scale.low) / (scale.high - scale.low) * m_plot.height();
        const double top = std::clamp(at - metrics.height() / 2.0, 0.0, std::max(0.0, height() - double(metrics.height())));
        const QRectF box = right ? QRectF(m_plot.right() + 6, top, width() - m_plot.right() - 6, metrics.height()) : QRectF(0, top, m_plot.left() - 6, metrics.height());
        painter.drawText(box, static_cast<int>(right ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter, scale.texts[static_cast<std::size_t>(i)]);
    }
    if (!axis.label.isEmpty()) {
        painter.save();
        painter.translate(right ? width() - metrics.height() / 2.0 : metrics.height() / 2.0, m_plot.center().y());
        painter.rotate(right ? 90 : -90);
        painter.drawText(QRectF(-m_plot.height() / 2, -metrics.height() / 2.0, m_plot.height(), metrics.height()), Qt::AlignCenter, axis.label);
        painter.restore();
    }
}

void TimeSeriesView::drawTimeLabels(QPainter& painter) const
{
    const double range = m_data->toMs - m_data->fromMs;
    if (range <= 0)
        return;
    const QFontMetrics metrics = painter.fontMetrics();
    // The widest label decides how many fit.
    const double perPixel = range / m_plot.width();
    double step = timeStep(perPixel * 60);
    step = timeStep(perPixel * (metrics.horizontalAdvance(timeLabel(m_data->toMs, step, range)) + kTimeLabelGap));
    // Round in local time: midnight is where people have it.
    const double offset = QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(m_data->fromMs)).offsetFromUtc() * 1000.0;
    const double first = std::ceil((m_data->fromMs + offset) / step) * step - offset;
    for (int i = 0; first + i * step <= m_data->toMs; ++i) {
        const double tick = first + i * step;
        const double at = std::round(x(tick)) + 0.5;
        painter.setPen(QPen(m_theme.colors().grid, 1));
        painter.drawLine(QPointF(at, m_plot.top()), QPointF(at, m_plot.bottom()));
        const QString text = timeLabel(tick, step, range);
        const double textWidth = metrics.horizontalAdvance(text);
        const double left = at - textWidth / 2;
        if (left < 0 || left + textWidth > width())
            continue;
        painter.setPen(m_theme.colors().textFaint);
        painter.drawText(QPointF(left, m_plot.bottom() + 4 + metrics.ascent()), text);
    }
}

double TimeSeriesView::barDistance() const
{
    // Of all together: a series with a value now and then has bars no wider than its neighbours.
    std::vector<double> times;
    for (const auto& series : m_data->series) {
        if (series.draw == ChartSeries::Draw::bars && !series.hidden)
            times.insert(times.end(), series.timesMs.begin(), series.timesMs.end());
    }
    std::ranges::sort(times);
    const auto repeated = std::ranges::unique(times);
    times.erase(repeated.begin(), repeated.end());
    double distance = m_plot.width() / kLoneBars;
    if (times.size() > 1)
        distance = m_plot.width();
    for (std::size_t i = 1; i < times.size(); ++i)
        distance = std::min(distance, x(times[i]) - x(times[i - 1]));
    return distance;
}

void TimeSeriesView::drawBars(QPainter& painter, std::size_t s, double distance) const
{
    const auto& series = m_data->series[s];
    QColor color = seriesColor(s);
    color.setAlphaF(color.alphaF() * static_cast<float>(series.fillOpacity > 0 ? series.fillOpacity : 0.8));
    // Whole pixels, so that bars side by side neither overlap nor leave stripes.
    const double gap = distance > 6 ? 1 : 0;
    for (std::size_t i = 0; i < series.values.size(); ++i) {
        if (!std::isfinite(series.values[i]))
            continue;
        const double center = x(series.timesMs[i]);
        const double left = std::round(center - distance / 2);
        const double right = std::max(left + 1, std::round(center + distance / 2) - gap);
        painter.fillRect(QRectF(QPointF(left, std::round(y(series.values[i], series.rightAxis))), QPointF(right, std::round(baseY(series, i)))).normalized(), color);
    }
}

void TimeSeriesView::drawFill(QPainter& painter, std::size_t s) const
{
    const auto& series = m_data->series[s];
    QColor color = seriesColor(s);
    color.setAlphaF(color.alphaF() * static_cast<float>(series.fillOpacity));
    for (const auto& [begin, end] : runs(series)) {
        QPolygonF area;
        for (std::size_t i = begin; i < end; ++i) {
            if (series.stepped && i > begin)
                area << QPointF(x(series.timesMs[i]), y(series.values[i - 1], series.rightAxis));
            area << QPointF(x(series.timesMs[i]), y(series.values[i], series.rightAxis));
        }
        for (std::size_t i = end; i-- > begin;)
            area << QPointF(x(series.timesMs[i]), baseY(series, i));
        QPainterPath path;
        path.addPolygon(area);
        painter.fillPath(path, color);
    }
}

void TimeSeriesView::drawLines(QPainter& painter)
{
    // The chart works out every line anew when its area changes: before there are points it does so for nothing.
    const QRectF area(QPointF(0, 0), m_plot.size());
    if (area != m_chart->plotArea()) {
        for (auto* line : m_lines)
            line->clear();
        m_scene->setSceneRect(area);
        m_chart->setGeometry(area);
        m_chart->setPlotArea(area);
    }
    std::size_t used = 0;
    QList<QPointF> points;
    const double range = std::max(m_data->toMs - m_data->fromMs, 1.0);
    // Two pixels wide, of the picture: what is narrower is not told apart, and Qt Charts works on each point for long.
    const double columnMs = 2 * range / (m_plot.width() * devicePixelRatioF());
    for (std::size_t s = 0; s < m_data->series.size(); ++s) {
        const auto& series = m_data->series[s];
        if (series.hidden || series.draw != ChartSeries::Draw::line || series.width <= 0)
            continue;
        const bool strong = m_highlighted == static_cast<int>(s);
        const QPen pen(seriesColor(s), strong ? 2 : series.width, series.dashed ? Qt::DashLine : Qt::SolidLine);
        for (const auto& [begin, end] : runs(series)) {
            if (end - begin < 2)
                continue; // drawn as a point
            points.clear();
            for (const auto i : pointsToDraw(series.timesMs, series.values, begin, end, columnMs)) {
                const double px = (series.timesMs[i] - m_data->fromMs) / range;
                const double py = (m_plot.bottom() - y(series.values[i], series.rightAxis)) / m_plot.height();
                if (series.stepped && !points.isEmpty())
                    points << QPointF(px, points.last().y());
                points << QPointF(px, py);
            }
            if (used == m_lines.size()) {
                auto* line = new QLineSeries(m_chart);
                m_chart->addSeries(line);
                line->attachAxis(m_xAxis);
                line->attachAxis(m_yAxis);
                m_lines.push_back(line);
            }
            auto* line = m_lines[used++];
            line->setPen(pen);
            line->replace(points);
            line->setVisible(true);
        }
    }
    for (std::size_t i = used; i < m_lines.size(); ++i) {
        m_lines[i]->setVisible(false);
        m_lines[i]->clear();
    }
    if (used == 0)
        return;
    m_scene->render(&painter, m_plot, area, Qt::IgnoreAspectRatio);
}

void TimeSeriesView::drawPoints(QPainter& painter) const
{
    for (std::size_t s = 0; s < m_data->series.size(); ++s) {
        const auto& series = m_data->series[s];
        if (series.hidden || series.draw == ChartSeries::Draw::bars)
            continue;
        const QColor color = seriesColor(s);
        const bool all = series.showPoints || series.draw == ChartSeries::Draw::points;
        for (const auto& [begin, end] : runs(series)) {
            // A sample that stands alone would not show as a line.
            if (!all && end - begin > 1)
                continue;
            for (std::size_t i = begin; i < end; ++i)
                painter.fillRect(QRectF(x(series.timesMs[i]) - 2, y(series.values[i], series.rightAxis) - 2, 4, 4), color);
        }
    }
}

void TimeSeriesView::drawThresholds(QPainter& painter) const
{
    for (const auto& threshold : m_data->thresholds) {
        const double at = y(threshold.value, false);
        if (threshold.area) {
            QColor fill = threshold.color;
            fill.setAlphaF(0.08F);
            painter.fillRect(QRectF(m_plot.left(), m_plot.top(), m_plot.width(), std::clamp(at - m_plot.top(), 0.0, m_plot.height())), fill);
        }
        painter.setPen(QPen(threshold.color, 1, Qt::DashLine));
        painter.drawLine(QPointF(m_plot.left(), std::round(at) + 0.5), QPointF(m_plot.right(), std::round(at) + 0.5));
    }
}

std::optional<std::size_t> TimeSeriesView::nearest(const ChartSeries& series, double timeMs) const
{
    if (series.timesMs.empty())
        return std::nullopt;
    const auto after = std::ranges::lower_bound(series.timesMs, timeMs);
    auto at = static_cast<std::size_t>(after - series.timesMs.begin());
    if (at == series.timesMs.size() || (at > 0 && timeMs - series.timesMs[at - 1] < series.timesMs[at] - timeMs))
        --at;
    const double tolerance = std::max(m_data->gapMs, (m_data->toMs - m_data->fromMs) / std::max(m_plot.width(), 1.0) * 12);
    if (std::abs(series.timesMs[at] - timeMs) > tolerance || !std::isfinite(series.values[at]))
        return std::nullopt;
    return at;
}

void TimeSeriesView::paintCrosshair(QPainter& painter) const
{
    if (!m_crosshair || *m_crosshair < m_data->fromMs || *m_crosshair > m_data->toMs)
        return;
    const double at = std::round(x(*m_crosshair)) + 0.5;
    painter.setPen(QPen(m_theme.colors().textFaint, 1, Qt::DashLine));
    painter.drawLine(QPointF(at, m_plot.top()), QPointF(at, m_plot.bottom()));
    if (m_ownCrosshair || m_foreignTooltip)
        paintTooltip(painter, *m_crosshair);
}

void TimeSeriesView::paintSpans(QPainter& painter) const
{
    constexpr double kFoot = 3;  // a solid strip on the time axis, where the shade is faint
    constexpr double kShape = 12; // the state's own, for whom colours say nothing
    for (const auto& span : m_spans) {
        if (span.fromMs > m_data->toMs || span.toMs.value_or(m_data->toMs) < m_data->fromMs)
            continue;
        const double left = std::max(x(span.fromMs), m_plot.left());
        const double right = std::clamp(x(span.toMs.value_or(m_data->toMs)), left + 1, std::max(m_plot.right(), left + 1));
        const QColor color = m_theme.stateColor(span.state);
        QColor shade = color;
        shade.setAlphaF(0.12F);
        painter.fillRect(QRectF(left, m_plot.top(), right - left, m_plot.height()), shade);
        painter.fillRect(QRectF(left, m_plot.bottom() - kFoot, right - left, kFoot), color);
        if (right - left >= kShape + 4)
            m_theme.paintState(painter, QRectF((left + right - kShape) / 2, m_plot.top() + 3, kShape, kShape), span.state);
    }
}

void TimeSeriesView::paintTooltip(QPainter& painter, double timeMs) const
{
    struct Row {
        std::size_t series;
        double value;
    };
    std::vector<Row> rows;
    double shownTime = timeMs;
    for (std::size_t s = 0; s < m_data->series.size(); ++s) {
        const auto& series = m_data->series[s];
        const auto i = series.hidden ? std::nullopt : nearest(series, timeMs);
        if (!i)
            continue;
        rows.push_back({ s, series.values[*i] - (series.base.empty() ? 0 : series.base[*i]) });
        shownTime = series.timesMs[*i];
        painter.fillRect(QRectF(x(series.timesMs[*i]) - 2.5, y(series.values[*i], series.rightAxis) - 2.5, 5, 5), series.color);
    }
    if (rows.empty())
        return;
    std::ranges::stable_sort(rows, std::ranges::greater(), &Row::value);
    const std::size_t hidden = rows.size() > kTooltipRows ? rows.size() - kTooltipRows : 0;
    rows.resize(rows.size() - hidden);

    const auto& colors = m_theme.colors();
    QFont font = m_theme.smallFont();
    font.setFeature("tnum", 1);
    painter.setFont(font);
    const QFontMetrics metrics = painter.fontMetrics();
    const QString title = dateTimeText(static_cast<qint64>(shownTime));
    int nameWidth = 0;
    int valueWidth = 0;
    std::vector<QString> values;
    for (const auto& row : rows) {
        const auto& series = m_data->series[row.series];
        values.push_back(axisText(series.rightAxis ? m_data->right : m_data->left, row.value));
        nameWidth = std::max(nameWidth, std::min(metrics.horizontalAdvance(series.name) + 2, 320));
        valueWidth = std::max(valueWidth, metrics.horizontalAdvance(values.back()) + 2);
    }
    std::vector<const ChartSpan*> spans;
    int spanWidth = 0;
    for (const auto& span : m_spans) {
        if (timeMs < span.fromMs || timeMs > span.toMs.value_or(m_data->toMs))
            continue;
        spans.push_back(&span);
        spanWidth = std::max(spanWidth, std::min(metrics.horizontalAdvance(span.text) + 2, 320));
    }
    const int lineHeight = metrics.height() + 3;
    const double boxWidth = std::max({ nameWidth + valueWidth + 48, metrics.horizontalAdvance(title) + 22, spanWidth + 38 });
    const double boxHeight = lineHeight * (static_cast<double>(rows.size() + spans.size()) + 1 + (hidden > 0 ? 1 : 0)) + 14;
    double left = x(timeMs) + 14;
    if (left + boxWidth > width() - 4)
        left = std::max(4.0, x(timeMs) - 14 - boxWidth);
    const double top = std::clamp(m_plot.center().y() - boxHeight / 2, 2.0, std::max(2.0, height() - boxHeight - 2));

    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(colors.borderStrong);
    painter.setBrush(colors.raised);
    painter.drawRoundedRect(QRectF(std::round(left) + 0.5, std::round(top) + 0.5, boxWidth, boxHeight), Theme::kRadius, Theme::kRadius);
    painter.setRenderHint(QPainter::Antialiasing, false);
    double at = top + 7;
    painter.setPen(colors.textMuted);
    painter.drawText(QRectF(left + 10, at, boxWidth - 20, lineHeight), Qt::AlignLeft | Qt::AlignVCenter, title);
    at += lineHeight;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto& series = m_data->series[rows[i].series];
        painter.fillRect(QRectF(left + 10, at + lineHeight / 2.0 - 1.5, 10, 3), series.color);
        painter.setPen(colors.text);
        painter.drawText(QRectF(left + 28, at, nameWidth, lineHeight), Qt::AlignLeft | Qt::AlignVCenter, metrics.elidedText(series.name, Qt::ElideMiddle, nameWidth));
        painter.drawText(QRectF(left + boxWidth - valueWidth - 10, at, valueWidth, lineHeight), Qt::AlignRight | Qt::AlignVCenter, values[i]);
        at += lineHeight;
    }
    if (hidden > 0) {
        painter.setPen(colors.textFaint);
        painter.drawText(QRectF(left + 28, at, boxWidth - 36, lineHeight), Qt::AlignLeft | Qt::AlignVCenter, tr("and %1 more").arg(hidden));
        at += lineHeight;
    }
    for (const auto* span : spans) {
        m_theme.paintState(painter, QRectF(left + 9, at + (lineHeight - 12) / 2.0, 12, 12), span->state);
        painter.setPen(colors.text);
        painter.drawText(QRectF(left + 28, at, boxWidth - 38, lineHeight), Qt::AlignLeft | Qt::AlignVCenter, metrics.elidedText(span->text, Qt::ElideRight, static_cast<int>(boxWidth) - 38));
        at += lineHeight;
    }
}

void TimeSeriesView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    if (m_stale || m_picture.size() != size() * devicePixelRatioF()) {
        // Who asks for a picture of the widget (grab) gets it as it has to be, at once.
        const bool onScreen = backingStore() && painter.paintEngine()->paintDevice() == backingStore()->paintDevice();
        if (onScreen)
            DrawTurns::of(*this).draw(*this, [this] { redraw(); });
        else
            redraw();
    }
    if (!m_picture.isNull())
        painter.drawPixmap(rect(), m_picture);
    paintSpans(painter);
    if (m_selectionStart && m_crosshair) {
        const double a = std::clamp(x(*m_selectionStart), m_plot.left(), m_plot.right());
        const double b = std::clamp(x(*m_crosshair), m_plot.left(), m_plot.right());
        QColor fill = m_theme.colors().accent;
        fill.setAlphaF(0.16F);
        painter.fillRect(QRectF(std::min(a, b), m_plot.top(), std::abs(b - a), m_plot.height()), fill);
    }
    paintCrosshair(painter);
    if (hasFocus()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(m_theme.colors().accent, 1, Qt::DotLine));
        painter.drawRect(m_plot.adjusted(0, 0, -1, 0));
    }
}

void TimeSeriesView::resizeEvent(QResizeEvent*) { m_stale = true; }

void TimeSeriesView::moveCrosshair(std::optional<double> timeMs)
{
    m_ownCrosshair = timeMs.has_value();
    m_crosshair = timeMs;
    update();
    Q_EMIT crosshairMoved(timeMs);
}

void TimeSeriesView::mouseMoveEvent(QMouseEvent* event)
{
    const double at = std::clamp(event->position().x(), m_plot.left(), m_plot.right());
    const bool inside = m_plot.adjusted(-4, -6, 4, 6).contains(event->position());
    moveCrosshair(inside || m_selectionStart ? std::optional(timeAt(at)) : std::nullopt);
}

void TimeSeriesView::mousePressEvent(QMouseEvent* event)
{
    m_wasPressed = true;
    if (event->button() == Qt::LeftButton && m_plot.contains(event->position()))
        m_selectionStart = timeAt(event->position().x());
}

void TimeSeriesView::mouseReleaseEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton || !m_selectionStart)
        return;
    const double start = *m_selectionStart;
    m_selectionStart.reset();
    const double end = timeAt(std::clamp(event->position().x(), m_plot.left(), m_plot.right()));
    update();
    // A few pixels are a click with an unsteady hand.
    if (std::abs(x(end) - x(start)) >= 5)
        Q_EMIT zoomRequested(static_cast<qint64>(std::min(start, end)), static_cast<qint64>(std::max(start, end)));
}

void TimeSeriesView::mouseDoubleClickEvent(QMouseEvent*)
{
    // The second click of two on what this graph has just replaced, such as a dashboard's line in the list, is not for it.
    if (!std::exchange(m_wasPressed, false))
        return;
    m_selectionStart.reset();
    Q_EMIT zoomOutRequested();
}

void TimeSeriesView::keyPressEvent(QKeyEvent* event)
{
    const double step = (m_data->toMs - m_data->fromMs) / 100;
    switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Right: {
        const double from = m_crosshair.value_or((m_data->fromMs + m_data->toMs) / 2);
        if (event->modifiers().testFlag(Qt::ShiftModifier) && !m_selectionStart)
            m_selectionStart = from;
        moveCrosshair(std::clamp(from + (event->key() == Qt::Key_Left ? -step : step), m_data->fromMs, m_data->toMs));
        return;
    }
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_selectionStart && m_crosshair) {
            const double a = *m_selectionStart;
            const double b = *m_crosshair;
            m_selectionStart.reset();
            Q_EMIT zoomRequested(static_cast<qint64>(std::min(a, b)), static_cast<qint64>(std::max(a, b)));
        }
        return;
    case Qt::Key_Minus:
        Q_EMIT zoomOutRequested();
        return;
    case Qt::Key_Escape:
        // With nothing of its own to end, it is for whoever shows the graph.
        if (!m_selectionStart && !m_ownCrosshair)
            return QWidget::keyPressEvent(event);
        m_selectionStart.reset();
        moveCrosshair(std::nullopt);
        return;
    default:
        QWidget::keyPressEvent(event);
    }
}

void TimeSeriesView::leaveEvent(QEvent*)
{
    m_wasPressed = false;
    if (!m_selectionStart)
        moveCrosshair(std::nullopt);
}

}
