#include "ui/alerts/alerts_page.h"

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
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QSplitter>
#include <QTabWidget>
#include <QToolButton>
#include <QTreeView>

#include <algorithm>

namespace belvedere::ui {

AlertsPage::AlertsPage(const PageServices& services, QWidget* parent)
    : Page(parent)
    , m_services(services)
{
    setObjectName(QStringLiteral("alertsPage"));
    createActions();
    m_sorted.setSourceModel(&m_alerts);
    m_sorted.setSortRole(SortRole);
    m_sorted.setFilterRole(FilterRole);
    m_sorted.setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_tabs = new QTabWidget(this);
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(createAlerts(), tr("Alerts"));
    m_tabs->addTab(createRules(), tr("Rules"));
    m_stack = new StateStack(services.theme, m_tabs, this);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 4, 0, 0);
    layout->addWidget(m_stack);
    setFocusProxy(m_table);

    connect(&services.backend, &Backend::rulesChanged, this, &AlertsPage::update);
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
    m_ruleAction = create(QStringLiteral("rule"), tr("Show &Rule"), QStringLiteral("rule"), QKeySequence(Qt::CTRL | Qt::Key_R), tr("Go to the rule behind the alert"));
    m_copyAction = create(QStringLiteral("copy"), tr("&Copy Expression"), QStringLiteral("copy"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C), tr("Copy the rule's expression"));
    connect(m_filterAction, &QAction::triggered, this, [this] {
        m_tabs->setCurrentIndex(0);
        m_words->setFocus();
        m_words->selectAll();
    });
    connect(m_exploreAction, &QAction::triggered, this, [this] {
        const auto* rule = chosenRule();
        if (!rule)
            return;
        // A rule over logs begins its innermost selector with a brace and has no metric name before it.
        const auto registry = m_services.backend.dataSources();
        const auto metrics = registry->defaultFor("prometheus");
        const bool promql = !metrics || metrics->check(rule->expr).has_value();
        Q_EMIT navigate(page::kExplore, { { QStringLiteral("language"), promql ? QStringLiteral("promql") : QStringLiteral("logql") }, { QStringLiteral("expr"), toQString(rule->expr) } });
    });
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
    header->resizeSection(AlertsModel::LabelsColumn, 300);
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

    auto* details = new QWidget(split);
    const auto label = [details] {
        auto* l = new QLabel(details);
        l->setWordWrap(true);
        l->setTextFormat(Qt::PlainText);
        l->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        return l;
    };
    m_detailTitle = label();
    m_detailText = label();
    m_detailExpr = label();
    const auto applyFonts = [this] {
        m_detailTitle->setFont(m_services.theme.titleFont());
        m_detailExpr->setFont(m_services.theme.monoFont());
    };
    applyFonts();
    connect(&m_services.theme, &Theme::changed, this, applyFonts);
    auto* explore = new QToolButton(details);
    explore->setDefaultAction(m_exploreAction);
    auto* rule = new QToolButton(details);
    rule->setDefaultAction(m_ruleAction);
    for (auto* button : { explore, rule }) {
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        button->setAutoRaise(true);
    }
    auto* top = new QHBoxLayout;
    top->setSpacing(4);
    top->addWidget(m_detailTitle, 1);
    top->addWidget(explore);
    top->addWidget(rule);
    auto* rows = new QVBoxLayout(details);
    rows->setContentsMargins(12, 6, 8, 12);
    rows->setSpacing(8);
    rows->addLayout(top);
    rows->addWidget(m_detailText);
    rows->addWidget(m_detailExpr);
    rows->addStretch(1);
    split->addWidget(box);
    split->addWidget(details);
    split->setSizes({ 460, 220 });
    split->setStretchFactor(0, 1);
    split->setCollapsible(0, false);
    return split;
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

    int failing = 0;
    for (const auto& group : *groups)
        failing += static_cast<int>(std::ranges::count_if(group.rules, [](const auto& rule) { return rule.health == "err"; }));
    m_tabs->setTabText(0, tr("Alerts (%1)").arg(m_alerts.rowCount()));
    m_tabs->setTabText(1, failing > 0 ? tr("Rules (%1 failing)").arg(failing) : tr("Rules"));
    if (m_firing != m_alerts.firing()) {
        m_firing = m_alerts.firing();
        Q_EMIT badgeChanged();
    }
    if (groups->empty()) {
        m_stack->showEmpty(QStringLiteral("rule"), tr("There are no rules"), tr("A rule says when something deserves attention. Put rule files, as Prometheus reads them, into %1/rules; they are read at once.").arg(m_services.backend.workspaceFolder()));
    } else {
        m_stack->showContent();
    }
    if (m_sorted.rowCount() > 0)
        m_alertStack->showContent();
    else
        m_alertStack->showEmpty(QStringLiteral("check"), m_words->text().isEmpty() ? tr("Nothing fires") : tr("No alert fits"), m_words->text().isEmpty() ? tr("Every rule was evaluated and found nothing to report.") : tr("No pending or firing alert has these words."));
    updateDetails();
}

const model::RuleStatus* AlertsPage::chosenRule() const
{
    if (m_tabs->currentIndex() == 1)
        return m_rules.rule(m_tree->currentIndex());
    const auto index = m_table->currentIndex();
    return index.isValid() ? m_alerts.row(m_sorted.mapToSource(index).row()).rule : nullptr;
}

void AlertsPage::updateDetails()
{
    const auto* rule = chosenRule();
    for (auto* action : { m_exploreAction, m_ruleAction, m_copyAction })
        action->setEnabled(rule);
    if (m_tabs->currentIndex() == 1) {
        if (rule && !rule->lastError.empty())
            m_ruleError->showNotice(State::warning, tr("%1: %2").arg(toQString(rule->name), toQString(rule->lastError)));
        else
            m_ruleError->hide();
        return;
    }
    const auto index = m_table->currentIndex();
    if (!index.isValid()) {
        m_detailTitle->clear();
        m_detailText->clear();
        m_detailExpr->clear();
        return;
    }
    const auto& [alert, of] = m_alerts.row(m_sorted.mapToSource(index).row());
    m_detailTitle->setText(toQString(alert->rule));
    QStringList lines;
    for (const auto& annotation : alert->annotations)
        lines << QStringLiteral("%1: %2").arg(toQString(annotation.name), toQString(annotation.value));
    lines << tr("labels: %1").arg(toQString(alert->labels.toString()));
    lines << (alert->firedAtMs > 0 ? tr("pending since %1, firing since %2").arg(dateTimeText(alert->activeAtMs), dateTimeText(alert->firedAtMs)) : tr("pending since %1; fires after %2").arg(dateTimeText(alert->activeAtMs), durationText(static_cast<double>(of->holdDurationMs) / 1000)));
    m_detailText->setText(lines.join(QLatin1Char('\n')));
    m_detailExpr->setText(tr("%1   (now %2)").arg(toQString(of->expr), fullNumber(alert->value)));
}

void AlertsPage::showRule(const QString& name)
{
    const auto index = m_rules.find(name);
    if (!index.isValid())
        return;
    m_tabs->setCurrentIndex(1);
    m_tree->expand(index.parent());
    m_tree->setCurrentIndex(index);
    m_tree->scrollTo(index);
}

QJsonObject AlertsPage::stateForSession() const { return { { QStringLiteral("tab"), m_tabs->currentIndex() }, { QStringLiteral("words"), m_words->text() } }; }

void AlertsPage::restoreState(const QJsonObject& state)
{
    m_tabs->setCurrentIndex(std::clamp(state[QStringLiteral("tab")].toInt(), 0, 1));
    m_words->setText(state[QStringLiteral("words")].toString());
}

void AlertsPage::showFor(const QVariantMap& query)
{
    const auto rule = query.value(QStringLiteral("rule")).toString();
    m_tabs->setCurrentIndex(0);
    m_words->clear();
    for (int row = 0; row < m_sorted.rowCount(); ++row) {
        if (m_sorted.index(row, AlertsModel::NameColumn).data().toString() == rule) {
            m_table->selectRow(row);
            return;
        }
    }
    showRule(rule); // it has ended meanwhile
}

}
