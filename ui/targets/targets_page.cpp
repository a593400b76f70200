#include "ui/targets/targets_page.h"

#include "core/base/text.h"
#include "ui/backend.h"
#include "ui/format.h"
#include "ui/text.h"
#include "ui/theme.h"
#include "ui/time_context.h"
#include "ui/widgets/count_list.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/state_stack.h"
#include "ui/widgets/table.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QSplitter>
#include <QToolButton>

#include <algorithm>
#include <map>

namespace belvedere::ui {

TargetsPage::TargetsPage(const PageServices& services, QWidget* parent)
    : Page(parent)
    , m_services(services)
{
    setObjectName(QStringLiteral("targetsPage"));
    m_filter.setSourceModel(&m_model);
    createActions();

    auto* split = new QSplitter(Qt::Horizontal, this);
    m_jobs = new CountList(services.theme, split);
    m_jobs->setAccessibleName(tr("Jobs"));
    m_jobs->setMinimumWidth(140);
    m_jobs->setMaximumWidth(320);
    split->addWidget(m_jobs);
    m_splitter = new QSplitter(Qt::Vertical, split);
    m_splitter->addWidget(createTable());
    m_splitter->addWidget(createDetails());
    m_splitter->setStretchFactor(0, 3);
    m_splitter->setStretchFactor(1, 2);
    m_splitter->setSizes({ 420, 260 });
    m_splitter->setCollapsible(0, false);
    split->addWidget(m_splitter);
    split->setStretchFactor(1, 1);
    split->setSizes({ 200, 900 });
    split->setCollapsible(0, false);
    split->setCollapsible(1, false);

    m_stack = new StateStack(services.theme, split, this);
    connect(m_stack, &StateStack::activated, this, [this] { Q_EMIT actionWanted(action::kEditWorkspace); });
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_stack);
    setFirstFocus(m_table);

    connect(&services.backend, &Backend::targetsChanged, this, &TargetsPage::update);
    connect(m_jobs, &CountList::keyChosen, this, [this](const QString& job) {
        m_filter.setJob(job);
        updateDetails();
    });
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &TargetsPage::updateDetails);
    connect(m_table, &TableView::activated, m_exploreAction, &QAction::trigger);
    m_clock.setInterval(1000);
    connect(&m_clock, &QTimer::timeout, this, [this] {
        if (isVisible())
            m_model.setNow(m_services.time.nowMs());
    });
    m_clock.start();
    update();
}

QIcon TargetsPage::icon() const { return m_services.theme.icon(QStringLiteral("targets")); }

QList<QAction*> TargetsPage::pageActions() const { return { m_filterAction, m_exploreAction, m_copyUrlAction }; }

void TargetsPage::createActions()
{
    const auto create = [this](const QString& name, const QString& text, const QString& icon, const QKeySequence& keys, const QString& toolTip) {
        auto* action = new QAction(m_services.theme.icon(icon), text, this);
        action->setObjectName(name);
        action->setShortcut(keys);
        action->setToolTip(QStringLiteral("%1 (%2)").arg(toolTip, keys.toString(QKeySequence::NativeText)));
        return action;
    };
    m_filterAction = create(QStringLiteral("targets.filter"), tr("&Filter Targets"), QStringLiteral("filter"), QKeySequence::Find, tr("Narrow the list by words"));
    m_exploreAction = create(QStringLiteral("targets.explore"), tr("&Explore Target"), QStringLiteral("explore"), QKeySequence(Qt::CTRL | Qt::Key_E), tr("Look at the target's series in Explore"));
    m_copyUrlAction = create(QStringLiteral("targets.copyUrl"), tr("&Copy Endpoint"), QStringLiteral("copy"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C), tr("Copy the endpoint's address"));
    connect(m_filterAction, &QAction::triggered, this, [this] {
        m_words->setFocus();
        m_words->selectAll();
    });
    connect(m_copyUrlAction, &QAction::triggered, this, [this] {
        if (const int row = selectedRow(); row >= 0)
            QApplication::clipboard()->setText(m_model.index(row, TargetsModel::UrlColumn).data().toString());
    });
    connect(m_exploreAction, &QAction::triggered, this, [this] {
        const auto* target = selectedRow() >= 0 ? m_model.target(selectedRow()) : nullptr;
        if (!target)
            return;
        const auto instance = goQuoted(target->labels.get("instance"));
        Q_EMIT navigate(page::kExplore, { { QStringLiteral("language"), QStringLiteral("promql") }, { QStringLiteral("expr"), toQString("{job=" + goQuoted(target->job) + ", instance=" + instance + "}") } });
    });
}

QWidget* TargetsPage::createTable()
{
    auto* box = new QWidget(this);
    m_words = makeFilterEdit(m_services.theme, tr("Filter by endpoint, label or error"), box);
    m_kind = new QComboBox(box);
    m_kind->setAccessibleName(tr("State"));
    m_kind->addItem(tr("All states"));
    m_kind->addItem(tr("Up"), static_cast<int>(TargetsModel::Kind::up));
    m_kind->addItem(tr("Down"), static_cast<int>(TargetsModel::Kind::down));
    m_kind->addItem(tr("Not yet scraped"), static_cast<int>(TargetsModel::Kind::unknown));
    m_kind->addItem(tr("Dropped"), static_cast<int>(TargetsModel::Kind::dropped));
    m_count = new QLabel(box);
    m_count->setForegroundRole(QPalette::PlaceholderText);
    connect(m_words, &QLineEdit::textChanged, this, [this](const QString& words) {
        m_filter.setWords(words);
        update();
    });
    connect(m_kind, &QComboBox::currentIndexChanged, this, [this] {
        const auto kind = m_kind->currentData();
        m_filter.setKind(kind.isValid() ? std::optional(static_cast<TargetsModel::Kind>(kind.toInt())) : std::nullopt);
        update();
    });

    m_table = new TableView(m_services.theme, box);
    m_table->setObjectName(QStringLiteral("targets.table"));
    m_table->setAccessibleName(tr("Targets"));
    m_table->setModel(&m_filter);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setItemDelegateForColumn(TargetsModel::StateColumn, new StateDelegate(m_services.theme, m_table));
    m_table->sortByColumn(TargetsModel::StateColumn, Qt::AscendingOrder);
    auto* header = m_table->horizontalHeader();
    header->resizeSection(TargetsModel::StateColumn, 126);
    header->resizeSection(TargetsModel::JobColumn, 90);
    header->resizeSection(TargetsModel::UrlColumn, 236);
    header->resizeSection(TargetsModel::LastScrapeColumn, 92);
    header->resizeSection(TargetsModel::DurationColumn, 84);
    header->resizeSection(TargetsModel::SamplesColumn, 80);
    header->setStretchLastSection(true);

    auto* tools = new QHBoxLayout;
    tools->setContentsMargins(12, 8, 12, 8);
    tools->setSpacing(Theme::kGrid);
    tools->addWidget(m_words, 1);
    tools->addWidget(m_kind);
    tools->addSpacing(8);
    tools->addWidget(m_count);
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(tools);
    layout->addWidget(m_table, 1);
    return box;
}

QWidget* TargetsPage::createDetails()
{
    auto* box = new QWidget(this);
    m_detailTitle = new QLabel(box);
    m_detailTitle->setFont(m_services.theme.titleFont());
    m_detailTitle->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_detailFacts = new QLabel(box);
    m_detailFacts->setForegroundRole(QPalette::PlaceholderText);
    m_detailFacts->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_detailError = new NoticeBar(m_services.theme, box);
    auto* explore = new QToolButton(box);
    explore->setDefaultAction(m_exploreAction);
    explore->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    auto* copy = new QToolButton(box);
    copy->setDefaultAction(m_copyUrlAction);
    copy->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    for (auto* button : { explore, copy }) {
        button->setAutoRaise(true);
        button->setAccessibleName(button->defaultAction()->text().remove(QLatin1Char('&')));
    }

    m_labelTable = new TableView(m_services.theme, box);
    m_labelTable->setAccessibleName(tr("Labels before and after relabelling"));
    m_labelTable->setSortingEnabled(false);
    m_labelTable->setModel(&m_labels);
    m_labelTable->horizontalHeader()->resizeSection(LabelsModel::NameColumn, 260);
    m_labelTable->horizontalHeader()->resizeSection(LabelsModel::AfterColumn, 320);
    m_labelTable->horizontalHeader()->setStretchLastSection(true);

    auto* top = new QHBoxLayout;
    top->setContentsMargins(12, 4, 8, 4);
    top->setSpacing(4);
    top->addWidget(m_detailTitle);
    top->addSpacing(8);
    top->addWidget(m_detailFacts, 1);
    top->addWidget(explore);
    top->addWidget(copy);
    auto* error = new QHBoxLayout;
    error->setContentsMargins(12, 0, 12, 4);
    error->addWidget(m_detailError);
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(top);
    layout->addLayout(error);
    layout->addWidget(m_labelTable, 1);
    return box;
}

void TargetsPage::update()
{
    const auto targets = m_services.backend.targets();
    const int selected = selectedRow();
    const QString selectedUrl = selected >= 0 ? m_model.index(selected, TargetsModel::UrlColumn).data().toString() : QString();
    const QString selectedJob = selected >= 0 ? m_model.job(selected) : QString();
    m_model.setTargets(targets, m_services.time.nowMs());
    for (int row = 0; row < m_filter.rowCount(); ++row) {
        const int source = m_filter.mapToSource(m_filter.index(row, 0)).row();
        if (m_model.job(source) == selectedJob && m_model.index(source, TargetsModel::UrlColumn).data().toString() == selectedUrl) {
            m_table->selectRow(row);
            break;
        }
    }
    if (!m_table->currentIndex().isValid() && m_filter.rowCount() > 0)
        m_table->selectRow(0);

    const int down = static_cast<int>(std::ranges::count(targets->active, model::TargetStatus::Health::down, &model::TargetStatus::health));
    if (down != m_down) {
        m_down = down;
        Q_EMIT badgeChanged();
    }
    m_count->setText(tr("%1 of %2").arg(m_filter.rowCount()).arg(m_model.rowCount()));
    updateJobs();
    updateDetails();
    if (m_model.rowCount() > 0) {
        m_stack->showContent();
    } else {
        m_stack->showEmpty(QStringLiteral("targets"), tr("Nothing is scraped yet"),
            tr("A target is an address that answers with metrics. Add a job under scrape_configs in %1/workspace.yml, in the words of prometheus.yml; it is read at once.").arg(m_services.backend.workspaceFolder()), tr("Edit Workspace File"));
    }
}

void TargetsPage::updateJobs()
{
    struct Count {
        int up = 0;
        int all = 0;
        bool down = false;
    };
    std::map<QString, Count> jobs;
    Count all;
    const auto targets = m_services.backend.targets();
    for (const auto& target : targets->active) {
        for (auto* count : { &jobs[toQString(target.job)], &all }) {
            ++count->all;
            count->up += target.health == model::TargetStatus::Health::up ? 1 : 0;
            count->down |= target.health == model::TargetStatus::Health::down;
        }
    }
    for (const auto& dropped : targets->dropped)
        jobs[toQString(dropped.job)];

    std::vector<CountList::Item> items;
    const auto add = [&items](const QString& job, const QString& name, const Count& count) {
        const State state = count.down ? State::critical : count.all == 0 || count.up < count.all ? State::unknown : State::ok;
        //: how many of a job's targets are up: "2 / 3"
        items.push_back({ job, name, tr("%1 / %2").arg(count.up).arg(count.all), static_cast<int>(state) });
    };
    add({}, tr("All jobs"), all);
    for (const auto& [job, count] : jobs)
        add(job, job, count);
    m_jobs->setItems(items, m_filter.job());
}

void TargetsPage::selectJob(const QString& job)
{
    m_filter.setJob(job);
    update();
}

int TargetsPage::selectedRow() const
{
    const auto index = m_table->currentIndex();
    return index.isValid() ? m_filter.mapToSource(index).row() : -1;
}

void TargetsPage::updateDetails()
{
    const int row = selectedRow();
    m_exploreAction->setEnabled(row >= 0 && m_model.target(row));
    m_copyUrlAction->setEnabled(row >= 0);
    m_count->setText(tr("%1 of %2").arg(m_filter.rowCount()).arg(m_model.rowCount()));
    if (row < 0) {
        m_detailTitle->setText(tr("No target selected"));
        m_detailFacts->clear();
        m_labels.setLabels({}, {});
        m_detailError->hide();
        return;
    }
    m_detailTitle->setText(m_model.index(row, TargetsModel::UrlColumn).data().toString());
    const auto* target = m_model.target(row);
    const auto seconds = [](std::int64_t ms) { return durationText(static_cast<double>(ms) / 1000); };
    m_detailFacts->setText(target ? tr("every %1, time-out %2, last %3").arg(seconds(target->intervalMs), seconds(target->timeoutMs), target->lastScrapeMs > 0 ? clockText(target->lastScrapeMs, false) : tr("never")) : QString());
    m_labels.setLabels(target ? target->labels : model::Labels(), m_model.discoveredLabels(row));
    if (target && !target->error.empty())
        m_detailError->showNotice(State::critical, toQString(target->error));
    else if (!target)
        m_detailError->showNotice(State::info, tr("Relabelling dropped this target, so it is not scraped. Its labels as discovered are below."));
    else
        m_detailError->hide();
}

QJsonObject TargetsPage::stateForSession() const
{
    return { { QStringLiteral("job"), m_filter.job() }, { QStringLiteral("words"), m_words->text() }, { QStringLiteral("kind"), m_kind->currentIndex() } };
}

void TargetsPage::restoreState(const QJsonObject& state)
{
    m_filter.setJob(state[QStringLiteral("job")].toString());
    m_words->setText(state[QStringLiteral("words")].toString());
    m_kind->setCurrentIndex(std::clamp(state[QStringLiteral("kind")].toInt(), 0, m_kind->count() - 1));
    update();
}

void TargetsPage::showFor(const QVariantMap& query)
{
    m_words->clear();
    m_kind->setCurrentIndex(0);
    selectJob(query.value(QStringLiteral("job")).toString());
}

std::vector<PaletteEntry> TargetsPage::paletteEntries(const QString& text) const
{
    Q_UNUSED(text)
    std::vector<PaletteEntry> entries;
    auto* self = const_cast<TargetsPage*>(this);
    for (const auto& target : m_services.backend.targets()->active) {
        const auto job = toQString(target.job);
        entries.push_back({ QStringLiteral("%1 %2").arg(job, toQString(target.labels.get("instance"))), tr("Target"), icon(), [self, job] { Q_EMIT self->navigate(page::kTargets, { { QStringLiteral("job"), job } }); }, {} });
    }
    return entries;
}

void TargetsPage::showEvent(QShowEvent* event)
{
    update();
    Page::showEvent(event);
}

}
