#pragma once

#include "core/model/labels.h"
#include "ui/page.h"

#include <QMainWindow>
#include <QTimer>

#include <map>
#include <memory>
#include <vector>

class QLabel;
class QMenu;
class QStackedWidget;
class QToolButton;

namespace belvedere::ui {

class CommandPalette;
class ElidedLabel;
class LabelIndex;
class SideBar;
class StatusBar;
class TimeRangePicker;

/// The frame around every page: side bar, top bar, content, status bar, menus and command palette.
///
/// Pages are registered by id before the window is shown; it knows nothing else of them. What a session needs to come
/// back as it was is written every few seconds and when the window closes, and read by restoreSession().
class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    /// Everything borrowed outlives the window. Pages that belong to this library are added at once.
    MainWindow(Backend& backend, Theme& theme, TimeContext& time, WindowSettings& settings, QWidget* parent = nullptr);
    ~MainWindow() override;

    /// What a page that is made outside is to be made with.
    [[nodiscard]] PageServices services();

    /// Takes the page over and gives it a place in side bar and menus: in the order of DESIGN, unknown ids at the end.
    void addPage(Page* page);
    [[nodiscard]] Page* page(const QString& id) const;
    [[nodiscard]] Page* currentPage() const;

    void showPage(const QString& id, const QVariantMap& query = {});
    void restoreSession();
    void saveSession();

    void openCommandPalette(const QString& text = {});
    /// Every action of the window and of the visible page, for the palette and for tests.
    [[nodiscard]] QList<QAction*> allActions() const;

protected:
    void closeEvent(QCloseEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void createActions();
    void createMenus();
    void createFrame();
    void connectSignals();
    QAction* createAction(const QString& name, const QString& text, const QString& icon, const QKeySequence& shortcut, const QString& toolTip);
    QMenu* createChoiceMenu(const QString& title, const QString& icon);
    void createLookMenu(QMenu* view);
    [[nodiscard]] QMenu* createLanguageMenu();
    void createRefreshMenu();
    [[nodiscard]] QWidget* createTopBar();
    void updateTimeControls();
    void updatePageMenu();
    void openTimePicker();
    void showShortcuts();
    void showAbout();
    /// In whatever program the desktop has for it.
    void openPath(const QString& path);
    void tell(const QString& title, const QString& text);
    void showAlert(const QString& rule, const model::Labels& labels);
    [[nodiscard]] std::vector<PaletteEntry> paletteEntries(const QString& text) const;

    Backend& m_backend;
    Theme& m_theme;
    TimeContext& m_time;
    WindowSettings& m_settings;
    std::unique_ptr<RunningQueries> m_queries;

    struct Entry {
        Page* page = nullptr;
        QAction* action = nullptr;
        int rank = 0; ///< place in the side bar
        QString place; ///< the words after its title
    };
    std::vector<Entry> m_pages; // by rank

    QAction* m_paletteAction = nullptr;
    QAction* m_sideBarAction = nullptr;
    QAction* m_firingAction = nullptr;
    QAction* m_fullScreenAction = nullptr;
    QAction* m_editWorkspaceAction = nullptr;
    QAction* m_openFolderAction = nullptr;
    QAction* m_shippedRulesAction = nullptr;
    QAction* m_demoAction = nullptr;
    QAction* m_quitAction = nullptr;
    QAction* m_timeAction = nullptr;
    QAction* m_backAction = nullptr;
    QAction* m_forwardAction = nullptr;
    QAction* m_earlierAction = nullptr;
    QAction* m_laterAction = nullptr;
    QAction* m_zoomOutAction = nullptr;
    QAction* m_refreshAction = nullptr;
    QAction* m_liveAction = nullptr;
    QAction* m_stopAction = nullptr;
    QAction* m_problemsAction = nullptr;
    QAction* m_toggleThemeAction = nullptr;
    QAction* m_shortcutsAction = nullptr;
    QAction* m_aboutAction = nullptr;
    QList<QAction*> m_actions;
    QMenu* m_goMenu = nullptr;
    QMenu* m_pageMenu = nullptr;
    QMenu* m_refreshMenu = nullptr;

    SideBar* m_sideBar = nullptr;
    QStackedWidget* m_stack = nullptr;
    StatusBar* m_statusBar = nullptr;
    QLabel* m_title = nullptr;
    ElidedLabel* m_place = nullptr;
    QToolButton* m_searchButton = nullptr;
    QToolButton* m_timeButton = nullptr;
    QToolButton* m_refreshButton = nullptr;
    QToolButton* m_liveButton = nullptr;
    LabelIndex* m_labels = nullptr;
    QTimer m_saveTimer;
    CommandPalette* m_palette = nullptr;
    TimeRangePicker* m_timePicker = nullptr;
};

}
