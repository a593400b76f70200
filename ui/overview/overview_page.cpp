#include "ui/overview/overview_page.h"

#include "core/base/text.h"
#include "ui/backend.h"
#include "ui/overview/first_steps.h"
#include "ui/text.h"
#include "ui/time_context.h"
#include "ui/widgets/notice_bar.h"

#include <QGridLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QScrollArea>
#include <QScrollBar>
#include <QTimer>

#include <algorithm>

namespace belvedere::ui {

namespace {

    constexpr int kSmallestTile = 292; ///< wide
    constexpr int kLargestTile = 640;  ///< wide
    constexpr int kHighestTile = 440;
    constexpr int kSpacing = 12;
    constexpr int kRecentBesideFrom = 1300; ///< width of a page that has room for a second column
    constexpr int kRecentWidth = 360;
    constexpr int kRecentHeight = 124; ///< of its title and two alerts
    constexpr int kSettledAfterMs = 2000;
    constexpr int kGraphPoints = 120;

    // The queries that do not depend on what is there, in this order.
    enum Fixed { kMarkers, kUp, kAlerts, kLogErrors, kLogRate, kFigures };
    constexpr char kUpExpr[] = "min by (job, instance) (up)";
    constexpr char kAlertsExpr[] = "ALERTS{alertstate=\"firing\"}";
    constexpr char kLogErrorsExpr[] = "sum by (compose_service) (count_over_time({compose_service=~\".+\"} |~ \"(?i)\\\\b(error|fatal|panic|critical)\\\\b\" [5m]))";
    constexpr char kLogRateExpr[] = "sum by (compose_service) (rate({compose_service=~\".+\"}[1m]))";

}

OverviewPage::OverviewPage(const PageServices& services, QWidget* parent)
    : Page(parent)
    , m_services(services)
    , m_runner(services.backend.queryPool(), services.queries)
{
    setObjectName(QStringLiteral("overviewPage"));
    createContent();
    connectSignals();
    updateRecent();
    update();
}

void OverviewPage::createContent()
{
    auto& theme = m_services.theme;
    auto* content = new QWidget(this);
    m_icon = new QLabel(content);
    m_headline = new QLabel(content);
    m_headline->setFont(theme.headingFont());
    m_subline = new QLabel(content);
    m_subline->setForegroundRole(QPalette::PlaceholderText);
    m_notice = new NoticeBar(theme, content);
    m_scroll = new QScrollArea(content);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setWidgetResizable(true);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_scroll->viewport()->installEventFilter(this);
    auto* tiles = new QWidget(m_scroll);
    m_grid = new QGridLayout;
    m_grid->setSpacing(kSpacing);
    m_firstSteps = new FirstSteps(theme, tiles);
    m_firstSteps->hide();
    auto* rows = new QVBoxLayout(tiles);
    rows->setContentsMargins(0, 0, 4, 8);
    rows->setSpacing(kSpacing);
    rows->addLayout(m_grid);
    rows->addWidget(m_firstSteps);
    rows->addStretch(1);
    m_scroll->setWidget(tiles);

    m_recentBox = new QWidget(content);
    m_recentTitle = new QLabel(tr("Recent alerts"), m_recentBox);
    m_recentTitle->setFont(theme.titleFont());
    m_recentEmpty = new QLabel(tr("No alert has fired in this workspace."), m_recentBox);
    m_recentEmpty->setForegroundRole(QPalette::PlaceholderText);
    m_recentList = new RecentAlerts(theme, m_recent, m_recentBox);
    auto* recent = new QVBoxLayout(m_recentBox);
    recent->setContentsMargins(0, 0, 0, 0);
    recent->setSpacing(2);
    recent->addWidget(m_recentTitle);
    recent->addWidget(m_recentEmpty);
    recent->addWidget(m_recentList, 1);
    recent->addStretch(0);

    auto* head = new QHBoxLayout;
    head->setSpacing(10);
    head->addWidget(m_icon);
    head->addWidget(m_headline);
    head->addSpacing(6);
    head->addWidget(m_subline, 1);
    m_body = new QBoxLayout(QBoxLayout::TopToBottom);
    m_body->setSpacing(kSpacing);
    m_body->addWidget(m_scroll, 1);
    m_body->addWidget(m_recentBox);
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(16, 14, 12, 0);
    column->setSpacing(kSpacing);
    column->addLayout(head);
    column->addWidget(m_notice);
    column->addLayout(m_body, 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(content);
}

void OverviewPage::connectSignals()
{
    const auto& backend = m_services.backend;
    connect(&backend, &Backend::targetsChanged, this, [this] {
        update();
        // What a target tells is asked for when it is there, not at the next refresh.
        if (targetsUp() > m_targetsAsked && isVisible() && !m_runner.isRunning())
            run();
    });
    connect(&backend, &Backend::containersChanged, this, &OverviewPage::update);
    connect(&backend, &Backend::rulesChanged, this, [this] {
        updateRecent();
        update();
    });
    connect(&backend, &Backend::alertChangesChanged, this, &OverviewPage::updateRecent);
    connect(m_firstSteps, &FirstSteps::actionWanted, this, &OverviewPage::actionWanted);
    // Until then containers and targets may still be on their way.
    QTimer::singleShot(kSettledAfterMs, this, [this] {
        m_settled = true;
        update();
    });
    connect(m_recentList, &RecentAlerts::chosen, this, [this](const QString& rule) { Q_EMIT navigate(page::kAlerts, { { QStringLiteral("rule"), rule } }); });
    connect(&m_services.theme, &Theme::changed, this, [this] {
        m_headline->setFont(m_services.theme.headingFont());
        m_recentTitle->setFont(m_services.theme.titleFont());
        updateSummary();
    });
    connect(&m_services.time, &TimeContext::queryNeeded, this, [this] {
        if (isVisible() && !m_runner.isRunning())
            run();
    });
    connect(&m_runner, &QueryRunner::finished, this, [this](quint64, const QueryOutcome& outcome) { showOutcome(outcome); });
    connect(m_notice, &NoticeBar::activated, this, &OverviewPage::run);
}

QIcon OverviewPage::icon() const { return m_services.theme.icon(QStringLiteral("overview")); }

std::ptrdiff_t OverviewPage::targetsUp() const { return std::ranges::count(m_services.backend.targets()->active, model::TargetStatus::Health::up, &model::TargetStatus::health); }

void OverviewPage::run()
{
    m_targetsAsked = targetsUp();
    const auto registry = m_services.backend.dataSources();
    const auto metrics = registry->defaultFor("prometheus");
    const auto logs = registry->defaultFor("loki");
    if (!metrics && !logs)
        return;
    const auto range = m_services.time.range();
    const std::int64_t stepNs = stepFor(range.lengthMs(), kGraphPoints, 5'000) * 1'000'000;
    const std::int64_t toNs = range.toMs * 1'000'000;
    const std::int64_t fromNs = range.fromMs * 1'000'000 / stepNs * stepNs;
    const auto overTime = [&](std::string expr) { return datasource::QueryRequest { .expr = std::move(expr), .fromNs = fromNs, .toNs = toNs, .stepNs = stepNs }; };
    const auto now = [&](std::string expr) { return datasource::QueryRequest { .expr = std::move(expr), .instant = true, .toNs = toNs }; };
    std::vector<QueryJob> jobs(kFigures);
    jobs[kMarkers] = { metrics, now(markerQuery()) };
    jobs[kUp] = { metrics, overTime(kUpExpr) };
    jobs[kAlerts] = { metrics, overTime(kAlertsExpr) };
    jobs[kLogErrors] = { logs, now(kLogErrorsExpr) };
    jobs[kLogRate] = { logs, overTime(kLogRateExpr) };
    m_asked.clear();
    for (const auto kind : m_kinds) {
        for (const auto& figure : ServiceKind::all()[kind].figures) {
            m_asked.push_back(&figure);
            jobs.push_back({ metrics, overTime(figure.expr) });
        }
    }
    m_metrics.fromMs = fromNs / 1'000'000;
    m_metrics.toMs = range.toMs;
    m_runner.submit(std::move(jobs));
}

void OverviewPage::showOutcome(const QueryOutcome& outcome)
{
    QString problem;
    const auto take = [&]<class T>(std::size_t i, T& into) {
        into.clear();
        if (const auto& answer = (*outcome)[i]; !answer) {
            if (answer.error().code != ErrorCode::notFound)
                problem = toQString(answer.error().message);
        } else if (const auto* values = std::get_if<T>(&answer->data)) {
            into = *values;
        }
    };
    take(kMarkers, m_metrics.markers);
    take(kUp, m_metrics.up);
    take(kAlerts, m_metrics.alerts);
    take(kLogErrors, m_metrics.logErrors);
    take(kLogRate, m_metrics.logRate);
    m_metrics.answers.clear();
    for (std::size_t i = 0; i < m_asked.size(); ++i) {
        m_metrics.answers.push_back({ m_asked[i], {} });
        take(kFigures + i, m_metrics.answers.back().values);
    }
    if (problem.isEmpty())
        m_notice->hide();
    else
        m_notice->showNotice(State::warning, tr("Some figures are missing: %1").arg(problem), tr("Try Again"));
    // The figures of a kind that was not known of are asked for at once, not at the next refresh.
    if (auto kinds = presentKinds(m_metrics.markers); kinds != m_kinds) {
        m_kinds = std::move(kinds);
        run();
    }
    update();
}

void OverviewPage::update()
{
    const auto focused = std::ranges::find_if(m_tiles, [](const ServiceTile* tile) { return tile->hasFocus(); });
    const QString focusedName = focused == m_tiles.end() ? QString() : (*focused)->service().name;
    m_healths = assembleServices(*m_services.backend.targets(), *m_services.backend.containers(), *m_services.backend.rules(), m_metrics);
    while (m_tiles.size() > m_healths.size()) {
        m_tiles.back()->deleteLater();
        m_grid->removeWidget(m_tiles.back());
        m_tiles.pop_back();
    }
    while (m_tiles.size() < m_healths.size()) {
        auto* tile = new ServiceTile(m_services.theme, m_scroll->widget());
        connect(tile, &ServiceTile::chosen, this, [this, tile](ServiceTile::Destination destination) { leadOn(tile->service(), destination); });
        m_tiles.push_back(tile);
    }
    for (std::size_t i = 0; i < m_tiles.size(); ++i)
        m_tiles[i]->setService(m_healths[i]);
    // The keyboard stays with the service, wherever its state has put it: Enter must not open another one.
    const auto same = std::ranges::find_if(m_tiles, [&focusedName](const ServiceTile* tile) { return tile->service().name == focusedName; });
    if (!focusedName.isEmpty() && same != m_tiles.end())
        (*same)->setFocus();
    arrangeTiles();
    updateSummary();
    updateFirstSteps();
}

bool OverviewPage::watchesNothing() const
{
    return std::ranges::all_of(m_healths, [](const ServiceHealth& service) { return service.containers == 0 && service.job == QLatin1StringView("belvedere"); });
}

void OverviewPage::updateFirstSteps()
{
    const bool wanted = m_settled && watchesNothing();
    if (wanted) {
        const auto& backend = m_services.backend;
        m_firstSteps->setContainers(backend.dockerState());
        m_firstSteps->setTargets(backend.workspaceFile());
        m_firstSteps->setRules(!backend.rules()->empty(), backend.takesShippedRules());
    }
    m_firstSteps->setVisible(wanted);
}

void OverviewPage::updateSummary()
{
    const auto count = [this](State state) { return static_cast<int>(std::ranges::count(m_healths, state, &ServiceHealth::state)); };
    const int critical = count(State::critical);
    const int warning = count(State::warning);
    int firing = 0;
    for (const auto& group : *m_services.backend.rules()) {
        for (const auto& rule : group.rules)
            firing += static_cast<int>(std::ranges::count(rule.alerts, model::AlertState::firing, &model::AlertStatus::state));
    }
    if (watchesNothing() && firing == 0) {
        m_icon->setPixmap(m_settled ? m_services.theme.statePixmap(State::unknown, 22, devicePixelRatioF()) : QPixmap());
        m_headline->setText(m_settled ? tr("No service is watched yet") : QString());
        m_subline->clear();
        return;
    }
    const State state = critical > 0 ? State::critical : warning > 0 || firing > 0 ? State::warning : State::ok;
    m_icon->setPixmap(m_services.theme.statePixmap(state, 22, devicePixelRatioF()));
    m_icon->setAccessibleName(Theme::stateWord(state));
    if (state == State::ok)
        m_headline->setText(tr("All is well"));
    else if (critical + warning > 0)
        m_headline->setText(tr("Services that need attention: %1").arg(critical + warning));
    else
        m_headline->setText(tr("Alerts firing: %1").arg(firing));
    m_subline->setText(tr("services: %1 · critical: %2 · with warnings: %3 · alerts firing: %4").arg(m_healths.size()).arg(critical).arg(warning).arg(firing));
}

void OverviewPage::updateRecent()
{
    m_recent.setEpisodes(episodesOf(*m_services.backend.alertChanges(), *m_services.backend.rules()), m_services.time.nowMs());
    m_recentList->setVisible(m_recent.rowCount() > 0);
    m_recentEmpty->setVisible(m_recent.rowCount() == 0);
    // Under the tiles nothing is said while there is nothing to say.
    m_recentBox->setVisible(m_recent.rowCount() > 0 || width() >= kRecentBesideFrom);
}

void OverviewPage::arrangeTiles()
{
    if (m_tiles.empty())
        return;
    const QSize room = m_scroll->viewport()->size();
    const auto count = static_cast<int>(m_tiles.size());
    const auto rowsOf = [count](int columns) { return (count + columns - 1) / columns; };
    const auto heightOf = [&](int columns) { return (room.height() - 8 + kSpacing) / rowsOf(columns) - kSpacing; };
    // As few columns as let everything be seen at once; as many as there is room for when that cannot be.
    const int most = std::max(1, (room.width() + kSpacing) / (kSmallestTile + kSpacing));
    int columns = std::clamp((room.width() + kSpacing + kLargestTile) / (kLargestTile + kSpacing), 1, most);
    while (columns < most && heightOf(columns) < ServiceTile::kMinimumHeight)
        ++columns;
    // Room is for graphs: without any, tiles would be large and empty.
    const bool anyGraph = std::ranges::any_of(m_healths, [](const ServiceHealth& service) { return service.graph.values.size() > 1; });
    const int height = anyGraph ? std::clamp(heightOf(columns), ServiceTile::kMinimumHeight, kHighestTile) : ServiceTile::kMinimumHeight;

    for (int old = 0; old < m_grid->columnCount(); ++old)
        m_grid->setColumnStretch(old, old < columns ? 1 : 0);
    for (int i = 0; i < count; ++i) {
        auto* tile = m_tiles[static_cast<std::size_t>(i)];
        tile->setFixedHeight(height);
        int row = -1, column = -1, rowSpan = 0, columnSpan = 0;
        if (const int at = m_grid->indexOf(tile); at >= 0)
            m_grid->getItemPosition(at, &row, &column, &rowSpan, &columnSpan);
        if (row != i / columns || column != i % columns)
            m_grid->addWidget(tile, i / columns, i % columns);
    }
    for (int column = 0; column < columns; ++column)
        m_grid->setColumnStretch(column, 1);
    const int rows = rowsOf(columns);
    // Naming a row makes it, so the count is taken before.
    const int lastRow = std::max(rows, m_grid->rowCount());
    for (int row = 0; row <= lastRow; ++row)
        m_grid->setRowStretch(row, row == rows ? 1 : 0);
}

void OverviewPage::leadOn(const ServiceHealth& service, ServiceTile::Destination destination)
{
    const auto quoted = [](const QString& text) { return toQString(goQuoted(toUtf8(text))); };
    const auto explore = [this](const char* language, const QString& expr) {
        Q_EMIT navigate(page::kExplore, { { QStringLiteral("language"), QLatin1StringView(language) }, { QStringLiteral("expr"), expr } });
    };
    switch (destination) {
    case ServiceTile::Destination::alerts:
        Q_EMIT navigate(page::kAlerts, { { QStringLiteral("rule"), service.firing.value(0) } });
        return;
    case ServiceTile::Destination::targets:
        Q_EMIT navigate(page::kTargets, { { QStringLiteral("job"), service.job } });
        return;
    case ServiceTile::Destination::containers:
        Q_EMIT navigate(page::kContainers, { { QStringLiteral("name"), service.worstContainer } });
        return;
    case ServiceTile::Destination::dashboard:
        Q_EMIT navigate(page::kDashboards, { { QStringLiteral("uid"), service.dashboard } });
        return;
    case ServiceTile::Destination::explore:
        explore("promql", service.graph.expr.isEmpty() ? QStringLiteral("{job=%1, instance=%2}").arg(quoted(service.job), quoted(service.instance)) : service.graph.expr);
        return;
    case ServiceTile::Destination::logs:
        explore("logql", QStringLiteral("{compose_service=%1}").arg(quoted(service.name)));
        return;
    }
}

std::vector<PaletteEntry> OverviewPage::paletteEntries(const QString& text) const
{
    Q_UNUSED(text)
    std::vector<PaletteEntry> entries;
    auto* self = const_cast<OverviewPage*>(this);
    for (const auto* tile : m_tiles)
        entries.push_back({ tile->service().name, tr("Service"), icon(), [self, service = tile->service(), destination = tile->destination()] { self->leadOn(service, destination); }, {} });
    return entries;
}

void OverviewPage::showEvent(QShowEvent* event)
{
    Page::showEvent(event);
    run();
}

void OverviewPage::resizeEvent(QResizeEvent* event)
{
    const bool beside = width() >= kRecentBesideFrom;
    m_body->setDirection(beside ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
    m_recentBox->setMinimumSize(beside ? QSize(kRecentWidth, 0) : QSize(0, kRecentHeight));
    m_recentBox->setMaximumSize(beside ? QSize(kRecentWidth, QWIDGETSIZE_MAX) : QSize(QWIDGETSIZE_MAX, kRecentHeight));
    m_recentBox->setVisible(beside || m_recent.rowCount() > 0);
    Page::resizeEvent(event);
}

bool OverviewPage::eventFilter(QObject* object, QEvent* event)
{
    if (object == m_scroll->viewport() && event->type() == QEvent::Resize)
        arrangeTiles();
    return Page::eventFilter(object, event);
}

void OverviewPage::keyPressEvent(QKeyEvent* event)
{
    const auto focused = std::ranges::find_if(m_tiles, [](const ServiceTile* tile) { return tile->hasFocus(); });
    if (focused == m_tiles.end())
        return Page::keyPressEvent(event);
    int row = 0, column = 0, rowSpan = 0, columnSpan = 0;
    m_grid->getItemPosition(m_grid->indexOf(*focused), &row, &column, &rowSpan, &columnSpan);
    switch (event->key()) {
    case Qt::Key_Left:
        --column;
        break;
    case Qt::Key_Right:
        ++column;
        break;
    case Qt::Key_Up:
        --row;
        break;
    case Qt::Key_Down:
        ++row;
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        (*focused)->click();
        return;
    default:
        return Page::keyPressEvent(event);
    }
    if (const auto* next = m_grid->itemAtPosition(row, column); next && next->widget()) {
        next->widget()->setFocus(Qt::TabFocusReason);
        m_scroll->ensureWidgetVisible(next->widget());
    }
}

}
