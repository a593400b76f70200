#include "ui/explore/explore_page.h"

#include "core/base/json.h"
#include "ui/alerts/firing_spans.h"
#include "ui/async.h"
#include "ui/backend.h"
#include "ui/chart/time_series_view.h"
#include "ui/explore/live_tail.h"
#include "ui/explore/log_view.h"
#include "ui/explore/metric_results.h"
#include "ui/explore/query_editor.h"
#include "ui/explore/query_narrowing.h"
#include "ui/format.h"
#include "ui/style.h"
#include "ui/text.h"
#include "ui/theme.h"
#include "ui/time_context.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/state_stack.h"

#include <KSyntaxHighlighting/Repository>

#include <QActionGroup>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QToolButton>

#include <algorithm>

namespace belvedere::ui {

namespace {

    constexpr std::size_t kLogLimit = 1000;
    constexpr std::size_t kMoreLogs = 10'000;
    constexpr qint64 kMinStepMs = 1000;

    /// A log query begins with its selector; everything else of LogQL computes a metric.
    bool isLogQuery(QueryLanguage language, const QString& query) { return language == QueryLanguage::logql && query.trimmed().startsWith(QLatin1Char('{')); }
}

ExplorePage::ExplorePage(const PageServices& services, QWidget* parent)
    : Page(parent)
    , m_services(services)
    , m_syntax(std::make_unique<KSyntaxHighlighting::Repository>())
    , m_runner(services.backend.queryPool(), services.queries)
    , m_tail(new LiveTail(services.backend.queryPool(), this))
{
    setObjectName(QStringLiteral("explorePage"));
    createActions();
    m_notice = new NoticeBar(services.theme, this);
    m_views = new QStackedWidget(this);
    m_metrics = new MetricResults(services.theme, m_views);
    m_firing = new FiringSpans(services, this);
    m_views->addWidget(m_metrics);
    m_views->addWidget(createLogsView());
    m_stack = new StateStack(services.theme, m_views, this);

    auto* queryRow = createQueryRow();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 12, 12, 0);
    layout->setSpacing(8);
    layout->addWidget(queryRow);
    layout->addWidget(m_notice);
    layout->addWidget(m_stack, 1);

    connectSignals();
    setLanguage(QueryLanguage::promql);
    showWelcome();
    setFirstFocus(m_editor);
}

ExplorePage::~ExplorePage() = default;

QIcon ExplorePage::icon() const { return m_services.theme.icon(QStringLiteral("explore")); }

QList<QAction*> ExplorePage::pageActions() const { return { m_metricsAction, m_logsAction, m_runAction, m_stopAction, m_editAction, m_completeAction, m_historyAction, m_pauseAction, m_detailsAction, m_copyAction, m_addAction }; }

void ExplorePage::createActions()
{
    const auto create = [this](const QString& name, const QString& text, const QString& icon, const QKeySequence& keys, const QString& toolTip) {
        auto* action = new QAction(m_services.theme.icon(icon), text, this);
        action->setObjectName(QStringLiteral("explore.") + name);
        action->setShortcut(keys);
        action->setToolTip(QStringLiteral("%1 (%2)").arg(toolTip, keys.toString(QKeySequence::NativeText)));
        return action;
    };
    m_metricsAction = create(QStringLiteral("metrics"), tr("&Metrics"), QStringLiteral("metrics"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_P), tr("Ask in PromQL"));
    m_logsAction = create(QStringLiteral("logs"), tr("&Logs"), QStringLiteral("logs"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_L), tr("Ask in LogQL"));
    m_languageGroup = new QActionGroup(this);
    for (auto* action : { m_metricsAction, m_logsAction }) {
        action->setCheckable(true);
        m_languageGroup->addAction(action);
    }
    m_runAction = create(QStringLiteral("run"), tr("&Run Query"), QStringLiteral("play"), QKeySequence(Qt::CTRL | Qt::Key_Return), tr("Run the query"));
    m_stopAction = create(QStringLiteral("stop"), tr("&Stop Query"), QStringLiteral("stop"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Period), tr("Cancel this page's query"));
    m_editAction = create(QStringLiteral("edit"), tr("&Edit Query"), QStringLiteral("edit"), QKeySequence(Qt::CTRL | Qt::Key_E), tr("Go to the query"));
    m_completeAction = create(QStringLiteral("complete"), tr("&Complete"), QStringLiteral("function"), QKeySequence(Qt::CTRL | Qt::Key_Space), tr("Offer metrics, labels, values and functions"));
    m_historyAction = create(QStringLiteral("history"), tr("&History"), QStringLiteral("history"), QKeySequence(Qt::CTRL | Qt::Key_H), tr("Queries that were run before"));
    m_detailsAction = create(QStringLiteral("details"), tr("Line &Details"), QStringLiteral("info"), QKeySequence(Qt::CTRL | Qt::Key_D), tr("Show all of the chosen log line"));
    m_detailsAction->setCheckable(true);
    m_copyAction = create(QStringLiteral("copy"), tr("C&opy Result"), QStringLiteral("copy"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C), tr("Copy what is shown as text"));
    m_addAction = create(QStringLiteral("addToDashboard"), tr("&Add to Dashboard…"), QStringLiteral("dashboards"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_A), tr("Make a panel of this query"));
    m_pauseAction = create(QStringLiteral("pause"), tr("&Pause Live Lines"), QStringLiteral("pause"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Space), tr("Hold the lines that arrive back until you go on"));
    m_pauseAction->setCheckable(true);
    m_pauseAction->setVisible(false);
    m_stopAction->setEnabled(false);
    m_addAction->setEnabled(false);
}

QWidget* ExplorePage::createQueryRow()
{
    auto* box = new QWidget(this);
    const auto button = [box](QAction* action) {
        auto* b = new QToolButton(box);
        b->setDefaultAction(action);
        b->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        return b;
    };
    m_sources = new QComboBox(box);
    m_sources->setAccessibleName(tr("Data source"));
    m_sources->setToolTip(tr("Where the query runs"));
    m_sources->setMinimumWidth(140);
    m_summary = new QLabel(box);
    m_summary->setForegroundRole(QPalette::PlaceholderText);
    m_summary->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_historyMenu = new QMenu(this);
    connect(m_historyAction, &QAction::triggered, this, [this] { m_historyButton->showMenu(); });
    m_historyButton = new QToolButton(box);
    m_historyButton->setIcon(m_services.theme.icon(QStringLiteral("history")));
    m_historyButton->setText(tr("History"));
    m_historyButton->setToolTip(QStringLiteral("%1 (%2)").arg(tr("Queries that were run before; Ctrl+Up in the query goes through them"), m_historyAction->shortcut().toString(QKeySequence::NativeText)));
    m_historyButton->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_historyButton->setAutoRaise(true);
    m_historyButton->setPopupMode(QToolButton::InstantPopup);
    m_historyButton->setMenu(m_historyMenu);
    m_runButton = new QPushButton(box);
    m_runButton->setProperty(kPrimaryProperty, true);
    m_runButton->setMinimumWidth(88);
    m_editor = new QueryEditor(m_services.theme, *m_syntax, m_services.backend.queryPool(), box);

    auto* top = new QHBoxLayout;
    top->setSpacing(0);
    top->addWidget(button(m_metricsAction));
    top->addSpacing(4);
    top->addWidget(button(m_logsAction));
    top->addSpacing(12);
    top->addWidget(m_sources);
    top->addSpacing(4);
    top->addWidget(m_historyButton);
    top->addSpacing(12);
    top->addStretch(1);
    top->addWidget(m_summary);
    top->addSpacing(12);
    for (auto* action : { m_pauseAction, m_addAction }) {
        auto* b = button(action);
        b->setAutoRaise(true);
        if (action == m_pauseAction)
            connect(action, &QAction::visibleChanged, b, [b, action] { b->setVisible(action->isVisible()); });
        b->setVisible(action->isVisible());
        top->addWidget(b);
    }
    auto* query = new QHBoxLayout;
    query->setSpacing(8);
    query->addWidget(m_editor, 1);
    query->addWidget(m_runButton, 0, Qt::AlignTop);
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addLayout(top);
    layout->addLayout(query);
    box->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    return box;
}

QWidget* ExplorePage::createLogsView()
{
    auto* split = new QSplitter(Qt::Vertical, this);
    m_volume = new TimeSeriesView(m_services.theme, split);
    m_volume->setAccessibleName(tr("Log lines over time"));
    m_logs = new LogView(m_services.theme, split);
    split->addWidget(m_volume);
    split->addWidget(m_logs);
    split->setSizes({ 120, 600 });
    split->setStretchFactor(1, 1);
    split->setCollapsible(1, false);
    return split;
}

void ExplorePage::connectSignals()
{
    connect(m_metricsAction, &QAction::triggered, this, [this] { setLanguage(QueryLanguage::promql); });
    connect(m_logsAction, &QAction::triggered, this, [this] { setLanguage(QueryLanguage::logql); });
    connect(m_runAction, &QAction::triggered, this, &ExplorePage::run);
    connect(m_stopAction, &QAction::triggered, this, &ExplorePage::stop);
    connect(m_editAction, &QAction::triggered, this, [this] { m_editor->setFocus(); });
    connect(m_completeAction, &QAction::triggered, this, [this] {
        m_editor->setFocus();
        m_editor->complete();
    });
    connect(m_detailsAction, &QAction::toggled, m_logs, &LogView::setDetailsVisible);
    connect(m_logs->list().selectionModel(), &QItemSelectionModel::currentChanged, this, [this] { m_detailsAction->setChecked(m_logs->areDetailsVisible()); });
    connect(&m_logs->list(), &QListView::activated, this, [this] { m_detailsAction->setChecked(true); });
    connect(&m_logs->list(), &QListView::doubleClicked, this, [this] { m_detailsAction->setChecked(true); });
    connect(m_copyAction, &QAction::triggered, this, [this] {
        const bool logs = m_views->currentIndex() == 1;
        QApplication::clipboard()->setText(logs ? m_logs->toText() : m_metrics->toText());
    });
    connect(m_runButton, &QPushButton::clicked, this, [this] { m_runner.isRunning() ? stop() : run(); });
    connect(m_editor, &QueryEditor::runRequested, this, &ExplorePage::run);
    connect(m_editor, &QueryEditor::textChanged, this, &ExplorePage::forgetFault);
    connect(m_editor, &QueryEditor::faultFound, this, [this](const Error& error) { m_notice->showNotice(State::critical, toQString(error.message)); });
    connect(m_sources, &QComboBox::activated, this, [this] {
        m_sourceUids[m_language] = m_sources->currentData().toString();
        const auto range = m_services.time.range();
        m_editor->setSource(source(), range.fromMs, range.toMs);
    });
    connect(m_stack, &StateStack::activated, this, [this] {
        if (m_remedy)
            m_remedy();
    });
    connect(m_notice, &NoticeBar::activated, this, &ExplorePage::run);
    connect(&m_runner, &QueryRunner::finished, this, [this](quint64, const QueryOutcome& outcome) { showOutcome(outcome); });
    const auto updateRunButton = [this] {
        const bool running = m_runner.isRunning();
        m_stopAction->setEnabled(running);
        m_runButton->setText(running ? tr("Stop") : tr("Run"));
        m_runButton->setToolTip(running ? m_stopAction->toolTip() : m_runAction->toolTip());
    };
    connect(&m_runner, &QueryRunner::runningChanged, this, updateRunButton);
    updateRunButton();
    connect(m_firing, &FiringSpans::changed, this, &ExplorePage::showFiring);
    connect(m_metrics, &MetricResults::zoomRequested, &m_services.time, &TimeContext::zoomTo);
    connect(m_metrics, &MetricResults::zoomOutRequested, &m_services.time, &TimeContext::zoomOut);
    connect(m_volume, &TimeSeriesView::zoomRequested, &m_services.time, &TimeContext::zoomTo);
    connect(m_volume, &TimeSeriesView::zoomOutRequested, &m_services.time, &TimeContext::zoomOut);
    connect(m_logs, &LogView::narrowRequested, this, [this](const LabelTest& test) {
        m_editor->setQuery(narrowed(m_editor->query(), test));
        run();
    });
    connect(m_addAction, &QAction::triggered, this, &ExplorePage::addToDashboard);
    connectTail();
    connect(&m_services.theme, &Theme::changed, this, &ExplorePage::drawVolume);
    connect(&m_services.backend, &Backend::dataSourcesChanged, this, &ExplorePage::updateSources);
    connect(&m_services.backend, &Backend::queryHistoryChanged, this, &ExplorePage::updateHistory);
    connect(&m_services.time, &TimeContext::queryNeeded, this, [this] {
        if (!isVisible() || m_ranQuery.isEmpty())
            return;
        const auto range = m_services.time.range();
        const bool moved = range.lengthMs() != m_ranToMs - m_ranFromMs || !m_services.time.endsNow();
        // A refresh must not cut off the query that it repeats; a tail needs no refresh.
        if (!moved && (m_runner.isRunning() || m_tail->isRunning()))
            return;
        // What was asked before, not what is being typed.
        ask(m_ranQuery);
    });
    connect(&m_services.time, &TimeContext::changed, this, &ExplorePage::updateTail);
}

void ExplorePage::connectTail()
{
    connect(m_pauseAction, &QAction::toggled, this, [this](bool paused) {
        m_pauseAction->setText(paused ? tr("&Go On Live") : tr("&Pause Live Lines"));
        m_tail->setPaused(paused);
    });
    connect(m_tail, &LiveTail::linesArrived, this, [this](const std::vector<LogRow>& rows) {
        m_logs->addNewer(rows);
        const auto range = m_services.time.range();
        addLines(m_logVolume, rows, range.fromMs, range.toMs);
        drawVolume();
        m_views->setCurrentIndex(1);
        m_stack->showContent();
        m_summary->setText(tr("Live · %1 lines shown").arg(integer(m_logs->model().rowCount())));
    });
    connect(m_tail, &LiveTail::linesDropped, this, [this](std::size_t lines) {
        m_notice->showNotice(State::warning, tr("Lines that came too quickly to be shown live: %1. They are in the store.").arg(integer(static_cast<qint64>(lines))));
    });
    connect(m_tail, &LiveTail::waitingChanged, this, [this](std::size_t lines) { m_summary->setText(tr("Paused · %1 lines wait").arg(integer(static_cast<qint64>(lines)))); });
    connect(m_tail, &LiveTail::failed, this, [this](const QString& message) { m_notice->showNotice(State::warning, tr("The live tail could not begin: %1").arg(message)); });
}

void ExplorePage::setLanguage(QueryLanguage language)
{
    if (language != m_language) {
        stop();
        m_queries[m_language] = m_editor->query();
        m_language = language;
        m_ranQuery.clear();
        m_editor->setLanguage(language);
        m_editor->setQuery(m_queries[language]);
        m_notice->hide();
        m_summary->clear();
    }
    (language == QueryLanguage::promql ? m_metricsAction : m_logsAction)->setChecked(true);
    updateSources();
    updateHistory();
    if (m_editor->query().trimmed().isEmpty())
        showWelcome();
    else if (isVisible() && m_ranQuery.isEmpty())
        run();
    updateTail();
    Q_EMIT placeChanged(language == QueryLanguage::promql ? tr("Metrics") : tr("Logs"));
}

void ExplorePage::updateSources()
{
    const auto registry = m_services.backend.dataSources();
    const std::string type = m_language == QueryLanguage::promql ? "prometheus" : "loki";
    const auto standard = registry->defaultFor(type);
    QString wanted = m_sourceUids[m_language];
    if (wanted.isEmpty() && standard)
        wanted = toQString(standard->info().uid);
    m_sources->clear();
    for (const auto& item : registry->all()) {
        if (item->info().type != type)
            continue;
        m_sources->addItem(m_services.theme.icon(QStringLiteral("database")), toQString(item->info().name), toQString(item->info().uid));
        m_sources->setItemData(m_sources->count() - 1, item->info().embedded ? tr("This workspace") : toQString(item->info().url), Qt::ToolTipRole);
    }
    m_sources->setCurrentIndex(std::max(0, m_sources->findData(wanted)));
    const auto range = m_services.time.range();
    m_editor->setSource(source(), range.fromMs, range.toMs);
}

void ExplorePage::updateHistory()
{
    const auto history = m_services.backend.queryHistory(languageId(m_language));
    m_editor->setHistory(history);
    m_historyMenu->clear();
    for (const auto& query : history.first(std::min<qsizetype>(history.size(), 25))) {
        QString text = query.simplified();
        if (text.size() > 90)
            text = text.first(89) + QChar(0x2026);
        m_historyMenu->addAction(text.replace(QLatin1Char('&'), QStringLiteral("&&")), this, [this, query] {
            m_editor->setQuery(query);
            run();
        });
    }
    m_historyButton->setEnabled(!history.isEmpty());
    m_historyAction->setEnabled(!history.isEmpty());
}

std::shared_ptr<const datasource::DataSource> ExplorePage::source() const { return m_services.backend.dataSources()->find(toUtf8(m_sources->currentData().toString())); }

int ExplorePage::chartPixels() const { return std::clamp(width() - 80, 200, 4000); }

void ExplorePage::run()
{
    const QString query = m_editor->query().trimmed();
    if (query.isEmpty()) {
        m_ranQuery.clear();
        showWelcome();
        return;
    }
    m_editor->setError(std::nullopt);
    ask(query);
}

void ExplorePage::ask(const QString& query)
{
    const auto where = source();
    if (!where) {
        showMessage(QStringLiteral("database"), tr("There is no data source for this language"), tr("The workspace's own stores appear here by themselves; remote ones are named in workspace.yml."), {}, {});
        return;
    }
    m_addAction->setEnabled(true);
    const auto range = m_services.time.range();
    m_ranQuery = query;
    m_ranFromMs = range.fromMs;
    m_ranToMs = range.toMs;
    const std::int64_t fromNs = range.fromMs * 1'000'000;
    const std::int64_t toNs = range.toMs * 1'000'000;
    const std::string expr = toUtf8(query);
    std::vector<QueryJob> jobs;
    if (isLogQuery(m_language, query)) {
        m_ranStepMs = stepFor(range.lengthMs(), chartPixels() / 10, kMinStepMs);
        jobs.push_back({ where, { .expr = expr, .fromNs = fromNs, .toNs = toNs, .limit = m_tail->isRunning() ? kMoreLogs : kLogLimit } });
        jobs.push_back({ where, { .expr = volumeQuery(expr, m_ranStepMs), .fromNs = fromNs, .toNs = toNs, .stepNs = m_ranStepMs * 1'000'000 } });
    } else {
        m_ranStepMs = stepFor(range.lengthMs(), chartPixels() / 2, kMinStepMs);
        // On multiples of the step, so that a refresh does not make the curve tremble.
        const std::int64_t stepNs = m_ranStepMs * 1'000'000;
        jobs.push_back({ where, { .expr = expr, .fromNs = fromNs / stepNs * stepNs, .toNs = toNs, .stepNs = stepNs } });
        jobs.push_back({ where, { .expr = expr, .instant = true, .toNs = toNs } });
    }
    m_elapsed.start();
    if (!m_stack->showsContent())
        m_stack->showLoading(tr("Running the query…"));
    m_runner.submit(std::move(jobs));
    updateTail();
}

void ExplorePage::stop() { m_runner.cancel(); }

void ExplorePage::showOutcome(const QueryOutcome& outcome)
{
    const auto& first = outcome->front();
    // What cannot be read is not worth to be offered again.
    if (const auto where = source(); where && (first || first.error().code != ErrorCode::parse))
        m_services.backend.addToQueryHistory(languageId(m_language), toQString(where->info().uid), m_ranQuery);
    if (!first) {
        showError(first.error());
        return;
    }
    m_notice->hide();
    if (std::holds_alternative<model::Streams>(first->data))
        showStreams(outcome);
    else
        showMatrix(outcome);
    showRemarks(*first);
}

void ExplorePage::showMatrix(const QueryOutcome& outcome)
{
    runAsync(
        m_services.backend.queryPool(), this,
        [outcome, range = MetricRange { m_ranFromMs, m_ranToMs, m_ranStepMs, chartPixels() }] { return metricAnswer(outcome, range); },
        [this, query = m_ranQuery](MetricAnswer answer) {
            if (query != m_ranQuery)
                return;
            m_summary->setText(tr("%1 series · %2 samples · step %3 · %4")
                                   .arg(integer(static_cast<qint64>(answer.series)), integer(static_cast<qint64>(answer.samples)), durationText(static_cast<double>(m_ranStepMs) / 1000), durationText(static_cast<double>(m_elapsed.elapsed()) / 1000)));
            if (answer.series == 0 && answer.table.empty()) {
                showMessage(QStringLiteral("search"), tr("Nothing found"), tr("No series match in %1. The range may be too short, or a label may be misspelt; Ctrl+Space in the query offers what there is.").arg(m_services.time.text()), tr("Look at Twice the Range"),
                    [this] { m_services.time.zoomOut(); });
                return;
            }
            m_metrics->show(std::move(answer), m_ranQuery);
            showFiring();
            m_views->setCurrentIndex(0);
            m_stack->showContent();
        });
}

void ExplorePage::showFiring() { m_metrics->setSpans(m_firing->of({ toUtf8(m_ranQuery) })); }

void ExplorePage::showStreams(const QueryOutcome& outcome)
{
    struct Lines {
        std::vector<LogRow> rows;
        LogVolume volume;
    };
    runAsync(
        m_services.backend.queryPool(), this,
        [outcome, fromMs = m_ranFromMs, toMs = m_ranToMs, stepMs = m_ranStepMs] {
            Lines lines { rowsOf(std::get<model::Streams>(outcome->front()->data)), { fromMs, toMs, stepMs, fromMs % stepMs } };
            if (const auto& counts = outcome->back(); counts && std::holds_alternative<model::Matrix>(counts->data))
                lines.volume = logVolume(std::get<model::Matrix>(counts->data), lines.rows, fromMs, toMs, stepMs);
            return lines;
        },
        [this, query = m_ranQuery, streams = std::get<model::Streams>(outcome->front()->data).size()](Lines lines) {
            if (query != m_ranQuery)
                return;
            m_logVolume = std::move(lines.volume);
            drawVolume();
            auto& rows = lines.rows;
            const auto count = rows.size();
            m_summary->setText(QStringLiteral("%1 · %2 · %3").arg(tr("%Ln line(s)", nullptr, static_cast<int>(count)), tr("%Ln stream(s)", nullptr, static_cast<int>(streams)), durationText(static_cast<double>(m_elapsed.elapsed()) / 1000)));
            if (count == 0 && !m_tail->isRunning()) {
                showMessage(QStringLiteral("logs"), tr("No lines"), tr("No line in %1 passes the query.").arg(m_services.time.text()), tr("Look at Twice the Range"), [this] { m_services.time.zoomOut(); });
                return;
            }
            if (count == kLogLimit)
                m_notice->showNotice(State::info, tr("The newest %1 lines are shown; there are more in the range. Zoom in to see them, or narrow the query.").arg(integer(static_cast<qint64>(count))));
            m_logs->list().setHighlights(highlightedTexts(m_ranQuery));
            m_logs->setRows(std::move(rows));
            m_views->setCurrentIndex(1);
            m_stack->showContent();
        });
}

void ExplorePage::drawVolume() { m_volume->setData(volumeChart(m_logVolume, m_services.theme)); }

void ExplorePage::showRemarks(const model::QueryValue& value)
{
    if (!value.incomplete.empty()) {
        m_notice->showNotice(State::warning, tr("The answer is not complete: %1").arg(toQString(value.incomplete)));
        return;
    }
    QStringList texts;
    State state = State::info;
    for (const auto& remark : value.remarks) {
        texts << toQString(remark.message);
        if (remark.kind == model::Remark::Kind::warning)
            state = State::warning;
    }
    if (!texts.isEmpty())
        m_notice->showNotice(state, texts.join(QLatin1Char('\n')));
}

void ExplorePage::showError(const Error& error)
{
    m_summary->clear();
    if (error.code == ErrorCode::cancelled) {
        m_notice->showNotice(State::info, tr("The query was stopped."), tr("Run Again"));
        if (!m_stack->showsContent())
            showWelcome();
        return;
    }
    if (m_editor->query().trimmed() == m_ranQuery)
        m_editor->setError(error);
    // Asking for it again would only say the same, in the middle of the next try.
    if (error.code == ErrorCode::parse) {
        m_ranQuery.clear();
        m_addAction->setEnabled(false);
        updateTail();
    }
    // Said once: above an answer that stays, or in its place.
    const QString message = toQString(error.message);
    const QString action = error.code == ErrorCode::parse ? QString() : tr("Try Again");
    if (m_stack->showsContent()) {
        m_notice->showNotice(State::critical, tr("%1. What is shown below is the answer before.").arg(message), action);
        return;
    }
    m_notice->hide();
    m_failed = true;
    m_remedy = [this] { run(); };
    m_stack->showError(tr("The query failed"), message, action);
}

void ExplorePage::showMessage(const QString& icon, const QString& title, const QString& text, const QString& action, std::function<void()> remedy)
{
    m_failed = false;
    m_remedy = std::move(remedy);
    m_stack->showEmpty(icon, title, text, action);
}

/// What was wrong with another text is no longer said.
void ExplorePage::forgetFault()
{
    if (m_notice->state() == State::critical)
        m_notice->hide();
    if (m_failed)
        showWelcome();
}

void ExplorePage::showWelcome()
{
    const auto ask = [this](const QString& query) {
        return [this, query] {
            m_editor->setQuery(query);
            run();
        };
    };
    if (m_language == QueryLanguage::promql)
        showMessage(QStringLiteral("explore"), tr("Ask your metrics"), tr("Type an expression, for example  rate(http_requests_total[5m]).  Ctrl+Space offers metrics, labels, values and functions; drag over the graph to zoom."), tr("Show Which Targets Are Up"),
            ask(QStringLiteral("up")));
    else
        showMessage(QStringLiteral("logs"), tr("Ask your logs"), tr("Begin with a selector, for example  {compose_service=\"api\"} |= \"error\".  Live, in the bar above, follows what is written."), tr("Show Every Container's Lines"),
            ask(QStringLiteral("{container=~\".+\"}")));
}

void ExplorePage::addToDashboard()
{
    const auto where = source();
    if (m_ranQuery.isEmpty() || !where)
        return;
    const bool logs = isLogQuery(m_language, m_ranQuery);
    const auto reference = Json::object({ { "type", where->info().type }, { "uid", where->info().uid } });
    const auto panel = Json::object({ { "type", logs ? "logs" : "timeseries" }, { "title", toUtf8(m_ranQuery.left(60)) }, { "datasource", reference },
        { "targets", Json::array({ Json::object({ { "refId", "A" }, { "datasource", reference }, { "expr", toUtf8(m_ranQuery) } }) }) } });
    Q_EMIT navigate(page::kDashboards, { { QStringLiteral("panel"), toQString(panel.write()) } });
}

void ExplorePage::updateTail()
{
    const bool wanted = isVisible() && m_services.time.isLive() && !m_ranQuery.isEmpty() && isLogQuery(m_language, m_ranQuery);
    if (!wanted)
        m_pauseAction->setChecked(false);
    m_pauseAction->setVisible(wanted);
    m_tail->follow(wanted ? source() : nullptr, wanted ? m_ranQuery : QString());
}

QJsonObject ExplorePage::stateForSession() const
{
    auto queries = m_queries;
    queries[m_language] = m_editor->query();
    const auto uid = [this](QueryLanguage language) {
        const auto at = m_sourceUids.find(language);
        return at == m_sourceUids.end() ? QString() : at->second;
    };
    return { { QStringLiteral("language"), languageId(m_language) }, { QStringLiteral("promql"), queries[QueryLanguage::promql] }, { QStringLiteral("logql"), queries[QueryLanguage::logql] },
        { QStringLiteral("promqlSource"), uid(QueryLanguage::promql) }, { QStringLiteral("logqlSource"), uid(QueryLanguage::logql) }, { QStringLiteral("tab"), m_metrics->currentIndex() },
        { QStringLiteral("details"), m_logs->areDetailsVisible() } };
}

void ExplorePage::restoreState(const QJsonObject& state)
{
    m_queries[QueryLanguage::promql] = state[QStringLiteral("promql")].toString();
    m_queries[QueryLanguage::logql] = state[QStringLiteral("logql")].toString();
    m_sourceUids[QueryLanguage::promql] = state[QStringLiteral("promqlSource")].toString();
    m_sourceUids[QueryLanguage::logql] = state[QStringLiteral("logqlSource")].toString();
    m_metrics->setCurrentIndex(state[QStringLiteral("tab")].toInt());
    m_detailsAction->setChecked(state[QStringLiteral("details")].toBool());
    m_editor->setQuery(m_queries[m_language]);
    setLanguage(state[QStringLiteral("language")].toString() == languageId(QueryLanguage::logql) ? QueryLanguage::logql : QueryLanguage::promql);
}

void ExplorePage::showFor(const QVariantMap& query)
{
    const auto language = query.value(QStringLiteral("language")).toString() == languageId(QueryLanguage::logql) ? QueryLanguage::logql : QueryLanguage::promql;
    if (const auto uid = query.value(QStringLiteral("source")).toString(); !uid.isEmpty())
        m_sourceUids[language] = uid;
    m_queries[language] = query.value(QStringLiteral("expr")).toString();
    m_ranQuery.clear();
    if (language == m_language)
        m_editor->setQuery(m_queries[language]);
    setLanguage(language);
    const auto from = query.value(QStringLiteral("from")).toString();
    const auto to = query.value(QStringLiteral("to")).toString();
    if (!from.isEmpty() && !to.isEmpty())
        m_services.time.setRange({ from, to });
}

std::vector<PaletteEntry> ExplorePage::paletteEntries(const QString& text) const
{
    std::vector<PaletteEntry> entries;
    if (text.trimmed().size() < 2)
        return entries;
    auto* self = const_cast<ExplorePage*>(this);
    for (const auto& metric : m_editor->completionData().metricNames())
        entries.push_back({ metric, tr("Metric"), m_services.theme.icon(QStringLiteral("metrics")), [self, metric] { Q_EMIT self->navigate(page::kExplore, { { QStringLiteral("language"), QStringLiteral("promql") }, { QStringLiteral("expr"), metric } }); }, {} });
    return entries;
}

void ExplorePage::showEvent(QShowEvent* event)
{
    Page::showEvent(event);
    Q_EMIT placeChanged(m_language == QueryLanguage::promql ? tr("Metrics") : tr("Logs"));
    if (!m_editor->query().trimmed().isEmpty())
        run();
}

void ExplorePage::hideEvent(QHideEvent* event)
{
    Page::hideEvent(event);
    updateTail();
}

}
