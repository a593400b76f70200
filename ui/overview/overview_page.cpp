#include "ui/overview/overview_page.h"

#include "ui/backend.h"
#include "ui/text.h"
#include "ui/time_context.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/state_stack.h"

#include <QGridLayout>
#include <QLabel>
#include <QScrollArea>
#include <QScrollBar>

#include <algorithm>

namespace belvedere::ui {

namespace {

    constexpr int kTileWidth = 296;
    constexpr int kRatePoints = 120;

    // The names that web frameworks' instrumentation uses: Prometheus' clients, FastAPI's instrumentator, OpenTelemetry.
    constexpr char kRequestRate[] = "sum by (job) (rate(http_requests_total[5m])) or sum by (job) (rate(http_server_request_duration_seconds_count[5m]))"
                                    " or sum by (job) (rate(http_request_duration_seconds_count[5m]))";
    constexpr char kErrorRatio[] = "sum by (job) (rate(http_requests_total{status=~\"5..\"}[5m])) / sum by (job) (rate(http_requests_total[5m]))"
                                   " or sum by (job) (rate(http_requests_total{code=~\"5..\"}[5m])) / sum by (job) (rate(http_requests_total[5m]))"
                                   " or sum by (job) (rate(http_server_request_duration_seconds_count{http_response_status_code=~\"5..\"}[5m])) / sum by (job) (rate(http_server_request_duration_seconds_count[5m]))";
    constexpr char kP95[] = "histogram_quantile(0.95, sum by (job, le) (rate(http_request_duration_seconds_bucket[5m])))"
                            " or histogram_quantile(0.95, sum by (job, le) (rate(http_server_request_duration_seconds_bucket[5m])))";
    constexpr char kLogErrors[] = "sum by (compose_service) (count_over_time({compose_service=~\".+\"} |~ \"(?i)\\\\b(error|fatal|panic|critical)\\\\b\" [5m]))";

}

OverviewPage::OverviewPage(const PageServices& services, QWidget* parent)
    : Page(parent)
    , m_services(services)
    , m_runner(services.backend.queryPool(), services.queries)
{
    setObjectName(QStringLiteral("overviewPage"));
    auto* content = new QWidget(this);
    m_icon = new QLabel(content);
    m_headline = new QLabel(content);
    m_headline->setFont(services.theme.headingFont());
    m_subline = new QLabel(content);
    m_subline->setForegroundRole(QPalette::PlaceholderText);
    m_notice = new NoticeBar(services.theme, content);
    m_scroll = new QScrollArea(content);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setWidgetResizable(true);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* tiles = new QWidget(m_scroll);
    m_grid = new QGridLayout(tiles);
    m_grid->setContentsMargins(0, 0, 4, 16);
    m_grid->setSpacing(12);
    m_scroll->setWidget(tiles);

    auto* head = new QHBoxLayout;
    head->setSpacing(10);
    head->addWidget(m_icon);
    head->addWidget(m_headline);
    head->addSpacing(6);
    head->addWidget(m_subline, 1);
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(16, 14, 12, 0);
    column->setSpacing(12);
    column->addLayout(head);
    column->addWidget(m_notice);
    column->addWidget(m_scroll, 1);
    m_stack = new StateStack(services.theme, content, this);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_stack);

    const auto& backend = services.backend;
    connect(&backend, &Backend::targetsChanged, this, &OverviewPage::update);
    connect(&backend, &Backend::containersChanged, this, &OverviewPage::update);
    connect(&backend, &Backend::rulesChanged, this, &OverviewPage::update);
    connect(&services.theme, &Theme::changed, this, [this] {
        m_headline->setFont(m_services.theme.headingFont());
        updateSummary();
    });
    connect(&services.time, &TimeContext::queryNeeded, this, [this] {
        if (isVisible() && !m_runner.isRunning())
            run();
    });
    connect(&m_runner, &QueryRunner::finished, this, [this](quint64, const QueryOutcome& outcome) { showOutcome(outcome); });
    connect(m_notice, &NoticeBar::activated, this, &OverviewPage::run);
    update();
}

QIcon OverviewPage::icon() const { return m_services.theme.icon(QStringLiteral("overview")); }

void OverviewPage::run()
{
    const auto range = m_services.time.range();
    const auto stepMs = stepFor(range.lengthMs(), kRatePoints, 5'000);
    const auto registry = m_services.backend.dataSources();
    const auto metrics = registry->defaultFor("prometheus");
    const auto logs = registry->defaultFor("loki");
    if (!metrics && !logs)
        return;
    const std::int64_t stepNs = stepMs * 1'000'000;
    const std::int64_t toNs = range.toMs * 1'000'000;
    std::vector<QueryJob> jobs;
    for (const char* expr : { kRequestRate, kErrorRatio, kP95 })
        jobs.push_back({ metrics, { .expr = expr, .fromNs = range.fromMs * 1'000'000 / stepNs * stepNs, .toNs = toNs, .stepNs = stepNs } });
    jobs.push_back({ logs, { .expr = kLogErrors, .instant = true, .toNs = toNs } });
    m_runner.submit(std::move(jobs));
}

void OverviewPage::showOutcome(const QueryOutcome& outcome)
{
    QString problem;
    const auto matrix = [&](std::size_t i) {
        const auto& answer = (*outcome)[i];
        if (!answer) {
            if (answer.error().code != ErrorCode::notFound)
                problem = toQString(answer.error().message);
            return model::Matrix();
        }
        const auto* values = std::get_if<model::Matrix>(&answer->data);
        return values ? *values : model::Matrix();
    };
    m_metrics.requestRate = matrix(0);
    m_metrics.errorRatio = matrix(1);
    m_metrics.p95 = matrix(2);
    m_metrics.logErrors.clear();
    if (const auto& answer = (*outcome)[3]; !answer) {
        if (answer.error().code != ErrorCode::notFound)
            problem = toQString(answer.error().message);
    } else if (const auto* values = std::get_if<model::Vector>(&answer->data)) {
        m_metrics.logErrors = *values;
    }
    if (problem.isEmpty())
        m_notice->hide();
    else
        m_notice->showNotice(State::warning, tr("Some numbers are missing: %1").arg(problem), tr("Try Again"));
    update();
}

void OverviewPage::update()
{
    m_healths = assembleServices(*m_services.backend.targets(), *m_services.backend.containers(), *m_services.backend.rules(), m_metrics);
    while (m_tiles.size() > m_healths.size()) {
        m_tiles.back()->deleteLater();
        m_grid->removeWidget(m_tiles.back());
        m_tiles.pop_back();
    }
    const bool added = m_tiles.size() < m_healths.size();
    while (m_tiles.size() < m_healths.size()) {
        auto* tile = new ServiceTile(m_services.theme, m_scroll->widget());
        connect(tile, &ServiceTile::chosen, this, [this, tile](ServiceTile::Destination destination) { leadOn(tile->service(), destination); });
        m_tiles.push_back(tile);
    }
    for (std::size_t i = 0; i < m_tiles.size(); ++i)
        m_tiles[i]->setService(m_healths[i]);
    if (added)
        m_columns = 0;
    arrangeTiles();
    updateSummary();
    if (!m_healths.empty())
        m_stack->showContent();
    else
        m_stack->showEmpty(QStringLiteral("overview"), tr("Nothing to watch yet"),
            tr("Services appear here as soon as a container runs under Docker, or a target is named in %1/workspace.yml.").arg(m_services.backend.workspaceFolder()));
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
    const State state = critical > 0 ? State::critical : warning > 0 || firing > 0 ? State::warning : State::ok;
    m_icon->setPixmap(m_services.theme.statePixmap(state, 22, devicePixelRatioF()));
    m_icon->setAccessibleName(Theme::stateWord(state));
    if (state == State::ok)
        m_headline->setText(tr("All is well"));
    else if (critical + warning > 0)
        m_headline->setText(tr("Services that need attention: %1").arg(critical + warning));
    else
        m_headline->setText(tr("Alerts firing: %1").arg(firing));
    m_subline->setText(tr("%1 services · %2 critical · %3 with warnings · %4 alerts firing").arg(m_healths.size()).arg(critical).arg(warning).arg(firing));
}

void OverviewPage::arrangeTiles()
{
    const int columns = std::max(1, (m_scroll->viewport()->width() + 8) / (kTileWidth + 12));
    if (columns == m_columns && m_grid->count() == static_cast<int>(m_tiles.size()))
        return;
    for (int old = 0; old < m_grid->columnCount(); ++old)
        m_grid->setColumnStretch(old, 0);
    for (auto* tile : m_tiles)
        m_grid->removeWidget(tile);
    m_columns = columns;
    for (int i = 0; i < static_cast<int>(m_tiles.size()); ++i)
        m_grid->addWidget(m_tiles[static_cast<std::size_t>(i)], i / columns, i % columns);
    for (int column = 0; column < columns; ++column)
        m_grid->setColumnStretch(column, 1);
    const int rows = (static_cast<int>(m_tiles.size()) + columns - 1) / columns;
    // Naming a row makes it, so the count is taken before.
    const int lastRow = std::max(rows, m_grid->rowCount());
    for (int row = 0; row <= lastRow; ++row)
        m_grid->setRowStretch(row, row == rows ? 1 : 0);
}

void OverviewPage::leadOn(const ServiceHealth& service, ServiceTile::Destination destination)
{
    const auto quoted = [](const QString& text) { return toQString(model::quoted(toUtf8(text))); };
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
    case ServiceTile::Destination::requests:
        explore("promql", QStringLiteral("sum by (status) (rate(http_requests_total{job=%1}[5m]))").arg(quoted(service.job)));
        return;
    case ServiceTile::Destination::logs:
        explore("logql", QStringLiteral("{compose_service=%1}").arg(quoted(service.name)));
        return;
    }
}

void OverviewPage::showEvent(QShowEvent* event)
{
    Page::showEvent(event);
    run();
}

void OverviewPage::resizeEvent(QResizeEvent* event)
{
    Page::resizeEvent(event);
    arrangeTiles();
}

}
