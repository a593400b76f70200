#include "ui/containers/containers_page.h"

#include "core/base/text.h"
#include "ui/backend.h"
#include "ui/format.h"
#include "ui/text.h"
#include "ui/theme.h"
#include "ui/time_context.h"
#include "ui/widgets/label_chips.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/state_stack.h"
#include "ui/widgets/table.h"

#include <QApplication>
#include <QClipboard>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QScrollArea>
#include <QSplitter>
#include <QToolButton>

#include <algorithm>

namespace belvedere::ui {

ContainersPage::ContainersPage(const PageServices& services, QWidget* parent)
    : Page(parent)
    , m_services(services)
{
    setObjectName(QStringLiteral("containersPage"));
    createActions();
    m_filter.setSourceModel(&m_model);
    m_filter.setSortRole(SortRole);
    m_filter.setFilterRole(FilterRole);
    m_filter.setFilterCaseSensitivity(Qt::CaseInsensitive);

    auto* split = new QSplitter(Qt::Vertical, this);
    split->addWidget(createList());
    split->addWidget(createDetails());
    split->setSizes({ 400, 260 });
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 2);
    split->setCollapsible(0, false);
    m_stack = new StateStack(services.theme, split, this);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_stack);
    setFirstFocus(m_table);
    connectSignals();
    update();
}

QWidget* ContainersPage::createList()
{
    auto& theme = m_services.theme;
    auto* box = new QWidget(this);
    m_words = makeFilterEdit(theme, tr("Filter by name, image or state"), box);
    m_count = new QLabel(box);
    m_count->setForegroundRole(QPalette::PlaceholderText);
    m_table = new TableView(theme, box);
    m_table->setObjectName(QStringLiteral("containers.table"));
    m_table->setAccessibleName(tr("Containers"));
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setModel(&m_filter);
    m_table->sortByColumn(ContainersModel::NameColumn, Qt::AscendingOrder);
    m_table->setItemDelegateForColumn(ContainersModel::NameColumn, new StateDelegate(theme, m_table));
    auto* header = m_table->horizontalHeader();
    header->resizeSection(ContainersModel::NameColumn, 190);
    header->resizeSection(ContainersModel::StatusColumn, 190);
    header->setSectionResizeMode(ContainersModel::ImageColumn, QHeaderView::Stretch);
    header->setSectionResizeMode(ContainersModel::PortsColumn, QHeaderView::Stretch);
    header->resizeSection(ContainersModel::RestartsColumn, 76);
    header->resizeSection(ContainersModel::LinesColumn, 92);

    m_notice = new NoticeBar(theme, box);
    auto* tools = new QHBoxLayout;
    tools->setSpacing(Theme::kGrid);
    tools->setContentsMargins(12, 8, 12, 8);
    tools->addWidget(m_words, 1);
    tools->addSpacing(4);
    tools->addWidget(m_count);
    auto* notice = new QHBoxLayout;
    notice->setContentsMargins(12, 0, 12, 8);
    notice->addWidget(m_notice);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(tools);
    column->addLayout(notice);
    column->addWidget(m_table, 1);
    return box;
}

QWidget* ContainersPage::createDetails()
{
    auto* box = new QWidget(this);
    const auto text = [box] {
        auto* label = new QLabel(box);
        label->setTextFormat(Qt::PlainText);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        return label;
    };
    m_detailTitle = text();
    m_detailState = text();
    m_detailState->setForegroundRole(QPalette::PlaceholderText);
    const auto applyFonts = [this] { m_detailTitle->setFont(m_services.theme.titleFont()); };
    applyFonts();
    connect(&m_services.theme, &Theme::changed, this, applyFonts);
    m_detailNotice = new NoticeBar(m_services.theme, box);

    auto* head = new QHBoxLayout;
    head->setSpacing(Theme::kGrid);
    head->addWidget(m_detailTitle);
    head->addWidget(m_detailState, 1);
    for (auto* action : { m_logsAction, m_serviceLogsAction, m_copyAction }) {
        auto* button = new QToolButton(box);
        button->setDefaultAction(action);
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        button->setAutoRaise(true);
        button->setAccessibleName(action->text().remove(QLatin1Char('&')));
        head->addWidget(button);
    }
    auto* facts = new QWidget(box);
    m_facts = new QFormLayout(facts);
    m_facts->setContentsMargins(0, 0, 0, 0);
    m_facts->setHorizontalSpacing(16);
    m_facts->setVerticalSpacing(4);
    m_facts->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    for (const auto& caption : { tr("Image"), tr("Service"), tr("Id"), tr("Created"), tr("Started"), tr("Restarts"), tr("Logs") }) {
        auto* name = new QLabel(caption, facts);
        name->setForegroundRole(QPalette::PlaceholderText);
        m_factValues.push_back(text());
        m_factValues.back()->setAccessibleName(caption);
        m_facts->addRow(name, m_factValues.back());
    }
    m_ports = new LabelChips(m_services.theme, tr("Ports"), facts);
    auto* name = new QLabel(tr("Ports"), facts);
    name->setForegroundRole(QPalette::PlaceholderText);
    m_facts->addRow(name, m_ports);
    auto* scroll = new QScrollArea(box);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidget(facts);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(12, 6, 8, 8);
    column->setSpacing(Theme::kGrid);
    column->addLayout(head);
    column->addWidget(m_detailNotice);
    column->addWidget(scroll, 1);
    return box;
}

void ContainersPage::connectSignals()
{
    connect(m_words, &QLineEdit::textChanged, this, [this](const QString& words) {
        m_filter.setFilterFixedString(words);
        update();
    });
    connect(m_table, &TableView::activated, m_logsAction, &QAction::trigger);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &ContainersPage::updateDetails);
    connect(&m_services.backend, &Backend::containersChanged, this, &ContainersPage::update);
}

QIcon ContainersPage::icon() const { return m_services.theme.icon(QStringLiteral("containers")); }

void ContainersPage::createActions()
{
    const auto create = [this](const QString& name, const QString& text, const QString& icon, const QKeySequence& keys, const QString& toolTip) {
        auto* action = new QAction(m_services.theme.icon(icon), text, this);
        action->setObjectName(QStringLiteral("containers.") + name);
        action->setShortcut(keys);
        action->setToolTip(QStringLiteral("%1 (%2)").arg(toolTip, keys.toString(QKeySequence::NativeText)));
        return action;
    };
    m_filterAction = create(QStringLiteral("filter"), tr("&Filter Containers"), QStringLiteral("filter"), QKeySequence::Find, tr("Narrow the list by words"));
    m_logsAction = create(QStringLiteral("logs"), tr("Show &Logs"), QStringLiteral("logs"), QKeySequence(Qt::CTRL | Qt::Key_E), tr("Read the container's lines in Explore"));
    m_serviceLogsAction = create(QStringLiteral("serviceLogs"), tr("Logs of the &Service"), QStringLiteral("logs"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_E), tr("Read the lines of all containers of the same service"));
    m_copyAction = create(QStringLiteral("copyId"), tr("&Copy Id"), QStringLiteral("copy"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C), tr("Copy the container's id"));
    connect(m_filterAction, &QAction::triggered, this, [this] {
        m_words->setFocus();
        m_words->selectAll();
    });
    connect(m_logsAction, &QAction::triggered, this, [this] {
        if (const auto* container = selected())
            showLogs("container", container->name);
    });
    connect(m_serviceLogsAction, &QAction::triggered, this, [this] {
        if (const auto* container = selected())
            showLogs("compose_service", container->composeService);
    });
    connect(m_copyAction, &QAction::triggered, this, [this] {
        if (const auto* container = selected())
            QApplication::clipboard()->setText(toQString(container->id));
    });
}

void ContainersPage::update()
{
    const auto containers = m_services.backend.containers();
    const auto* before = selected();
    const std::string selectedId = before ? before->id : std::string();
    m_updating = true; // the selection is lost and comes back: nobody is to see that
    m_model.setContainers(containers);
    for (int row = 0; row < m_filter.rowCount(); ++row) {
        if (m_model.container(m_filter.mapToSource(m_filter.index(row, 0)).row()).id == selectedId)
            m_table->selectRow(row);
    }
    if (!m_table->currentIndex().isValid() && m_filter.rowCount() > 0)
        m_table->selectRow(0);
    m_updating = false;
    updateDetails();
    m_count->setText(tr("%1 of %2").arg(m_filter.rowCount()).arg(m_model.rowCount()));

    const int failing = static_cast<int>(std::ranges::count_if(*containers, [](const model::ContainerStatus& container) { return stateOf(container) == State::critical; }));
    if (failing != m_failing) {
        m_failing = failing;
        Q_EMIT badgeChanged();
    }
    const QString docker = m_services.backend.dockerState();
    if (!docker.isEmpty())
        m_notice->showNotice(State::warning, docker);
    else
        m_notice->hide();
    if (m_model.rowCount() > 0)
        m_stack->showContent();
    else if (!docker.isEmpty())
        m_stack->showError(tr("Docker cannot be reached"), docker);
    else
        m_stack->showEmpty(QStringLiteral("containers"), tr("No containers"), tr("Containers appear here as soon as Docker starts one, and their logs are read from the first line on."));
}

void ContainersPage::updateDetails()
{
    if (m_updating)
        return;
    const auto* container = selected();
    m_logsAction->setEnabled(container);
    m_copyAction->setEnabled(container);
    m_serviceLogsAction->setEnabled(container && !container->composeService.empty());
    if (!container) {
        m_detailTitle->setText(tr("No container selected"));
        m_detailState->clear();
        for (auto* value : m_factValues)
            value->clear();
        m_ports->setChips({});
        m_detailNotice->hide();
        return;
    }
    m_detailTitle->setText(toQString(container->name));
    m_detailState->setText(toQString(container->status.empty() ? container->state : container->status));
    const auto now = m_services.time.nowMs();
    const auto when = [now](std::int64_t timeMs) { return timeMs > 0 ? QStringLiteral("%1 (%2)").arg(dateTimeText(timeMs), agoText(timeMs, now)) : QString(); };
    const QStringList values {
        toQString(container->image),
        container->composeProject.empty() ? toQString(container->composeService) : tr("%1 of %2").arg(toQString(container->composeService), toQString(container->composeProject)),
        toQString(container->id),
        when(container->createdMs),
        container->state == "running" || container->finishedMs == 0 ? when(container->startedMs) : tr("%1, ended %2").arg(when(container->startedMs), when(container->finishedMs)),
        integer(container->restartCount),
        container->logsFollowed ? tr("followed; lines read since Belvedere started: %1").arg(integer(static_cast<qint64>(container->linesRead))) : tr("not followed"),
    };
    for (std::size_t i = 0; i < m_factValues.size(); ++i)
        m_factValues[i]->setText(values[static_cast<qsizetype>(i)]);
    QList<LabelChips::Chip> ports;
    for (const auto& port : container->ports)
        ports << LabelChips::Chip { {}, toQString(port) };
    m_ports->setChips(ports);
    m_facts->setRowVisible(m_ports, !ports.isEmpty());
    if (!container->logsError.empty())
        m_detailNotice->showNotice(State::warning, tr("Its logs are not read: %1").arg(toQString(container->logsError)));
    else
        m_detailNotice->hide();
}

void ContainersPage::showLogs(const char* label, const std::string& value)
{
    Q_EMIT navigate(page::kExplore, { { QStringLiteral("language"), QStringLiteral("logql") }, { QStringLiteral("expr"), QStringLiteral("{%1=%2}").arg(QLatin1StringView(label), toQString(goQuoted(value))) } });
}

std::vector<PaletteEntry> ContainersPage::paletteEntries(const QString& text) const
{
    Q_UNUSED(text)
    std::vector<PaletteEntry> entries;
    auto* self = const_cast<ContainersPage*>(this);
    for (const auto& container : *m_services.backend.containers()) {
        const auto name = toQString(container.name);
        entries.push_back({ name, tr("Container"), icon(), [self, name] { Q_EMIT self->navigate(page::kContainers, { { QStringLiteral("name"), name } }); }, {} });
    }
    return entries;
}

const model::ContainerStatus* ContainersPage::selected() const
{
    const auto index = m_table->currentIndex();
    return index.isValid() ? &m_model.container(m_filter.mapToSource(index).row()) : nullptr;
}

QJsonObject ContainersPage::stateForSession() const { return { { QStringLiteral("words"), m_words->text() } }; }

void ContainersPage::restoreState(const QJsonObject& state) { m_words->setText(state[QStringLiteral("words")].toString()); }

void ContainersPage::showFor(const QVariantMap& query) { m_words->setText(query.value(QStringLiteral("name")).toString()); }

}
