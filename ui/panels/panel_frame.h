#pragma once

#include "ui/panels/panel_view.h"

#include <QFrame>
#include <QTimer>

#include <memory>

class QLabel;
class QMenu;
class QToolButton;
class QStackedLayout;

namespace belvedere::ui {

class ElidedLabel;

/// A panel's chrome: title on the left, its state on the right, a menu on hover and on the keyboard (Menu key, Shift+F10),
/// and in the middle what its view draws, or why there is nothing to draw.
class PanelFrame : public QFrame {
    Q_OBJECT

public:
    explicit PanelFrame(const Theme& theme, QWidget* parent = nullptr);

    /// Takes a panel of the document; the view is made anew when the type changed.
    void setPanel(std::shared_ptr<const Json> panel, const QString& title);
    void setTitle(const QString& title);
    [[nodiscard]] const std::shared_ptr<const Json>& panel() const { return m_panel; }
    [[nodiscard]] PanelView* view() const { return m_view; }

    /// Queries run: shown after 200 ms.
    void setLoading(bool loading);
    /// Data arrived; what looks like the data before is not drawn again. What was cut and what the source remarks are shown beside the title.
    void setContent(PanelContentPtr content);
    /// The query failed: keeps what is drawn, says why; Retry emits retryRequested().
    void setError(const QString& message);
    /// The menu belongs to the owner; its actions are shared with the window.
    void setMenu(QMenu* menu) { m_menu = menu; }
    void setEditing(bool editing);
    [[nodiscard]] const QString& error() const { return m_error; }

Q_SIGNALS:
    void retryRequested();
    /// The menu is about to be shown for this panel.
    void menuRequested();
    /// In edit mode: the title was dragged by so many pixels, or let go.
    void moved(const QPoint& distance, bool finished);
    void resized(const QPoint& distance, bool finished);
    /// The keyboard came into it or into what its view holds.
    void activated();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;

private:
    void setStateText(const QString& text);
    void updateState();
    void openMenu();

    const Theme& m_theme;
    std::shared_ptr<const Json> m_panel = std::make_shared<const Json>();
    PanelContentPtr m_content;
    QWidget* m_header;
    ElidedLabel* m_title;
    QLabel* m_stateText;
    QToolButton* m_state;
    QToolButton* m_more;
    QWidget* m_body;
    QStackedLayout* m_stack;
    QLabel* m_message;
    PanelView* m_view = nullptr;
    QMenu* m_menu = nullptr;
    QTimer m_loadingDelay;
    QString m_error;
    bool m_editing = false;
    bool m_focusWithin = false;
    std::optional<QPoint> m_dragStart;   // of the title
    std::optional<QPoint> m_resizeStart; // of the lower right corner
};

}
