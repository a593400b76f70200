#include "ui/main_window.h"

#include "ui/alerts/alerts_page.h"
#include "ui/backend.h"
#include "ui/containers/containers_page.h"
#include "ui/explore/explore_page.h"
#include "ui/format.h"
#include "ui/frame/command_palette.h"
#include "ui/frame/label_index.h"
#include "ui/frame/side_bar.h"
#include "ui/frame/status_bar.h"
#include "ui/frame/time_range_picker.h"
#include "ui/overview/overview_page.h"
#include "ui/query_runner.h"
#include "ui/settings.h"
#include "ui/targets/targets_page.h"
#include "ui/text.h"
#include "ui/theme.h"
#include "ui/time_context.h"
#include "ui/translations.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/table.h"

#include <QActionGroup>
#include <QApplication>
#include <QClipboard>
#include <QCloseEvent>
#include <QDesktopServices>
#include <QDialog>
#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QMessageBox>
#include <QPainter>
#include <QScreen>
#include <QStackedWidget>
#include <QTableWidget>
#include <QToolButton>
#include <QUrl>
#include <QVBoxLayout>

#include <algorithm>
#include <array>
#include <utility>

namespace belvedere::ui {

namespace {

    /// The order of the side bar.
    int rankOf(const QString& id)
    {
        static const QStringList kOrder { page::kOverview, page::kDashboards, page::kExplore, page::kAlerts, page::kTargets, page::kContainers };
        const auto at = kOrder.indexOf(id);
        return at < 0 ? static_cast<int>(kOrder.size()) : static_cast<int>(at);
    }

    constexpr int kSaveEveryMs = 5000;
    constexpr int kNarrowBelow = 1000; ///< a window's width that has no room for words on every button

    constexpr std::array kRefreshSeconds { 0, 5, 10, 30, 60, 300, 900 };

    QString refreshText(int seconds)
    {
        return seconds == 0 ? MainWindow::tr("Off") : durationText(seconds);
    }

    /// What an action is called outside of its menu: a menu's choice says the menu's name too, which is its tooltip.
    QString nameOf(const QAction& action)
    {
        const bool choice = action.isCheckable() && action.actionGroup();
        return (choice ? action.toolTip() : action.text()).remove(QLatin1Char('&'));
    }

    /// The bar above the page.
    class TopBar : public QWidget {
    public:
        TopBar(const Theme& theme, QWidget* parent)
            : QWidget(parent)
            , m_theme(theme)
        {
            setFixedHeight(52);
        }

    protected:
        void paintEvent(QPaintEvent*) override
        {
            QPainter painter(this);
            painter.fillRect(rect(), m_theme.colors().window);
            painter.fillRect(0, height() - 1, width(), 1, m_theme.colors().border);
        }

    private:
        const Theme& m_theme;
    };

}

MainWindow::MainWindow(Backend& backend, Theme& theme, TimeContext& time, WindowSettings& settings, QWidget* parent)
    : QMainWindow(parent)
    , m_backend(backend)
    , m_theme(theme)
    , m_time(time)
    , m_settings(settings)
    , m_queries(std::make_unique<RunningQueries>())
{
    setObjectName(QStringLiteral("mainWindow"));
    setWindowIcon(QIcon(QStringLiteral(":/icons/belvedere.svg")));
    setMinimumSize(720, 480);
    resize(1280, 800);
    createActions();
    createFrame();
    createMenus();
    connectSignals();

    addPage(new OverviewPage(services(), this));
    addPage(new ExplorePage(services(), this));
    addPage(new AlertsPage(services(), this));
    addPage(new TargetsPage(services(), this));
    addPage(new ContainersPage(services(), this));
    updateTimeControls();
    showPage(m_pages.front().page->id());
}

MainWindow::~MainWindow()
{
    // Pages use the running queries; Qt would delete them after our members.
    for (const auto& entry : m_pages)
        delete entry.page;
    delete m_statusBar;
}

PageServices MainWindow::services() { return { m_backend, m_theme, m_time, m_settings, *m_queries }; }

QAction* MainWindow::createAction(const QString& name, const QString& text, const QString& icon, const QKeySequence& shortcut, const QString& toolTip)
{
    auto* action = new QAction(m_theme.icon(icon), text, this);
    action->setObjectName(name);
    action->setShortcut(shortcut);
    const QString keys = shortcut.toString(QKeySequence::NativeText);
    action->setToolTip(keys.isEmpty() ? toolTip : QStringLiteral("%1 (%2)").arg(toolTip, keys));
    action->setStatusTip(toolTip);
    addAction(action);
    m_actions.append(action);
    return action;
}

void MainWindow::createActions()
{
    m_paletteAction = createAction(QStringLiteral("commandPalette"), tr("&Find Anything…"), QStringLiteral("search"), QKeySequence(Qt::CTRL | Qt::Key_K), tr("Find pages, actions, dashboards and metrics"));
    m_quitAction = createAction(QStringLiteral("quit"), tr("&Quit"), QStringLiteral("close"), QKeySequence(Qt::CTRL | Qt::Key_Q), tr("Close the window"));
    m_editWorkspaceAction = createAction(action::kEditWorkspace, tr("Edit &Workspace File"), QStringLiteral("edit"), QKeySequence(Qt::CTRL | Qt::Key_Comma), tr("Open the file that says what is watched; it is read again when it is saved"));
    m_openFolderAction = createAction(QStringLiteral("openWorkspaceFolder"), tr("Open Workspace F&older"), QStringLiteral("folder"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O), tr("Show the workspace's dashboards, rules and data in the file manager"));
    m_shippedRulesAction = createAction(action::kAddShippedRules, tr("Add Shipped Alert &Rules"), QStringLiteral("rule"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_U), tr("Copy the rules that come with Belvedere to the workspace's"));
    m_shippedRulesAction->setEnabled(!m_backend.isDemo());
    m_demoAction = createAction(action::kShowDemo, tr("Show the &Demo"), QStringLiteral("play"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_H), tr("Open a window on a small stack of pretend services"));
    m_demoAction->setEnabled(!m_backend.isDemo());
    m_sideBarAction = createAction(QStringLiteral("toggleSideBar"), tr("Narrow &Side Bar"), QStringLiteral("sidebar"), QKeySequence(Qt::CTRL | Qt::Key_B), tr("Show only icons in the side bar"));
    m_sideBarAction->setCheckable(true);
    m_firingAction = createAction(QStringLiteral("firingShown"), tr("Firing Alerts in &Graphs"), QStringLiteral("alerts"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_G), tr("Shade the times at which alerts fired that watch the same metrics"));
    m_firingAction->setCheckable(true);
    m_firingAction->setChecked(m_settings.firingShown());
    m_fullScreenAction = createAction(QStringLiteral("fullScreen"), tr("&Full Screen"), QStringLiteral("expand"), QKeySequence(Qt::Key_F11), tr("Use the whole screen"));
    m_fullScreenAction->setCheckable(true);
    m_toggleThemeAction = createAction(QStringLiteral("toggleTheme"), tr("Switch Light and &Dark"), QStringLiteral("moon"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_D), tr("Change between the light and the dark look"));
    m_timeAction = createAction(QStringLiteral("timeRange"), tr("&Time Range…"), QStringLiteral("clock"), QKeySequence(Qt::CTRL | Qt::Key_T), tr("Choose the time range of all pages"));
    m_backAction = createAction(QStringLiteral("timeBack"), tr("&Back to Previous Range"), QStringLiteral("back"), QKeySequence(Qt::ALT | Qt::Key_Left), tr("The time range before this one"));
    m_forwardAction = createAction(QStringLiteral("timeForward"), tr("&Forward to Next Range"), QStringLiteral("forward"), QKeySequence(Qt::ALT | Qt::Key_Right), tr("The time range after this one"));
    m_earlierAction = createAction(QStringLiteral("timeEarlier"), tr("&Earlier by Half"), QStringLiteral("chevron-left"), QKeySequence(Qt::ALT | Qt::SHIFT | Qt::Key_Left), tr("Move the time range back by half of it"));
    m_laterAction = createAction(QStringLiteral("timeLater"), tr("&Later by Half"), QStringLiteral("chevron-right"), QKeySequence(Qt::ALT | Qt::SHIFT | Qt::Key_Right), tr("Move the time range on by half of it"));
    m_zoomOutAction = createAction(QStringLiteral("timeZoomOut"), tr("Zoom &Out"), QStringLiteral("zoom-out"), QKeySequence(Qt::CTRL | Qt::Key_Minus), tr("Twice the time range"));
    m_refreshAction = createAction(QStringLiteral("refresh"), tr("&Refresh Now"), QStringLiteral("refresh"), QKeySequence(Qt::Key_F5), tr("Ask again"));
    m_liveAction = createAction(QStringLiteral("live"), tr("&Live"), QStringLiteral("live"), QKeySequence(Qt::CTRL | Qt::Key_L), tr("Follow the clock: graphs move each second, logs are tailed"));
    m_liveAction->setCheckable(true);
    m_stopAction = createAction(QStringLiteral("stopQueries"), tr("&Stop Running Queries"), QStringLiteral("stop"), QKeySequence(Qt::CTRL | Qt::Key_Period), tr("Cancel every query that runs"));
    m_problemsAction = createAction(QStringLiteral("problems"), tr("Show &Problems"), QStringLiteral("warning"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_M), tr("What is wrong and how to mend it"));
    m_shortcutsAction = createAction(QStringLiteral("shortcuts"), tr("&Keyboard Shortcuts"), QStringLiteral("command"), QKeySequence(Qt::Key_F1), tr("Every action with its keys"));
    m_aboutAction = createAction(QStringLiteral("about"), tr("&About Belvedere"), QStringLiteral("info"), {}, tr("Version and licence"));
    m_aboutAction->setShortcut(QKeySequence(Qt::SHIFT | Qt::Key_F1));
}

QWidget* MainWindow::createTopBar()
{
    auto* bar = new TopBar(m_theme, this);
    bar->setAccessibleName(tr("Top bar"));
    m_title = new QLabel(bar);
    m_place = new ElidedLabel(bar);
    m_place->setForegroundRole(QPalette::PlaceholderText);

    const auto button = [bar](QAction* action) {
        auto* b = new QToolButton(bar);
        b->setDefaultAction(action);
        b->setAutoRaise(true);
        b->setAccessibleName(action->text().remove(QLatin1Char('&')));
        return b;
    };
    m_searchButton = new QToolButton(bar);
    m_searchButton->setText(tr("Find anything    Ctrl+K"));
    m_searchButton->setIcon(m_theme.icon(QStringLiteral("search")));
    m_searchButton->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_searchButton->setToolTip(m_paletteAction->toolTip());
    m_searchButton->setAccessibleName(m_paletteAction->statusTip());
    connect(m_searchButton, &QToolButton::clicked, m_paletteAction, &QAction::trigger);

    m_timeButton = new QToolButton(bar);
    m_timeButton->setIcon(m_theme.icon(QStringLiteral("clock")));
    m_timeButton->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_timeButton->setToolTip(m_timeAction->toolTip());
    connect(m_timeButton, &QToolButton::clicked, m_timeAction, &QAction::trigger);

    m_refreshButton = new QToolButton(bar);
    m_refreshButton->setIcon(m_theme.icon(QStringLiteral("refresh")));
    m_refreshButton->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_refreshButton->setPopupMode(QToolButton::MenuButtonPopup);
    m_refreshButton->setToolTip(tr("Ask again (F5); how often, in the menu"));
    connect(m_refreshButton, &QToolButton::clicked, m_refreshAction, &QAction::trigger);

    m_liveButton = button(m_liveAction);
    m_liveButton->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);

    auto* layout = new QHBoxLayout(bar);
    layout->setContentsMargins(16, 0, 12, 1);
    layout->setSpacing(4);
    layout->addWidget(m_title);
    layout->addSpacing(8);
    layout->addWidget(m_place);
    layout->addStretch(1);
    layout->addWidget(m_searchButton);
    layout->addSpacing(8);
    layout->addWidget(button(m_backAction));
    layout->addWidget(button(m_forwardAction));
    layout->addWidget(m_timeButton);
    layout->addWidget(button(m_zoomOutAction));
    layout->addSpacing(4);
    layout->addWidget(m_refreshButton);
    layout->addWidget(m_liveButton);
    return bar;
}

void MainWindow::createFrame()
{
    m_sideBar = new SideBar(m_theme, this);
    m_stack = new QStackedWidget(this);
    m_statusBar = new StatusBar(m_theme, m_backend, *m_queries, this);
    auto* central = new QWidget(this);
    auto* right = new QVBoxLayout;
    right->setContentsMargins(0, 0, 0, 0);
    right->setSpacing(0);
    right->addWidget(createTopBar());
    right->addWidget(m_stack, 1);
    auto* columns = new QHBoxLayout;
    columns->setContentsMargins(0, 0, 0, 0);
    columns->setSpacing(0);
    columns->addWidget(m_sideBar);
    columns->addLayout(right, 1);
    auto* rows = new QVBoxLayout(central);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(0);
    rows->addLayout(columns, 1);
    rows->addWidget(m_statusBar);
    setCentralWidget(central);
    m_palette = new CommandPalette(m_theme, [this](const QString& text) { return paletteEntries(text); }, this);
    m_labels = new LabelIndex(m_backend, m_time, this);
    m_timePicker = new TimeRangePicker(m_theme, m_time, this);
}

QMenu* MainWindow::createChoiceMenu(const QString& title, const QString& icon)
{
    auto* menu = new QMenu(title, this);
    menu->setIcon(m_theme.icon(icon));
    return menu;
}

void MainWindow::createLookMenu(QMenu* view)
{
    // Two strokes each: the first for all of them, the second the letter of the choice.
    const auto choices = [this](QMenu* menu, const QString& name, const auto& items, const std::vector<Qt::Key>& keys, auto current, auto apply) {
        auto* group = new QActionGroup(menu);
        std::size_t at = 0;
        for (const auto& [value, text] : items) {
            auto* action = menu->addAction(text);
            action->setShortcut(QKeySequence(QKeyCombination(Qt::CTRL | Qt::SHIFT, Qt::Key_V), QKeyCombination(keys[at++])));
            action->setObjectName(QStringLiteral("%1%2").arg(name).arg(static_cast<int>(value)));
            action->setCheckable(true);
            action->setChecked(value == current);
            action->setToolTip(QStringLiteral("%1: %2").arg(menu->title().remove(QLatin1Char('&')), text));
            group->addAction(action);
            addAction(action);
            m_actions.append(action);
            connect(action, &QAction::triggered, this, [apply, v = value] { apply(v); });
        }
        return group;
    };
    auto* look = createChoiceMenu(tr("&Look"), QStringLiteral("sun"));
    auto* looks = choices(look, QStringLiteral("look"),
        std::vector<std::pair<Theme::Mode, QString>> { { Theme::Mode::followSystem, tr("As the &System") }, { Theme::Mode::light, tr("&Light") }, { Theme::Mode::dark, tr("&Dark") } }, { Qt::Key_S, Qt::Key_L, Qt::Key_D }, m_settings.themeMode(),
        [this](Theme::Mode mode) {
            m_settings.setThemeMode(mode);
            m_theme.setMode(mode);
        });
    connect(&m_theme, &Theme::changed, this, [this, looks] {
        const auto actions = looks->actions();
        for (auto* action : actions)
            action->setChecked(action->objectName() == QStringLiteral("look%1").arg(static_cast<int>(m_theme.mode())));
    });
    auto* density = createChoiceMenu(tr("D&ensity"), QStringLiteral("logs"));
    choices(density, QStringLiteral("density"),
        std::vector<std::pair<Theme::Density, QString>> { { Theme::Density::comfortable, tr("&Comfortable") }, { Theme::Density::compact, tr("C&ompact") } }, { Qt::Key_C, Qt::Key_O }, m_settings.density(), [this](Theme::Density value) {
            m_settings.setDensity(value);
            m_theme.setDensity(value);
        });
    auto* colors = createChoiceMenu(tr("Series &Colours"), QStringLiteral("chart"));
    choices(colors, QStringLiteral("seriesColors"),
        std::vector<std::pair<Theme::SeriesPalette, QString>> { { Theme::SeriesPalette::classic, tr("&Classic") }, { Theme::SeriesPalette::colorBlindSafe, tr("Safe for Colour &Blindness") } },
        { Qt::Key_K, Qt::Key_B }, m_settings.seriesPalette(), [this](Theme::SeriesPalette value) {
            m_settings.setSeriesPalette(value);
            m_theme.setSeriesPalette(value);
        });
    view->addMenu(look);
    view->addMenu(density);
    view->addMenu(colors);
    view->addMenu(createLanguageMenu());
    view->addAction(m_toggleThemeAction);
}

QMenu* MainWindow::createLanguageMenu()
{
    auto* menu = createChoiceMenu(tr("Lan&guage"), QStringLiteral("info"));
    auto* group = new QActionGroup(menu);
    const auto choice = [this, menu, group](const QString& code, const QString& name) {
        auto* action = menu->addAction(name);
        action->setShortcut(QKeySequence(QKeyCombination(Qt::CTRL | Qt::SHIFT, Qt::Key_V), QKeyCombination(static_cast<Qt::Key>(Qt::Key_0 + menu->actions().size() - 1))));
        addAction(action);
        action->setObjectName(QStringLiteral("language_%1").arg(code));
        action->setCheckable(true);
        action->setChecked(code == m_settings.language());
        action->setToolTip(tr("%1, from the next start on").arg(name));
        group->addAction(action);
        m_actions.append(action);
        connect(action, &QAction::triggered, this, [this, code] { m_settings.setLanguage(code); });
    };
    choice({}, tr("As the S&ystem"));
    const auto all = languages();
    for (const auto& language : all)
        choice(language.code, language.name);
    return menu;
}

void MainWindow::createRefreshMenu()
{
    m_refreshMenu = createChoiceMenu(tr("Refresh &Every"), QStringLiteral("refresh"));
    auto* group = new QActionGroup(m_refreshMenu);
    for (const int seconds : kRefreshSeconds) {
        auto* action = m_refreshMenu->addAction(refreshText(seconds));
        action->setObjectName(QStringLiteral("refreshEvery%1").arg(seconds));
        action->setShortcut(QKeySequence(QKeyCombination(Qt::CTRL | Qt::SHIFT, Qt::Key_R), QKeyCombination(static_cast<Qt::Key>(Qt::Key_0 + m_refreshMenu->actions().size() - 1))));
        action->setCheckable(true);
        action->setData(seconds);
        action->setToolTip(seconds == 0 ? tr("Ask only when told to") : tr("Ask again every %1").arg(refreshText(seconds)));
        group->addAction(action);
        addAction(action);
        m_actions.append(action);
        connect(action, &QAction::triggered, this, [this, seconds] { m_time.setRefreshSeconds(seconds); });
    }
    m_refreshButton->setMenu(m_refreshMenu);
}

void MainWindow::createMenus()
{
    auto* file = menuBar()->addMenu(tr("&File"));
    file->addAction(m_paletteAction);
    file->addSeparator();
    file->addActions({ m_editWorkspaceAction, m_openFolderAction, m_shippedRulesAction });
    file->addSeparator();
    file->addAction(m_demoAction);
    file->addSeparator();
    file->addAction(m_quitAction);

    m_goMenu = menuBar()->addMenu(tr("&Go"));

    auto* view = menuBar()->addMenu(tr("&View"));
    createLookMenu(view);
    view->addSeparator();
    view->addAction(m_sideBarAction);
    view->addAction(m_firingAction);
    view->addAction(m_fullScreenAction);
    view->addSeparator();
    view->addAction(m_problemsAction);

    createRefreshMenu();
    auto* time = menuBar()->addMenu(tr("&Time"));
    time->addAction(m_timeAction);
    time->addSeparator();
    time->addActions({ m_backAction, m_forwardAction, m_earlierAction, m_laterAction, m_zoomOutAction });
    time->addSeparator();
    time->addAction(m_refreshAction);
    time->addMenu(m_refreshMenu);
    time->addAction(m_liveAction);
    time->addAction(m_stopAction);

    m_pageMenu = menuBar()->addMenu(tr("&Page"));

    auto* help = menuBar()->addMenu(tr("&Help"));
    help->addAction(m_shortcutsAction);
    help->addAction(m_aboutAction);
}

void MainWindow::connectSignals()
{
    connect(m_paletteAction, &QAction::triggered, this, [this] { openCommandPalette(); });
    connect(m_editWorkspaceAction, &QAction::triggered, this, [this] { openPath(m_backend.workspaceFile()); });
    connect(m_openFolderAction, &QAction::triggered, this, [this] { openPath(m_backend.workspaceFolder()); });
    connect(m_shippedRulesAction, &QAction::triggered, &m_backend, &Backend::addShippedRules);
    connect(&m_backend, &Backend::shippedRulesAdded, this, [this](const QString& failure) {
        if (!failure.isEmpty())
            tell(tr("The rules were not added"), failure);
        else if (Page* const alerts = page(page::kAlerts))
            showPage(alerts->id());
    });
    connect(m_demoAction, &QAction::triggered, this, [this] {
        if (!m_backend.startDemo())
            tell(tr("The demo does not start"), tr("Start it from a terminal, to see why: %1").arg(QStringLiteral("belvedere --demo")));
    });
    connect(m_quitAction, &QAction::triggered, this, &QWidget::close);
    connect(m_firingAction, &QAction::toggled, &m_settings, &WindowSettings::setFiringShown);
    connect(m_sideBarAction, &QAction::toggled, m_sideBar, &SideBar::setCollapsed);
    connect(m_sideBar, &SideBar::collapsedChanged, m_sideBarAction, &QAction::setChecked);
    connect(m_sideBar, &SideBar::pageChosen, this, [this](const QString& id) { showPage(id); });
    connect(m_fullScreenAction, &QAction::toggled, this, [this](bool on) { setWindowState(windowState().setFlag(Qt::WindowFullScreen, on)); });
    connect(m_toggleThemeAction, &QAction::triggered, this, [this] {
        const auto mode = m_theme.isDark() ? Theme::Mode::light : Theme::Mode::dark;
        m_settings.setThemeMode(mode);
        m_theme.setMode(mode);
    });
    connect(m_timeAction, &QAction::triggered, this, &MainWindow::openTimePicker);
    connect(m_backAction, &QAction::triggered, &m_time, &TimeContext::goBack);
    connect(m_forwardAction, &QAction::triggered, &m_time, &TimeContext::goForward);
    connect(m_earlierAction, &QAction::triggered, this, [this] { m_time.shift(-1); });
    connect(m_laterAction, &QAction::triggered, this, [this] { m_time.shift(1); });
    connect(m_zoomOutAction, &QAction::triggered, &m_time, &TimeContext::zoomOut);
    connect(m_refreshAction, &QAction::triggered, &m_time, &TimeContext::refreshNow);
    connect(m_liveAction, &QAction::toggled, &m_time, &TimeContext::setLive);
    connect(m_stopAction, &QAction::triggered, m_queries.get(), &RunningQueries::stopAll);
    connect(m_problemsAction, &QAction::triggered, m_statusBar, &StatusBar::openProblems);
    connect(m_shortcutsAction, &QAction::triggered, this, &MainWindow::showShortcuts);
    connect(m_aboutAction, &QAction::triggered, this, &MainWindow::showAbout);
    connect(&m_time, &TimeContext::changed, this, &MainWindow::updateTimeControls);
    connect(&m_backend, &Backend::alertActivated, this, &MainWindow::showAlert);
    connect(m_labels, &LabelIndex::changed, m_palette, &CommandPalette::renew);
    // So that a crash or a power cut does not take the session with it.
    connect(&m_saveTimer, &QTimer::timeout, this, &MainWindow::saveSession);
    m_saveTimer.setInterval(kSaveEveryMs);
    const auto applyTheme = [this] {
        m_title->setFont(m_theme.headingFont());
        m_toggleThemeAction->setIcon(m_theme.icon(m_theme.isDark() ? QStringLiteral("sun") : QStringLiteral("moon")));
    };
    applyTheme();
    connect(&m_theme, &Theme::changed, this, applyTheme);
}

void MainWindow::addPage(Page* page)
{
    const int rank = rankOf(page->id());
    const auto at = std::ranges::upper_bound(m_pages, rank, {}, &Entry::rank);
    const auto position = static_cast<std::size_t>(at - m_pages.begin());

    auto* action = createAction(QStringLiteral("page.%1").arg(page->id()), page->title(), {}, rank < 9 ? QKeySequence(static_cast<int>(Qt::CTRL) | (Qt::Key_1 + rank)) : QKeySequence(), tr("Go to %1").arg(page->title()));
    action->setIcon(page->icon());
    action->setCheckable(true);
    connect(action, &QAction::triggered, this, [this, id = page->id()] { showPage(id); });
    m_goMenu->insertAction(position < m_pages.size() ? m_pages[position].action : nullptr, action);

    m_stack->addWidget(page);
    m_sideBar->insertEntry(position, page->id(), page->icon(), page->title(), action->toolTip());
    m_pages.insert(at, { page, action, rank, {} });
    const auto pageActions = page->pageActions();
    for (auto* pageAction : pageActions) {
        pageAction->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        page->addAction(pageAction);
    }
    connect(page, &Page::navigate, this, &MainWindow::showPage);
    connect(page, &Page::actionWanted, this, [this](const QString& name) {
        const auto wanted = std::ranges::find(m_actions, name, &QAction::objectName);
        if (wanted != m_actions.end())
            (*wanted)->trigger();
    });
    connect(page, &Page::placeChanged, this, [this, page](const QString& place) {
        std::ranges::find(m_pages, page, &Entry::page)->place = place;
        if (page == currentPage())
            m_place->setText(place);
    });
    connect(page, &Page::badgeChanged, this, [this, page] { m_sideBar->setBadge(page->id(), page->badge()); });
    m_sideBar->setBadge(page->id(), page->badge());
}

Page* MainWindow::page(const QString& id) const
{
    const auto at = std::ranges::find_if(m_pages, [&id](const Entry& entry) { return entry.page->id() == id; });
    return at == m_pages.end() ? nullptr : at->page;
}

Page* MainWindow::currentPage() const { return qobject_cast<Page*>(m_stack->currentWidget()); }

void MainWindow::showPage(const QString& id, const QVariantMap& query)
{
    Page* const shown = page(id);
    if (!shown)
        return;
    const bool changes = shown != currentPage();
    if (!query.isEmpty())
        shown->showFor(query);
    m_place->setText(std::ranges::find(m_pages, shown, &Entry::page)->place);
    m_stack->setCurrentWidget(shown);
    m_title->setText(shown->title());
    m_sideBar->setCurrent(id);
    for (const auto& entry : m_pages)
        entry.action->setChecked(entry.page == shown);
    setWindowTitle(m_backend.isDemo() ? tr("%1 – Belvedere (demo)").arg(shown->title()) : tr("%1 – Belvedere").arg(shown->title()));
    updatePageMenu();
    if (changes)
        shown->firstFocus()->setFocus(Qt::OtherFocusReason);
}

void MainWindow::updatePageMenu()
{
    m_pageMenu->clear();
    if (const Page* shown = currentPage())
        m_pageMenu->addActions(shown->pageActions());
    m_pageMenu->menuAction()->setVisible(!m_pageMenu->isEmpty());
}

void MainWindow::updateTimeControls()
{
    m_timeButton->setText(m_time.text());
    m_timeButton->setAccessibleName(tr("Time range: %1").arg(m_time.text()));
    m_backAction->setEnabled(m_time.canGoBack());
    m_forwardAction->setEnabled(m_time.canGoForward());
    m_liveAction->setChecked(m_time.isLive());
    m_refreshButton->setText(refreshText(m_time.refreshSeconds()));
    const auto actions = m_refreshMenu->actions();
    for (auto* action : actions)
        action->setChecked(action->data().toInt() == m_time.refreshSeconds());
}

void MainWindow::openTimePicker() { m_timePicker->openAt(m_timeButton->mapToGlobal(QPoint(m_timeButton->width(), m_timeButton->height() + 4))); }

void MainWindow::openCommandPalette(const QString& text)
{
    m_labels->renew();
    m_palette->open(text);
}

void MainWindow::showAlert(const QString& rule, const model::Labels& labels)
{
    showPage(page::kAlerts, { { QStringLiteral("rule"), rule }, { QStringLiteral("labels"), toQString(labels.toString()) } });
    setWindowState(windowState() & ~Qt::WindowMinimized);
    show();
    raise();
    activateWindow();
}

QList<QAction*> MainWindow::allActions() const
{
    QList<QAction*> actions = m_actions;
    if (const Page* shown = currentPage())
        actions += shown->pageActions();
    return actions;
}

std::vector<PaletteEntry> MainWindow::paletteEntries(const QString& text) const
{
    std::vector<PaletteEntry> entries;
    for (const auto& entry : m_pages)
        entries.push_back({ entry.page->title(), tr("Page"), entry.page->icon(), [action = entry.action] { action->trigger(); }, entry.action->shortcut().toString(QKeySequence::NativeText) });
    const auto actions = allActions();
    for (auto* action : actions) {
        if (!action->isEnabled() || action->objectName().startsWith(QStringLiteral("page.")) || action == m_paletteAction)
            continue;
        entries.push_back({ nameOf(*action), tr("Action"), action->icon(), [action] { action->trigger(); }, action->shortcut().toString(QKeySequence::NativeText) });
    }
    for (const auto& entry : m_pages) {
        auto more = entry.page->paletteEntries(text);
        std::ranges::move(more, std::back_inserter(entries));
    }
    auto* self = const_cast<MainWindow*>(this);
    for (const auto& label : m_labels->labels()) {
        entries.push_back({ label.name, label.language == QStringLiteral("promql") ? tr("Label of series") : tr("Label of logs"), m_theme.icon(QStringLiteral("label")),
            [self, label] { self->showPage(page::kExplore, { { QStringLiteral("language"), label.language }, { QStringLiteral("expr"), label.query } }); }, {} });
    }
    return entries;
}

void MainWindow::restoreSession()
{
    m_theme.setMode(m_settings.themeMode());
    m_theme.setDensity(m_settings.density());
    m_theme.setSeriesPalette(m_settings.seriesPalette());
    if (const auto geometry = m_settings.geometry(); !geometry.isEmpty())
        restoreGeometry(geometry);
    m_sideBar->setCollapsed(m_settings.sideBarCollapsed());
    m_time.setRange({ m_settings.timeFrom(), m_settings.timeTo() });
    m_time.setRefreshSeconds(m_settings.refreshSeconds());
    for (const auto& entry : m_pages)
        entry.page->restoreState(m_settings.pageState(entry.page->id()));
    const QString current = m_settings.currentPage();
    showPage(page(current) ? current : m_pages.front().page->id());
    m_saveTimer.start();
}

void MainWindow::saveSession()
{
    m_settings.setGeometry(saveGeometry());
    m_settings.setSideBarCollapsed(m_sideBar->isCollapsed());
    m_settings.setTime(m_time.raw().from, m_time.raw().to);
    m_settings.setRefreshSeconds(m_time.refreshSeconds());
    for (const auto& entry : m_pages)
        m_settings.setPageState(entry.page->id(), entry.page->stateForSession());
    if (const Page* shown = currentPage())
        m_settings.setCurrentPage(shown->id());
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    saveSession();
    QMainWindow::closeEvent(event);
}

void MainWindow::resizeEvent(QResizeEvent* event)
{
    QMainWindow::resizeEvent(event);
    const auto style = width() < kNarrowBelow ? Qt::ToolButtonIconOnly : Qt::ToolButtonTextBesideIcon;
    for (auto* button : { m_searchButton, m_liveButton })
        button->setToolButtonStyle(style);
    m_place->setVisible(width() >= kNarrowBelow);
}

void MainWindow::showShortcuts()
{
    auto* dialog = new QDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Keyboard Shortcuts"));
    auto* words = makeFilterEdit(m_theme, tr("Filter by action or keys"), dialog);
    auto* table = new QTableWidget(dialog);
    table->setObjectName(QStringLiteral("shortcuts"));
    table->setColumnCount(2);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setTabKeyNavigation(false);
    table->setHorizontalHeaderLabels({ tr("Action"), tr("Keys") });
    table->verticalHeader()->hide();
    table->setShowGrid(false);
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    auto actions = m_actions;
    if (const auto* shown = currentPage())
        actions += shown->findChildren<QAction*>(); // those of its parts too: panels have keys of their own
    for (const auto* action : std::as_const(actions)) {
        if (action->shortcut().isEmpty())
            continue;
        const int row = table->rowCount();
        table->insertRow(row);
        table->setItem(row, 0, new QTableWidgetItem(nameOf(*action)));
        table->setItem(row, 1, new QTableWidgetItem(action->shortcut().toString(QKeySequence::NativeText)));
    }
    table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    table->horizontalHeader()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    connect(words, &QLineEdit::textChanged, table, [table](const QString& text) {
        for (int row = 0; row < table->rowCount(); ++row)
            table->setRowHidden(row, !table->item(row, 0)->text().contains(text, Qt::CaseInsensitive) && !table->item(row, 1)->text().contains(text, Qt::CaseInsensitive));
    });
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, dialog);
    connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::close);
    auto* layout = new QVBoxLayout(dialog);
    layout->addWidget(words);
    layout->addWidget(table);
    layout->addWidget(buttons);
    dialog->resize(520, 560);
    dialog->show();
}

void MainWindow::openPath(const QString& path)
{
    if (QDesktopServices::openUrl(QUrl::fromLocalFile(path)))
        return;
    QGuiApplication::clipboard()->setText(path);
    tell(tr("No program opens it"), tr("The path is on the clipboard now: %1").arg(path));
}

void MainWindow::tell(const QString& title, const QString& text)
{
    auto* box = new QMessageBox(QMessageBox::Warning, QStringLiteral("Belvedere"), QStringLiteral("%1\n\n%2").arg(title, text), QMessageBox::Close, this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText);
    box->open();
}

void MainWindow::showAbout()
{
    auto* box = new QMessageBox(QMessageBox::NoIcon, tr("About Belvedere"),
        tr("<h3>Belvedere %1</h3><p>An observability workbench for the desktop.</p><p>Workspace: %2</p><p>Free software under the GNU General Public License, version 3 or later.</p>")
            .arg(QCoreApplication::applicationVersion().toHtmlEscaped(), m_backend.workspaceFolder().toHtmlEscaped()),
        QMessageBox::Close, this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setIconPixmap(windowIcon().pixmap(48, 48));
    box->open();
}

}
