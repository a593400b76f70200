#include "ui/panels/painted_view.h"

#include "ui/text.h"
#include "ui/theme.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace belvedere::ui {

PaintedView::PaintedView(const Theme& theme, QWidget* parent)
    : PanelView(parent)
    , m_theme(theme)
    , m_panel(std::make_shared<const Json>())
    , m_content(std::make_shared<const PanelContent>())
{
    connect(&theme, &Theme::changed, this, qOverload<>(&QWidget::update));
}

void PaintedView::show(const std::shared_ptr<const Json>& panel, const PanelContentPtr& content)
{
    m_panel = panel;
    m_content = content;
    m_values = dashboard::reduceFrames(content->data.frames, options()["reduceOptions"], content->palette, content->format);
    QStringList words;
    for (const auto& value : m_values)
        words << toQString(value.title) + QLatin1Char(' ') + toQString(value.display.toString());
    setAccessibleDescription(words.join(QStringLiteral("; ")));
    update();
}

QString PaintedView::toText() const
{
    QString out;
    for (const auto& value : m_values)
        out += toQString(value.title) + QLatin1Char('\t') + toQString(value.display.toString()) + QLatin1Char('\n');
    return out;
}

const Json& PaintedView::options() const { return (*m_panel)["options"]; }

bool PaintedView::vertical() const
{
    const auto wanted = options()["orientation"].text();
    if (wanted == "horizontal" || wanted == "vertical")
        return wanted == "vertical";
    return width() > height();
}

std::vector<QRectF> PaintedView::cells(std::size_t count) const
{
    constexpr double kGap = Theme::kGrid / 2.0;
    const auto area = QRectF(rect()).adjusted(4, 0, -4, -4);
    // The number of columns that leaves the largest single value, taking 1 : 2 as the best shape of a cell.
    std::size_t best = 1;
    double bestSize = 0;
    for (std::size_t columns = 1; columns <= count; ++columns) {
        const auto rows = (count + columns - 1) / columns;
        const double width = area.width() / static_cast<double>(columns), height = area.height() / static_cast<double>(rows);
        const double size = std::min(width / 2, height);
        if (size > bestSize) {
            bestSize = size;
            best = columns;
        }
    }
    const auto rows = (count + best - 1) / best;
    std::vector<QRectF> out;
    for (std::size_t i = 0; i < count; ++i) {
        const double width = area.width() / static_cast<double>(best), height = area.height() / static_cast<double>(rows);
        const QRectF cell(area.left() + width * static_cast<double>(i % best), area.top() + height * static_cast<double>(i / best), width, height);
        out.push_back(count == 1 ? cell : cell.adjusted(kGap / 2, kGap / 2, -kGap / 2, -kGap / 2));
    }
    return out;
}

QFont PaintedView::fittingFont(const QString& text, const QSizeF& size, double largest) const
{
    auto font = m_theme.numberFont();
    double pixels = std::clamp(size.height(), 8.0, largest);
    font.setPixelSize(static_cast<int>(pixels));
    const double width = QFontMetricsF(font).horizontalAdvance(text);
    if (width > size.width() && width > 0)
        pixels = std::max(8.0, pixels * size.width() / width);
    font.setPixelSize(static_cast<int>(pixels));
    return font;
}

QColor PaintedView::legible(QColor color) const
{
    constexpr double kLeastContrast = 3; // for large text
    constexpr int kSteps = 12;
    for (int i = 0; i < kSteps && contrastRatio(color, m_theme.colors().raised) < kLeastContrast; ++i)
        color = m_theme.isDark() ? color.lighter(112) : color.darker(112);
    return contrastRatio(color, m_theme.colors().raised) < kLeastContrast ? m_theme.colors().text : color;
}

void PaintedView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (m_values.empty()) {
        painter.setPen(m_theme.colors().textMuted);
        painter.setFont(m_theme.font());
        painter.drawText(rect(), Qt::AlignCenter, tr("No data"));
        return;
    }
    const auto places = cells(m_values.size());
    for (std::size_t i = 0; i < places.size(); ++i)
        paintValue(painter, places[i], m_values[i], m_values.size() > 1);
}

}
