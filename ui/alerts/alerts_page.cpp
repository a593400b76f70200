#include "ui/alerts/alerts_page.h"

#include "core/base/text.h"
#include "ui/alerts/alert_details.h"
#include "ui/alerts/alert_expression.h"
#include "ui/backend.h"
#include "ui/format.h"
#include "ui/text.h"
#include "ui/theme.h"
#include "ui/time_context.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/state_stack.h"
#include "ui/widgets/table.h"

#include <QApplication>
#include <QClipboard>
#include <QDesktopServices>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QSplitter>
#include <QTabBar>
#include <QTabWidget>
#include <QTreeView>
#include <QVBoxLayout>

#include <algorithm>

namespace belvedere::ui {

AlertsPage::AlertsPage(const PageServices& services, QWidget* parent)
    : Page(parent)
    , m_services(services)
{
    setObjectName(QStringLiteral("alertsPage"));
    createActions();
    const auto sortAndFilter = [](QSortFilterProxyModel& proxy, QAbstractItemModel& source) {
        proxy.setSourceModel(&source);
        proxy.setSortRole(SortRole);
        proxy.setFilterRole(FilterRole);
        proxy.setFilterCaseSensitivity(Qt::CaseInsensitive);
    };
    sortAndFilter(m_sorted, m_alerts);
    sortAndFilter(m_historySorted, m_history);
    m_tabs = new QTabWidget(this);
    m_tabs->setDocumentMode(true);
    m_tabs->setAccessibleName(tr("Alerts, history and rules"));
    m_tabs->tabBar()->setAccessibleName(m_tabs->accessibleName());
    m_tabs->addTab(createAlerts(), tr("Alerts"));
    m_tabs->addTab(createHistory(), tr("History"));
    m_tabs->addTab(createRules(), tr("Rules"));
    m_stack = new StateStack(services.theme, m_tabs, this);
    connect(m_stack, &StateStack::activated, this, [this] { Q_EMIT actionWanted(action::kAddShippedRules); });
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 4, 0, 0);
    layout->addWidget(m_stack);
    setFirstFocus(m_table);

    connect(&services.backend, &Backend::rulesChanged, this, &AlertsPage::update);
    connect(&services.backend, &Backend::alertChangesChanged, this, &AlertsPage::updateHistory);
    connect(&services.time, &TimeContext::queryNeeded, m_details, &AlertDetails::run);
    connect(m_details, &AlertDetails::ruleChosen, this, &AlertsPage::showRule);
    connect(m_historyTable->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &AlertsPage::updateDetails);
    connect(m_historyTable, &TableView::activated, m_ruleAction, &QAction::trigger);
    connect(m_historyWords, &QLineEdit::textChanged, this, [this](const QString& words) {
        m_historySorted.setFilterFixedString(words);
        updateHistory();
    });
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &AlertsPage::updateDetails);
    connect(m_tree->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &AlertsPage::updateDetails);
    connect(m_tabs, &QTabWidget::currentChanged, this, &AlertsPage::updateDetails);
    connect(m_table, &TableView::activated, m_exploreAction, &QAction::trigger);
    connect(m_words, &QLineEdit::textChanged, this, [this](const QString& words) {
        m_sorted.setFilterFixedString(words);
        update();
    });
    m_clock.setInterval(1000);
    connect(&m_clock, &QTimer::timeout, this, [this] {
        if (isVisible())
            m_alerts.setNow(m_services.time.nowMs());
    });
    m_clock.start();
    update();
    m_tree->expandAll();
}

QList<QAction*> AlertsPage::pageActions() const { return { m_filterAction, m_exploreAction, m_logsAction, m_ruleAction, m_runbookAction, m_copyAction }; }

QIcon AlertsPage::icon() const { return m_services.theme.icon(QStringLiteral("alerts")); }

void AlertsPage::createActions()
{
    const auto create = [this](const QString& name, const QString& text, const QString& icon, const QKeySequence& keys, const QString& toolTip) {
        auto* action = new QAction(m_services.theme.icon(icon), text, this);
        action->setObjectName(QStringLiteral("alerts.") + name);
        action->setShortcut(keys);
        action->setToolTip(QStringLiteral("%1 (%2)").arg(toolTip, keys.toString(QKeySequence::NativeText)));
        return action;
    };
    m_filterAction = create(QStringLiteral("filter"), tr("&Filter Alerts"), QStringLiteral("filter"), QKeySequence::Find, tr("Narrow the list by words"));
    m_exploreAction = create(QStringLiteral("explore"), tr("&Explore Expression"), QStringLiteral("explore"), QKeySequence(Qt::CTRL | Qt::Key_E), tr("Look at the rule's expression over time"));
    m_logsAction = create(QStringLiteral("logs"), tr("Show &Logs"), QStringLiteral("logs"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_L), tr("Read the lines of what the alert is about"));
    m_ruleAction = create(QStringLiteral("rule"), tr("Show &Rule"), QStringLiteral("rule"), QKeySequence(Qt::CTRL | Qt::Key_R), tr("Go to the rule behind the alert"));
    m_runbookAction = create(QStringLiteral("runbook"), tr("Open Run&book"), QStringLiteral("external"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_B), tr("Open what to do, as the rule names it, in the browser"));
    m_copyAction = create(QStringLiteral("copy"), tr("&Copy Expression"), QStringLiteral("copy"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C), tr("Copy the rule's expression"));
    connect(m_filterAction, &QAction::triggered, this, [this] {
        auto* words = m_tabs->currentIndex() == HistoryTab ? m_historyWords : m_words;
        if (words == m_words)
            m_tabs->setCurrentIndex(AlertsTab);
        words->setFocus();
        words->selectAll();
    });
    connect(m_exploreAction, &QAction::triggered, this, [this] {
        const auto* rule = chosenRule();
        if (!rule)
            return;
        Q_EMIT navigate(page::kExplore, { { QStringLiteral("language"), toQString(takeApart(rule->expr).language) }, { QStringLiteral("expr"), toQString(rule->expr) } });
    });
    connect(m_logsAction, &QAction::triggered, this, [this] { Q_EMIT navigate(page::kExplore, { { QStringLiteral("language"), QStringLiteral("logql") }, { QStringLiteral("expr"), logQuery() } }); });
    connect(m_runbookAction, &QAction::triggered, this, [this] { QDesktopServices::openUrl(runbook()); });
    connect(m_ruleAction, &QAction::triggered, this, [this] {
        if (const auto* rule = chosenRule())
            showRule(toQString(rule->name));
    });
    connect(m_copyAction, &QAction::triggered, this, [this] {
        if (const auto* rule = chosenRule())
            QApplication::clipboard()->setText(toQString(rule->expr));
    });
}

QWidget* AlertsPage::createAlerts()
{
    auto* split = new QSplitter(Qt::Vertical, this);
    auto* box = new QWidget(split);
    m_words = makeFilterEdit(m_services.theme, tr("Filter by name, summary or label"), box);
    m_table = new TableView(m_services.theme, box);
    m_table->setObjectName(QStringLiteral("alerts.table"));
    m_table->setAccessibleName(tr("Alerts"));
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setModel(&m_sorted);
    m_table->sortByColumn(AlertsModel::StateColumn, Qt::AscendingOrder);
    m_table->setItemDelegateForColumn(AlertsModel::StateColumn, new StateDelegate(m_services.theme, m_table));
    auto* header = m_table->horizontalHeader();
    header->resizeSection(AlertsModel::StateColumn, 104);
    header->resizeSection(AlertsModel::NameColumn, 150);
    header->setSectionResizeMode(AlertsModel::SummaryColumn, QHeaderView::Stretch);
    header->setSectionResizeMode(AlertsModel::LabelsColumn, QHeaderView::Stretch);
    header->resizeSection(AlertsModel::ValueColumn, 80);
    header->resizeSection(AlertsModel::SinceColumn, 116);
    m_alertStack = new StateStack(m_services.theme, m_table, box);
    auto* tools = new QHBoxLayout;
    tools->setContentsMargins(12, 8, 12, 8);
    tools->addWidget(m_words);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(tools);
    column->addWidget(m_alertStack, 1);

    m_details = new AlertDetails(m_services, { m_exploreAction, m_logsAction, m_runbookAction, m_ruleAction }, split);
    split->addWidget(box);
    split->addWidget(m_details);
    split->setSizes({ 240, 400 });
    split->setStretchFactor(0, 2);
    split->setStretchFactor(1, 3);
    split->setCollapsible(0, false);
    return split;
}

QWidget* AlertsPage::createHistory()
{
    auto* box = new QWidget(this);
    m_historyWords = makeFilterEdit(m_services.theme, tr("Filter by name or label"), box);
    m_historyTable = new TableView(m_services.theme, box);
    m_historyTable->setObjectName(QStringLiteral("alerts.history"));
    m_historyTable->setAccessibleName(tr("History of alerts"));
    m_historyTable->setSelectionMode(QAbstractItemView::SingleSelection);
    m_historyTable->setModel(&m_historySorted);
    m_historyTable->sortByColumn(AlertHistoryModel::BeganColumn, Qt::AscendingOrder);
    m_historyTable->setItemDelegateForColumn(AlertHistoryModel::StateColumn, new StateDelegate(m_services.theme, m_historyTable));
    auto* header = m_historyTable->horizontalHeader();
    header->resizeSection(AlertHistoryModel::StateColumn, 104);
    header->resizeSection(AlertHistoryModel::NameColumn, 190);
    header->setSectionResizeMode(AlertHistoryModel::SubjectColumn, QHeaderView::Stretch);
    header->resizeSection(AlertHistoryModel::BeganColumn, 110);
    header->resizeSection(AlertHistoryModel::DurationColumn, 130);
    header->resizeSection(AlertHistoryModel::ValueColumn, 90);
    m_historyStack = new StateStack(m_services.theme, m_historyTable, box);
    auto* tools = new QHBoxLayout;
    tools->setContentsMargins(12, 8, 12, 8);
    tools->addWidget(m_historyWords);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(tools);
    column->addWidget(m_historyStack, 1);
    return box;
}

QWidget* AlertsPage::createRules()
{
    auto* box = new QWidget(this);
    m_ruleError = new NoticeBar(m_services.theme, box);
    m_tree = new QTreeView(box);
    m_tree->setObjectName(QStringLiteral("alerts.rules"));
    m_tree->setAccessibleName(tr("Rules"));
    m_tree->setFrameShape(QFrame::NoFrame);
    m_tree->setUniformRowHeights(true);
    m_tree->setAllColumnsShowFocus(true);
    m_tree->setModel(&m_rules);
    m_tree->setItemDelegateForColumn(RulesModel::NameColumn, new StateDelegate(m_services.theme, m_tree));
    auto* header = m_tree->header();
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    header->setStretchLastSection(false);
    header->resizeSection(RulesModel::NameColumn, 280);
    header->resizeSection(RulesModel::StateColumn, 110);
    header->setSectionResizeMode(RulesModel::ExprColumn, QHeaderView::Stretch);
    header->resizeSection(RulesModel::EvaluatedColumn, 90);
    header->resizeSection(RulesModel::DurationColumn, 80);
    header->resizeSection(RulesModel::ErrorColumn, 180);
    header->setFont(m_services.theme.smallFont());
    auto* error = new QHBoxLayout;
    error->setContentsMargins(12, 8, 12, 8);
    error->addWidget(m_ruleError);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(error);
    column->addWidget(m_tree, 1);
    return box;
}

void AlertsPage::update()
{
    const auto groups = m_services.backend.rules();
    const auto now = m_services.time.nowMs();
    const auto current = m_table->currentIndex();
    const QString chosen = current.isValid() ? current.siblingAtColumn(AlertsModel::LabelsColumn).data().toString() + current.siblingAtColumn(AlertsModel::NameColumn).data().toString() : QString();
    const bool hadRules = m_rules.rowCount() > 0;
    m_updating = true; // the selection is lost and comes back: nobody is to see that
    m_alerts.setGroups(groups, now);
    m_rules.setGroups(groups, now);
    if (!hadRules)
        m_tree->expandAll();
    for (int row = 0; row < m_sorted.rowCount(); ++row) {
        if (m_sorted.index(row, AlertsModel::LabelsColumn).data().toString() + m_sorted.index(row, AlertsModel::NameColumn).data().toString() == chosen)
            m_table->selectRow(row);
    }
    if (!m_table->currentIndex().isValid() && m_sorted.rowCount() > 0)
        m_table->selectRow(0);

    m_updating = false;

    int failing = 0;
    for (const auto& group : *groups)
        failing += static_cast<int>(std::ranges::count_if(group.rules, [](const auto& rule) { return rule.health == "err"; }));
    // Its place goes to the expressions while there is nothing to say.
    m_tree->setColumnHidden(RulesModel::ErrorColumn, failing == 0);
    m_tabs->setTabText(AlertsTab, tr("Alerts (%1)").arg(m_alerts.rowCount()));
    m_tabs->setTabText(RulesTab, failing > 0 ? tr("Rules (%1 failing)").arg(failing) : tr("Rules"));
    if (m_firing != m_alerts.firing()) {
        m_firing = m_alerts.firing();
        Q_EMIT badgeChanged();
    }
    if (groups->empty()) {
        m_stack->showEmpty(QStringLiteral("rule"), tr("There are no rules"), tr("A rule says when something deserves attention. Put rule files, as Prometheus reads them, into %1/rules; they are read at once.").arg(m_services.backend.workspaceFolder()),
            m_services.backend.takesShippedRules() ? tr("Add Shipped Rules") : QString());
    } else {
        m_stack->showContent();
    }
    if (m_sorted.rowCount() > 0)
        m_alertStack->showContent();
    else
        m_alertStack->showEmpty(QStringLiteral("check"), m_words->text().isEmpty() ? tr("Nothing fires") : tr("No alert fits"), m_words->text().isEmpty() ? tr("Every rule was evaluated and found nothing to report.") : tr("No pending or firing alert has these words."));
    updateHistory();
    updateDetails();
}

void AlertsPage::updateHistory()
{
    auto episodes = episodesOf(*m_services.backend.alertChanges(), *m_services.backend.rules());
    const auto current = m_historyTable->currentIndex();
    const auto chosen = current.isValid() ? std::optional(m_history.episode(m_historySorted.mapToSource(current).row())) : std::nullopt;
    m_history.setEpisodes(std::move(episodes), m_services.time.nowMs());
    for (int row = 0; chosen && row < m_history.rowCount(); ++row) {
        const auto& episode = m_history.episode(row);
        if (episode.fromMs == chosen->fromMs && episode.rule == chosen->rule && episode.labels == chosen->labels)
            m_historyTable->setCurrentIndex(m_historySorted.mapFromSource(m_history.index(row, 0)));
    }
    if (m_historySorted.rowCount() > 0)
        m_historyStack->showContent();
    else
        m_historyStack->showEmpty(QStringLiteral("history"), m_historyWords->text().isEmpty() ? tr("No alert has fired") : tr("No alert fits"),
            m_historyWords->text().isEmpty() ? tr("Every alert that fires is kept here with its beginning and its end.") : tr("No alert of the past has these words."));
}

const AlertsModel::Row* AlertsPage::chosenAlert() const
{
    const auto index = m_table->currentIndex();
    return m_tabs->currentIndex() == AlertsTab && index.isValid() ? &m_alerts.row(m_sorted.mapToSource(index).row()) : nullptr;
}

const model::RuleStatus* AlertsPage::chosenRule() const
{
    switch (m_tabs->currentIndex()) {
    case HistoryTab: {
        const auto index = m_historyTable->currentIndex();
        return index.isValid() ? m_rules.rule(m_rules.find(toQString(m_history.episode(m_historySorted.mapToSource(index).row()).rule))) : nullptr;
    }
    case RulesTab:
        return m_rules.rule(m_tree->currentIndex());
    default:
        const auto* alert = chosenAlert();
        return alert ? alert->rule : nullptr;
    }
}

QUrl AlertsPage::runbook() const
{
    const auto* alert = chosenAlert();
    const auto* rule = chosenRule();
    if (!rule)
        return {};
    const auto& annotations = alert ? alert->alert->annotations : rule->annotations;
    for (const auto* name : { "runbook_url", "runbook" }) {
        const QUrl url(toQString(annotations.get(name)));
        if (url.scheme() == QLatin1StringView("http") || url.scheme() == QLatin1StringView("https"))
            return url;
    }
    return {};
}

QString AlertsPage::logQuery() const
{
    const auto* alert = chosenAlert();
    for (const auto* name : { "container", "compose_service", "service" }) {
        if (const auto value = alert ? alert->alert->labels.get(name) : std::string_view(); !value.empty())
            return QStringLiteral("{%1=%2}").arg(QLatin1StringView(name), toQString(goQuoted(value)));
    }
    return {};
}

void AlertsPage::updateDetails()
{
    if (m_updating)
        return;
    const auto* rule = chosenRule();
    for (auto* action : { m_exploreAction, m_ruleAction, m_copyAction })
        action->setEnabled(rule);
    m_runbookAction->setEnabled(runbook().isValid());
    m_logsAction->setEnabled(!logQuery().isEmpty());
    if (m_tabs->currentIndex() == RulesTab && rule && !rule->lastError.empty())
        m_ruleError->showNotice(State::warning, tr("%1: %2").arg(toQString(rule->name), toQString(rule->lastError)));
    else
        m_ruleError->hide();
    m_details->setVisible(m_alerts.rowCount() > 0);
    if (const auto* alert = chosenAlert())
        m_details->setAlert(*alert->alert, *alert->rule);
    else if (m_tabs->currentIndex() == AlertsTab)
        m_details->clear();
}

void AlertsPage::showRule(const QString& name)
{
    const auto index = m_rules.find(name);
    if (!index.isValid())
        return;
    m_tabs->setCurrentIndex(RulesTab);
    m_tree->expand(index.parent());
    m_tree->setCurrentIndex(index);
    m_tree->scrollTo(index);
}

QJsonObject AlertsPage::stateForSession() const { return { { QStringLiteral("tab"), m_tabs->currentIndex() }, { QStringLiteral("words"), m_words->text() } }; }

void AlertsPage::restoreState(const QJsonObject& state)
{
    m_tabs->setCurrentIndex(std::clamp(state[QStringLiteral("tab")].toInt(), 0, m_tabs->count() - 1));
    m_words->setText(state[QStringLiteral("words")].toString());
}

void AlertsPage::showFor(const QVariantMap& query)
{
    const auto rule = query.value(QStringLiteral("rule")).toString();
    const auto labels = query.value(QStringLiteral("labels")).toString();
    m_tabs->setCurrentIndex(AlertsTab);
    m_words->clear();
    int found = -1;
    for (int row = 0; row < m_sorted.rowCount(); ++row) {
        const auto& alert = *m_alerts.row(m_sorted.mapToSource(m_sorted.index(row, 0)).row()).alert;
        if (toQString(alert.rule) != rule)
            continue;
        if (found < 0 || toQString(alert.labels.toString()) == labels)
            found = row;
    }
    if (found >= 0)
        m_table->selectRow(found);
    else
        showRule(rule); // it has ended meanwhile
}

std::vector<PaletteEntry> AlertsPage::paletteEntries(const QString& text) const
{
    Q_UNUSED(text)
    std::vector<PaletteEntry> entries;
    auto* self = const_cast<AlertsPage*>(this);
    for (const auto& group : *m_services.backend.rules()) {
        for (const auto& rule : group.rules) {
            const bool alerting = rule.kind == model::RuleStatus::Kind::alerting;
            const auto name = toQString(rule.name);
            //: kinds of things that the palette finds
            const QString kind = rule.state == model::AlertState::firing ? tr("Firing alert") : alerting ? tr("Alert") : tr("Recording rule");
            entries.push_back({ name, kind, alerting ? icon() : m_services.theme.icon(QStringLiteral("rule")), [self, name] { Q_EMIT self->navigate(page::kAlerts, { { QStringLiteral("rule"), name } }); }, {} });
        }
    }
    return entries;
}

}
