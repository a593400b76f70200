#include "ui/theme.h"

#include "ui/style.h"

#include <QApplication>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QIconEngine>
#include <QPainter>
#include <QPainterPath>
#include <QPixmapCache>
#include <QStyleHints>
#include <QSvgRenderer>
#include <QWidget>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

namespace belvedere::ui {

namespace {

    const ThemeColors kDark {
        .window = QColor(0x10, 0x12, 0x17),
        .surface = QColor(0x15, 0x18, 0x1e),
        .raised = QColor(0x1b, 0x1f, 0x27),
        .field = QColor(0x12, 0x15, 0x1a),
        .hover = QColor(0x24, 0x29, 0x33),
        .selection = QColor(0x1b, 0x33, 0x57),
        .border = QColor(0x2a, 0x30, 0x3b),
        .borderStrong = QColor(0x3c, 0x44, 0x52),
        .grid = QColor(0x26, 0x2b, 0x35),
        .text = QColor(0xe3, 0xe7, 0xed),
        .textMuted = QColor(0xa9, 0xb2, 0xc0),
        .textFaint = QColor(0x94, 0x9e, 0xad),
        .accent = QColor(0x7a, 0xb0, 0xff),
        .onAccent = QColor(0x0b, 0x18, 0x2b),
    };
    const ThemeColors kLight {
        .window = QColor(0xf0, 0xf2, 0xf5),
        .surface = QColor(0xf7, 0xf8, 0xfa),
        .raised = QColor(0xff, 0xff, 0xff),
        .field = QColor(0xff, 0xff, 0xff),
        .hover = QColor(0xe9, 0xec, 0xf1),
        .selection = QColor(0xcf, 0xe1, 0xfc),
        .border = QColor(0xdc, 0xe0, 0xe6),
        .borderStrong = QColor(0xb9, 0xc1, 0xcc),
        .grid = QColor(0xe8, 0xeb, 0xf0),
        .text = QColor(0x1a, 0x1e, 0x26),
        .textMuted = QColor(0x48, 0x51, 0x5f),
        .textFaint = QColor(0x55, 0x5e, 0x6c),
        .accent = QColor(0x17, 0x53, 0xb8),
        .onAccent = QColor(0xff, 0xff, 0xff),
    };

    constexpr std::array kClassicDark { 0x73BF69, 0xF2CC0C, 0x5794F2, 0xFF9830, 0xF2495C, 0xB877D9, 0x37872D, 0xE0B400, 0x1F60C4, 0xFA6400, 0xC4162A, 0x8F3BB8,
        0xC8F2C2, 0xFFF899, 0xC0D8FF, 0xFFCB7D, 0xFFA6B0, 0xDEB6F2 };
    constexpr std::array kClassicLight { 0x56A64B, 0xE0B400, 0x3274D9, 0xFF780A, 0xE02F44, 0xA352CC, 0x19730E, 0xCC9D00, 0x1250B0, 0xE55400, 0xAD0317, 0x7C2EA3,
        0x96D98D, 0xFFEE52, 0x8AB8FF, 0xFFB357, 0xFF7383, 0xCA95E5 };
    // The rest is the same on both grounds.
    constexpr std::array kClassicRest { 0x447EBC, 0xC15C17, 0x890F02, 0x0A437C, 0x6D1F62, 0x584477, 0xB7DBAB, 0xF4D598, 0x70DBED, 0xF9BA8F, 0xF29191, 0x82B5D8, 0xE5A8E2,
        0xAEA2E0, 0x629E51, 0xE5AC0E, 0x64B0C8, 0xE0752D, 0xBF1B00, 0x0A50A1, 0x962D82, 0x614D93, 0x9AC48A, 0xF2C96D, 0x65C5DB, 0xF9934E, 0xEA6460, 0x5195CE,
        0xD683CE, 0x806EB7, 0x3F6833, 0x967302, 0x2F575E, 0x99440A, 0x58140C, 0x052B51, 0x511749, 0x3F2B5B, 0xE0F9D7, 0xFCEACA, 0xCFFAFF, 0xF9E2D2, 0xFCE2DE,
        0xBADFF4, 0xF9D9F9, 0xDEDAF7 };
    // Okabe and Ito, "Color Universal Design"; black becomes grey, which shows on both grounds.
    constexpr std::array kColorBlindSafe { 0xE69F00, 0x56B4E9, 0x009E73, 0xF0E442, 0x0072B2, 0xD55E00, 0xCC79A7, 0x8A93A0 };

    double linear(double channel) { return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4); }
    double luminance(const QColor& color) { return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF()); }

    QPixmap renderIcon(const QString& name, QSize size, const QColor& color, qreal devicePixelRatio)
    {
        const QString key = QStringLiteral("belvedere/%1/%2x%3/%4/%5").arg(name).arg(size.width()).arg(size.height()).arg(color.rgba(), 0, 16).arg(devicePixelRatio);
        QPixmap pixmap;
        if (QPixmapCache::find(key, &pixmap))
            return pixmap;
        pixmap = QPixmap(size * devicePixelRatio);
        pixmap.setDevicePixelRatio(devicePixelRatio);
        pixmap.fill(Qt::transparent);
        QSvgRenderer renderer(QStringLiteral(":/icons/%1.svg").arg(name));
        QPainter painter(&pixmap);
        renderer.render(&painter, QRectF(QPointF(0, 0), QSizeF(size)));
        painter.setCompositionMode(QPainter::CompositionMode_SourceIn);
        painter.fillRect(QRectF(QPointF(0, 0), QSizeF(size)), color);
        painter.end();
        QPixmapCache::insert(key, pixmap);
        return pixmap;
    }

    /// Asks the theme for its colour at each painting, so that icons that were set once follow every change.
    class ThemedIconEngine final : public QIconEngine {
    public:
        ThemedIconEngine(const Theme& theme, QString name, std::optional<State> state)
            : m_theme(theme)
            , m_name(std::move(name))
            , m_state(state)
        {
        }

        void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override
        {
            painter->drawPixmap(rect, scaledPixmap(rect.size(), mode, state, painter->device()->devicePixelRatioF()));
        }
        QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override { return scaledPixmap(size, mode, state, 1); }
        QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State state, qreal scale) override
        {
            // `size` is in device pixels here.
            QPixmap pixmap = renderIcon(m_name, size, color(mode, state), 1);
            pixmap.setDevicePixelRatio(scale);
            return pixmap;
        }
        [[nodiscard]] QIconEngine* clone() const override { return new ThemedIconEngine(m_theme, m_name, m_state); }
        bool isNull() override { return false; }

    private:
        [[nodiscard]] QColor color(QIcon::Mode mode, QIcon::State state) const
        {
            const auto& colors = m_theme.colors();
            if (mode == QIcon::Disabled)
                return blended(colors.surface, colors.textFaint, 0.55);
            if (m_state)
                return m_theme.stateColor(*m_state);
            if (state == QIcon::On)
                return colors.accent;
            return mode == QIcon::Normal ? colors.textMuted : colors.text;
        }

        const Theme& m_theme;
        QString m_name;
        std::optional<State> m_state;
    };

    QFont systemFont()
    {
        QFont font = QFontDatabase::systemFont(QFontDatabase::GeneralFont);
        // Without a desktop there is no chosen font, only the file that sorts first.
        if (qEnvironmentVariableIsEmpty("XDG_CURRENT_DESKTOP")) {
            const auto families = QFontDatabase::families();
            for (const auto& family : { QStringLiteral("Inter"), QStringLiteral("Noto Sans"), QStringLiteral("DejaVu Sans") }) {
                if (families.contains(family)) {
                    font.setFamily(family);
                    break;
                }
            }
            font.setPointSizeF(10);
        }
        return font;
    }

}

double contrastRatio(const QColor& a, const QColor& b)
{
    const double la = luminance(a);
    const double lb = luminance(b);
    return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

QColor blended(const QColor& under, const QColor& over, double opacity)
{
    const auto mix = [opacity](int u, int o) { return static_cast<int>(std::lround(u + (o - u) * opacity)); };
    return { mix(under.red(), over.red()), mix(under.green(), over.green()), mix(under.blue(), over.blue()) };
}

Theme::Theme(QObject* parent)
    : QObject(parent)
    , m_colors(kLight)
    , m_systemFont(systemFont())
{
    connect(QGuiApplication::styleHints(), &QStyleHints::colorSchemeChanged, this, [this] {
        if (m_mode == Mode::followSystem)
            update();
    });
    update();
}

void Theme::install(QApplication& application)
{
    m_application = &application;
    application.setStyle(new Style(*this)); // the application owns it
    update();
}

void Theme::setMode(Mode mode)
{
    if (m_mode == mode)
        return;
    m_mode = mode;
    update();
}

void Theme::setDensity(Density density)
{
    if (m_density == density)
        return;
    m_density = density;
    update();
}

void Theme::setSeriesPalette(SeriesPalette palette)
{
    if (m_seriesPalette == palette)
        return;
    m_seriesPalette = palette;
    Q_EMIT changed();
}

void Theme::update()
{
    m_dark = m_mode == Mode::followSystem ? QGuiApplication::styleHints()->colorScheme() == Qt::ColorScheme::Dark : m_mode == Mode::dark;
    m_colors = colorsFor(m_dark);
    if (m_application) {
        m_application->setPalette(palette());
        m_application->setFont(font());
        // Makes widgets measure themselves again: the density is part of the style.
        const auto widgets = QApplication::allWidgets();
        for (QWidget* widget : widgets) {
            QEvent event(QEvent::StyleChange);
            QCoreApplication::sendEvent(widget, &event);
            widget->update();
        }
    }
    Q_EMIT changed();
}

const ThemeColors& Theme::colorsFor(bool dark) { return dark ? kDark : kLight; }

QPalette Theme::palette() const
{
    const auto& c = m_colors;
    QPalette p;
    p.setColor(QPalette::Window, c.surface);
    p.setColor(QPalette::WindowText, c.text);
    p.setColor(QPalette::Base, c.field);
    p.setColor(QPalette::AlternateBase, blended(c.field, c.hover, 0.45));
    p.setColor(QPalette::Text, c.text);
    p.setColor(QPalette::PlaceholderText, c.textFaint);
    p.setColor(QPalette::Button, c.raised);
    p.setColor(QPalette::ButtonText, c.text);
    p.setColor(QPalette::BrightText, c.text);
    p.setColor(QPalette::ToolTipBase, c.raised);
    p.setColor(QPalette::ToolTipText, c.text);
    p.setColor(QPalette::Highlight, c.selection);
    p.setColor(QPalette::HighlightedText, c.text);
    p.setColor(QPalette::Accent, c.accent);
    p.setColor(QPalette::Link, c.accent);
    p.setColor(QPalette::LinkVisited, c.accent);
    p.setColor(QPalette::Light, c.hover);
    p.setColor(QPalette::Midlight, c.border);
    p.setColor(QPalette::Mid, c.border);
    p.setColor(QPalette::Dark, c.borderStrong);
    p.setColor(QPalette::Shadow, c.window.darker(m_dark ? 200 : 140));
    const QColor disabled = blended(c.surface, c.textFaint, 0.6);
    for (const auto role : { QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::HighlightedText })
        p.setColor(QPalette::Disabled, role, disabled);
    return p;
}

QColor Theme::stateColorFor(bool dark, State state)
{
    switch (state) {
    case State::ok:
        return dark ? QColor(0x5f, 0xc9, 0x8c) : QColor(0x12, 0x6b, 0x3e);
    case State::warning:
        return dark ? QColor(0xf3, 0xb8, 0x4a) : QColor(0x86, 0x52, 0x00);
    case State::critical:
        return dark ? QColor(0xff, 0x85, 0x85) : QColor(0xb8, 0x1d, 0x26);
    case State::info:
        return dark ? QColor(0x7c, 0xbc, 0xfa) : QColor(0x0f, 0x59, 0xab);
    case State::unknown:
        break;
    }
    return dark ? QColor(0xa3, 0xad, 0xbb) : QColor(0x52, 0x5b, 0x69);
}

QString Theme::stateWord(State state)
{
    switch (state) {
    case State::ok:
        return tr("OK");
    case State::warning:
        return tr("Warning");
    case State::critical:
        return tr("Critical");
    case State::info:
        return tr("Info");
    case State::unknown:
        break;
    }
    return tr("Unknown");
}

void Theme::paintState(QPainter& painter, const QRectF& rect, State state) const
{
    const qreal side = std::min(rect.width(), rect.height());
    const QRectF r(rect.center().x() - side / 2, rect.center().y() - side / 2, side, side);
    const QColor color = stateColor(state);
    const QColor mark = m_colors.field;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    const auto at = [&r](qreal x, qreal y) { return QPointF(r.left() + x * r.width(), r.top() + y * r.height()); };
    const QPen stroke(mark, side * 0.13, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);
    switch (state) {
    case State::ok:
        painter.drawEllipse(r);
        painter.setPen(stroke);
        painter.setBrush(Qt::NoBrush);
        painter.drawPolyline(QPolygonF { at(0.28, 0.52), at(0.44, 0.68), at(0.73, 0.34) });
        break;
    case State::warning:
        painter.setPen(QPen(color, side * 0.12, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.drawPolygon(QPolygonF { at(0.5, 0.1), at(0.94, 0.9), at(0.06, 0.9) });
        painter.setPen(stroke);
        painter.drawLine(at(0.5, 0.38), at(0.5, 0.6));
        painter.drawPoint(at(0.5, 0.78));
        break;
    case State::critical: {
        const qreal k = 0.293;
        painter.drawPolygon(QPolygonF { at(k, 0), at(1 - k, 0), at(1, k), at(1, 1 - k), at(1 - k, 1), at(k, 1), at(0, 1 - k), at(0, k) });
        painter.setPen(stroke);
        painter.drawLine(at(0.33, 0.33), at(0.67, 0.67));
        painter.drawLine(at(0.67, 0.33), at(0.33, 0.67));
        break;
    }
    case State::info:
        painter.drawRoundedRect(r, side * 0.2, side * 0.2);
        painter.setPen(stroke);
        painter.drawLine(at(0.5, 0.48), at(0.5, 0.76));
        painter.drawPoint(at(0.5, 0.25));
        break;
    case State::unknown:
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(color, side * 0.14, Qt::SolidLine, Qt::RoundCap));
        painter.drawEllipse(r.adjusted(side * 0.08, side * 0.08, -side * 0.08, -side * 0.08));
        painter.drawLine(at(0.34, 0.5), at(0.66, 0.5));
        break;
    }
    painter.restore();
}

QPixmap Theme::statePixmap(State state, int size, qreal devicePixelRatio) const
{
    QPixmap pixmap(QSize(size, size) * devicePixelRatio);
    pixmap.setDevicePixelRatio(devicePixelRatio);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    paintState(painter, QRectF(0, 0, size, size), state);
    return pixmap;
}

QColor Theme::seriesColor(int index) const
{
    if (m_seriesPalette == SeriesPalette::colorBlindSafe)
        return QColor::fromRgb(static_cast<QRgb>(kColorBlindSafe[static_cast<std::size_t>(index) % kColorBlindSafe.size()]));
    const auto& first = m_dark ? kClassicDark : kClassicLight;
    const auto i = static_cast<std::size_t>(index) % (first.size() + kClassicRest.size());
    return QColor::fromRgb(static_cast<QRgb>(i < first.size() ? first[i] : kClassicRest[i - first.size()]));
}

QFont Theme::font() const
{
    QFont font = m_systemFont;
    if (m_density == Density::compact)
        font.setPointSizeF(font.pointSizeF() - 0.5);
    return font;
}

QFont Theme::smallFont() const
{
    QFont small = font();
    small.setPointSizeF(small.pointSizeF() - 1);
    return small;
}

QFont Theme::titleFont() const
{
    QFont title = font();
    title.setWeight(QFont::DemiBold);
    return title;
}

QFont Theme::headingFont() const
{
    QFont heading = font();
    heading.setPointSizeF(heading.pointSizeF() + 3);
    heading.setWeight(QFont::DemiBold);
    return heading;
}

QFont Theme::numberFont() const
{
    QFont number = font();
    number.setFeature("tnum", 1);
    return number;
}

QFont Theme::monoFont() const
{
    QFont mono = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    mono.setStyleHint(QFont::Monospace);
    mono.setPointSizeF(font().pointSizeF() - 0.5);
    return mono;
}

int Theme::rowHeight() const { return m_density == Density::comfortable ? 28 : 22; }

int Theme::controlHeight() const { return m_density == Density::comfortable ? 30 : 26; }

QIcon Theme::icon(const QString& name) const { return QIcon(new ThemedIconEngine(*this, name, std::nullopt)); }

QIcon Theme::icon(const QString& name, State state) const { return QIcon(new ThemedIconEngine(*this, name, state)); }

QPixmap Theme::iconPixmap(const QString& name, int size, const QColor& color, qreal devicePixelRatio) const
{
    return renderIcon(name, QSize(size, size), color, devicePixelRatio);
}

}
