#pragma once

#include <QColor>
#include <QFont>
#include <QIcon>
#include <QObject>
#include <QPalette>
#include <QRectF>

#include <vector>

class QApplication;
class QPainter;

namespace belvedere::ui {

/// What a thing's state is. Never shown by colour alone: stateWord() and paintState() say the same.
enum class State { ok, warning, critical, info, unknown };

/// Surfaces from the frame inwards, and what stands on them. Every text colour has a contrast of at least 4.5 : 1 on
/// every surface; tests/ui/tst_theme.cpp computes it.
struct ThemeColors {
    QColor window;       ///< the frame: side bar, top bar, status bar
    QColor surface;      ///< pages
    QColor raised;       ///< panels, tiles, menus
    QColor field;        ///< what is typed into; tables
    QColor hover;        ///< a row or button under the pointer
    QColor selection;    ///< a selected row or text
    QColor border;       ///< between surfaces
    QColor borderStrong; ///< around controls
    QColor grid;         ///< lines in charts
    QColor text;
    QColor textMuted;
    QColor textFaint; ///< placeholders and captions
    QColor accent;    ///< focus, links, the current page
    QColor onAccent;  ///< text on accent
};

/// Colours, fonts, icons and distances of the whole window: one object, made in main(), changed at run time.
///
/// Lives in the window's thread and outlives every widget. A widget that paints by itself connects to changed().
class Theme : public QObject {
    Q_OBJECT

public:
    enum class Mode { followSystem, dark, light };
    Q_ENUM(Mode)
    enum class Density { comfortable, compact };
    Q_ENUM(Density)
    enum class SeriesPalette { classic, colorBlindSafe };
    Q_ENUM(SeriesPalette)

    explicit Theme(QObject* parent = nullptr);

    /// Sets style, palette and font of the application now and on every change.
    void install(QApplication& application);

    [[nodiscard]] Mode mode() const { return m_mode; }
    void setMode(Mode mode);
    [[nodiscard]] Density density() const { return m_density; }
    void setDensity(Density density);
    [[nodiscard]] SeriesPalette seriesPalette() const { return m_seriesPalette; }
    void setSeriesPalette(SeriesPalette palette);

    [[nodiscard]] bool isDark() const { return m_dark; }
    [[nodiscard]] const ThemeColors& colors() const { return m_colors; }
    [[nodiscard]] static const ThemeColors& colorsFor(bool dark);
    [[nodiscard]] QPalette palette() const;

    [[nodiscard]] QColor stateColor(State state) const { return stateColorFor(m_dark, state); }
    [[nodiscard]] static QColor stateColorFor(bool dark, State state);
    [[nodiscard]] static QString stateWord(State state);
    /// A tick in a disc, a triangle, an octagon, a square or a ring: the shape alone tells the state.
    void paintState(QPainter& painter, const QRectF& rect, State state) const;
    [[nodiscard]] QPixmap statePixmap(State state, int size, qreal devicePixelRatio) const;

    /// Series take these in order and begin again after the last: Grafana's classic palette, or Okabe and Ito's eight
    /// colours that people with any kind of colour vision can tell apart.
    [[nodiscard]] QColor seriesColor(int index) const;

    [[nodiscard]] QFont font() const;        ///< of the system
    [[nodiscard]] QFont smallFont() const;   ///< captions
    [[nodiscard]] QFont titleFont() const;   ///< of panels and sections
    [[nodiscard]] QFont headingFont() const; ///< of pages
    [[nodiscard]] QFont numberFont() const;  ///< figures of equal width
    [[nodiscard]] QFont monoFont() const;    ///< queries, lines, ids

    [[nodiscard]] int rowHeight() const;     ///< of tables and lists
    [[nodiscard]] int controlHeight() const; ///< of buttons and fields
    /// Distances are multiples of 8 pixels, of 4 inside controls.
    static constexpr int kGrid = 8;
    static constexpr int kRadius = 4;

    /// A single-colour icon of resources/icons, tinted by the theme; follows its changes.
    [[nodiscard]] QIcon icon(const QString& name) const;
    [[nodiscard]] QIcon icon(const QString& name, State state) const;
    [[nodiscard]] QPixmap iconPixmap(const QString& name, int size, const QColor& color, qreal devicePixelRatio) const;

Q_SIGNALS:
    void changed();

private:
    void update();

    Mode m_mode = Mode::followSystem;
    Density m_density = Density::comfortable;
    SeriesPalette m_seriesPalette = SeriesPalette::classic;
    bool m_dark = false;
    ThemeColors m_colors;
    QFont m_systemFont;
    QApplication* m_application = nullptr;
};

/// WCAG 2's contrast ratio, 1 to 21.
[[nodiscard]] double contrastRatio(const QColor& a, const QColor& b);

/// `over` at `opacity` on `under`, as one opaque colour.
[[nodiscard]] QColor blended(const QColor& under, const QColor& over, double opacity);

}
