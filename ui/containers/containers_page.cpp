#include "ui/containers/containers_page.h"

#include "ui/backend.h"
#include "ui/text.h"
#include "ui/theme.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/state_stack.h"
#include "ui/widgets/table.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
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

    auto* content = new QWidget(this);
    m_words = makeFilterEdit(services.theme, tr("Filter by name, image or state"), content);
    m_count = new QLabel(content);
    m_count->setForegroundRole(QPalette::PlaceholderText);
    auto* logs = new QToolButton(content);
    logs->setDefaultAction(m_logsAction);
    logs->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_table = new TableView(services.theme, content);
    m_table->setObjectName(QStringLiteral("containers.table"));
    m_table->setAccessibleName(tr("Containers"));
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setModel(&m_filter);
    m_table->sortByColumn(ContainersModel::NameColumn, Qt::AscendingOrder);
    m_table->setItemDelegateForColumn(ContainersModel::NameColumn, new StateDelegate(services.theme, m_table));
    auto* header = m_table->horizontalHeader();
    header->resizeSection(ContainersModel::NameColumn, 190);
    header->resizeSection(ContainersModel::StatusColumn, 210);
    header->resizeSection(ContainersModel::HealthColumn, 84);
    header->resizeSection(ContainersModel::ImageColumn, 170);
    header->setSectionResizeMode(ContainersModel::PortsColumn, QHeaderView::Stretch);
    header->resizeSection(ContainersModel::RestartsColumn, 76);
    header->resizeSection(ContainersModel::LinesColumn, 92);

    m_notice = new NoticeBar(services.theme, content);
    auto* tools = new QHBoxLayout;
    tools->setSpacing(Theme::kGrid);
    tools->setContentsMargins(12, 8, 12, 8);
    tools->addWidget(m_words, 1);
    tools->addWidget(logs);
    tools->addSpacing(4);
    tools->addWidget(m_count);
    auto* notice = new QHBoxLayout;
    notice->setContentsMargins(12, 0, 12, 8);
    notice->addWidget(m_notice);
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(tools);
    column->addLayout(notice);
    column->addWidget(m_table, 1);
    m_stack = new StateStack(services.theme, content, this);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_stack);
    setFocusProxy(m_table);

    connect(m_words, &QLineEdit::textChanged, this, [this](const QString& words) {
        m_filter.setFilterFixedString(words);
        update();
    });
    connect(m_table, &TableView::activated, m_logsAction, &QAction::trigger);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this] {
        m_logsAction->setEnabled(selected());
        m_copyAction->setEnabled(selected());
    });
    connect(&services.backend, &Backend::containersChanged, this, &ContainersPage::update);
    update();
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
    m_copyAction = create(QStringLiteral("copyId"), tr("&Copy Id"), QStringLiteral("copy"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C), tr("Copy the container's id"));
    connect(m_filterAction, &QAction::triggered, this, [this] {
        m_words->setFocus();
        m_words->selectAll();
    });
    connect(m_logsAction, &QAction::triggered, this, [this] {
        if (const auto* container = selected())
            Q_EMIT navigate(page::kExplore, { { QStringLiteral("language"), QStringLiteral("logql") }, { QStringLiteral("expr"), toQString("{container=" + model::quoted(container->name) + "}") } });
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
    m_model.setContainers(containers);
    for (int row = 0; row < m_filter.rowCount(); ++row) {
        if (m_model.container(m_filter.mapToSource(m_filter.index(row, 0)).row()).id == selectedId)
            m_table->selectRow(row);
    }
    if (!m_table->currentIndex().isValid() && m_filter.rowCount() > 0)
        m_table->selectRow(0);
    m_logsAction->setEnabled(selected());
    m_copyAction->setEnabled(selected());
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

const model::ContainerStatus* ContainersPage::selected() const
{
    const auto index = m_table->currentIndex();
    return index.isValid() ? &m_model.container(m_filter.mapToSource(index).row()) : nullptr;
}

QJsonObject ContainersPage::stateForSession() const { return { { QStringLiteral("words"), m_words->text() } }; }

void ContainersPage::restoreState(const QJsonObject& state) { m_words->setText(state[QStringLiteral("words")].toString()); }

void ContainersPage::showFor(const QVariantMap& query) { m_words->setText(query.value(QStringLiteral("name")).toString()); }

}
