#include "ui/dashboards/dashboards_page.h"

#include "ui/async.h"
#include "ui/backend.h"
#include "ui/dashboards/dashboard_list_delegate.h"
#include "ui/dashboards/dashboard_view.h"
#include "ui/text.h"
#include "ui/theme.h"
#include "ui/time_context.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/table.h"

#include <QDialog>
#include <QDialogButtonBox>
#include <QDir>
#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QInputDialog>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMessageBox>
#include <QSaveFile>
#include <QStackedWidget>
#include <QTextBrowser>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <array>
#include <utility>

namespace belvedere::ui {
namespace {

Result<dashboard::Document> readDocument(const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return failure(ErrorCode::io, toUtf8(path + QStringLiteral(": ") + file.errorString()));
    const QByteArray bytes = file.readAll();
    auto document = dashboard::Document::parse(std::string(bytes.constData(), static_cast<std::size_t>(bytes.size())));
    if (!document)
        return withContext(document.error(), toUtf8(QFileInfo(path).fileName()));
    return document;
}

/// Of a document of any age as it stands in its file, those within rows included.
int panelCount(const Json& root)
{
    if (root["elements"].isObject())
        return static_cast<int>(root["elements"].members().size());
    int count = 0;
    for (const auto& row : root["rows"].items())
        count += panelCount(row);
    for (const auto& panel : root["panels"].items())
        count += panel["type"].text() == "row" ? panelCount(panel) : 1;
    return count;
}

}

DashboardsPage::DashboardsPage(const PageServices& services, QWidget* parent)
    : Page(parent)
    , m_services(services)
    , m_stack(new QStackedWidget(this))
{
    setObjectName(QStringLiteral("dashboardsPage"));
    createActions();
    m_stack->addWidget(createList());
    m_stack->addWidget(createView());
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_stack);
    setFirstFocus(m_list);
    updateActions();
    readFolders();
}

QIcon DashboardsPage::icon() const { return m_services.theme.icon(QStringLiteral("dashboards")); }

QList<QAction*> DashboardsPage::pageActions() const
{
    return { m_backAction, m_filterAction, m_newAction, m_openAction, m_editAction, m_addAction, m_undoAction, m_redoAction, m_renameAction, m_saveAction, m_saveAsAction, m_reportAction };
}

void DashboardsPage::createActions()
{
    const auto create = [this](const QString& name, const QString& text, const QString& icon, const QKeySequence& keys, const QString& toolTip) {
        auto* action = new QAction(m_services.theme.icon(icon), text, this);
        action->setObjectName(name);
        action->setShortcut(keys);
        action->setToolTip(keys.isEmpty() ? toolTip : QStringLiteral("%1 (%2)").arg(toolTip, keys.toString(QKeySequence::NativeText)));
        return action;
    };
    m_backAction = create(QStringLiteral("dashboards.list"), tr("All &Dashboards"), QStringLiteral("back"), QKeySequence(Qt::CTRL | Qt::Key_Backspace), tr("Back to the list of dashboards"));
    m_filterAction = create(QStringLiteral("dashboards.filter"), tr("&Filter Dashboards"), QStringLiteral("filter"), QKeySequence::Find, tr("Narrow the list by words"));
    connect(m_filterAction, &QAction::triggered, this, [this] {
        m_words->setFocus();
        m_words->selectAll();
    });
    m_newAction = create(QStringLiteral("dashboards.new"), tr("&New Dashboard"), QStringLiteral("plus"), QKeySequence::New, tr("Start an empty dashboard"));
    m_openAction = create(QStringLiteral("dashboards.open"), tr("&Open File…"), QStringLiteral("folder"), QKeySequence::Open, tr("Open a dashboard that Grafana exported"));
    m_editAction = create(QStringLiteral("dashboards.edit"), tr("&Edit Layout"), QStringLiteral("edit"), QKeySequence(Qt::CTRL | Qt::Key_E), tr("Move and resize panels with the mouse or the arrow keys"));
    m_editAction->setCheckable(true);
    m_addAction = create(QStringLiteral("dashboards.addPanel"), tr("&Add Panel…"), QStringLiteral("plus"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_A), tr("Add a panel at the end"));
    m_undoAction = create(QStringLiteral("dashboards.undo"), tr("&Undo"), QStringLiteral("undo"), QKeySequence::Undo, tr("Take the last change back"));
    m_redoAction = create(QStringLiteral("dashboards.redo"), tr("&Redo"), QStringLiteral("redo"), QKeySequence::Redo, tr("Do the change again"));
    m_saveAction = create(QStringLiteral("dashboards.save"), tr("&Save"), QStringLiteral("save"), QKeySequence::Save, tr("Save as Grafana JSON"));
    m_saveAsAction = create(QStringLiteral("dashboards.saveAs"), tr("Save &As…"), QStringLiteral("download"), QKeySequence::SaveAs, tr("Save a copy as Grafana JSON"));
    m_reportAction = create(QStringLiteral("dashboards.report"), tr("Import &Report…"), QStringLiteral("info"), {}, tr("What was changed, guessed or left out when the file was opened"));
    connect(m_backAction, &QAction::triggered, this, &DashboardsPage::showList);
    connect(m_newAction, &QAction::triggered, this, [this] {
        whenSaved([this] {
            show({}, dashboard::Document::create(toUtf8(tr("New dashboard"))));
            m_editAction->setChecked(true);
        });
    });
    connect(m_openAction, &QAction::triggered, this, [this] {
        auto* dialog = new QFileDialog(this, tr("Open Dashboard"), m_services.backend.dashboardFolder(), tr("Dashboards (*.json)"));
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setFileMode(QFileDialog::ExistingFile);
        connect(dialog, &QFileDialog::fileSelected, this, &DashboardsPage::openFile);
        dialog->open();
    });
    connect(m_editAction, &QAction::toggled, this, [this](bool on) { m_view->setEditing(on); });
    connect(m_addAction, &QAction::triggered, this, [this] { m_view->editNewPanel(); });
    connect(m_undoAction, &QAction::triggered, this, [this] { m_view->undoStack().undo(); });
    connect(m_redoAction, &QAction::triggered, this, [this] { m_view->undoStack().redo(); });
    connect(m_saveAction, &QAction::triggered, this, [this] { save(false); });
    connect(m_saveAsAction, &QAction::triggered, this, [this] { save(true); });
    m_renameAction = create(QStringLiteral("dashboards.rename"), tr("Rena&me…"), QStringLiteral("label"), QKeySequence(Qt::Key_F2), tr("Give the dashboard another title"));
    connect(m_renameAction, &QAction::triggered, this, &DashboardsPage::rename);
    connect(m_reportAction, &QAction::triggered, this, &DashboardsPage::showReport);
}

QWidget* DashboardsPage::createList()
{
    auto* box = new QWidget(this);
    m_listNotice = new NoticeBar(m_services.theme, box);
    m_listNotice->setObjectName(QStringLiteral("dashboards.listNotice"));
    m_listNotice->hide();
    m_words = makeFilterEdit(m_services.theme, tr("Filter dashboards"), box);
    m_list = new QListWidget(box);
    m_list->setObjectName(QStringLiteral("dashboards.list"));
    m_list->setAccessibleName(tr("Dashboards"));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setItemDelegate(new DashboardListDelegate(m_services.theme, m_list));
    m_empty = new QLabel(box);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    m_empty->setForegroundRole(QPalette::PlaceholderText);
    auto* newButton = new QToolButton(box);
    newButton->setDefaultAction(m_newAction);
    newButton->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    auto* openButton = new QToolButton(box);
    openButton->setDefaultAction(m_openAction);
    openButton->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    auto* bar = new QHBoxLayout;
    bar->addWidget(m_words, 1);
    bar->addWidget(newButton);
    bar->addWidget(openButton);
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(2 * Theme::kGrid, Theme::kGrid, 2 * Theme::kGrid, Theme::kGrid);
    layout->addWidget(m_listNotice);
    layout->addLayout(bar);
    layout->addWidget(m_list, 1);
    layout->addWidget(m_empty, 1);
    connect(m_words, &QLineEdit::textChanged, this, &DashboardsPage::showEntries);
    connect(m_words, &QLineEdit::returnPressed, this, [this] {
        if (const auto* item = m_list->currentItem())
            openFile(item->data(DashboardListDelegate::PathRole).toString());
    });
    m_words->installEventFilter(this);
    connect(m_list, &QListWidget::itemActivated, this, [this](QListWidgetItem* item) { openFile(item->data(DashboardListDelegate::PathRole).toString()); });
    connect(m_list, &QListWidget::itemClicked, this, [this](QListWidgetItem* item) { openFile(item->data(DashboardListDelegate::PathRole).toString()); });
    return box;
}

QWidget* DashboardsPage::createView()
{
    auto* box = new QWidget(this);
    m_notice = new NoticeBar(m_services.theme, box);
    m_notice->hide();
    m_view = new DashboardView(m_services, box);
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(Theme::kGrid, 4, Theme::kGrid, 0);
    bar->setSpacing(4);
    const auto add = [&](QAction* action, bool withText) {
        auto* button = new QToolButton(box);
        button->setDefaultAction(action);
        button->setAutoRaise(true);
        button->setToolButtonStyle(withText ? Qt::ToolButtonTextBesideIcon : Qt::ToolButtonIconOnly);
        bar->addWidget(button);
    };
    add(m_backAction, true);
    bar->addStretch(1);
    add(m_reportAction, false);
    add(m_undoAction, false);
    add(m_redoAction, false);
    add(m_addAction, true);
    add(m_editAction, true);
    add(m_saveAction, true);
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(bar);
    layout->addWidget(m_notice);
    layout->addWidget(m_view, 1);
    connect(m_view, &DashboardView::modifiedChanged, this, [this] {
        updateActions();
        if (m_stack->currentIndex() == 1)
            Q_EMIT placeChanged(toQString(m_view->document().title()));
    });
    connect(&m_view->undoStack(), &QUndoStack::indexChanged, this, &DashboardsPage::updateActions);
    connect(m_view, &DashboardView::navigate, this, &DashboardsPage::navigate);
    return box;
}

void DashboardsPage::readFolders()
{
    runAsync(
        m_services.backend.queryPool(), this,
        [own = m_services.backend.dashboardFolder(), shipped = m_services.backend.shippedDashboardFolder()] {
            Entries entries;
            for (const auto& folder : { own, shipped }) {
                const auto files = QDir(folder).entryInfoList({ QStringLiteral("*.json") }, QDir::Files | QDir::Readable, QDir::Name);
                for (const auto& file : files) {
                    QFile input(file.filePath());
                    if (folder.isEmpty() || !input.open(QIODevice::ReadOnly))
                        continue;
                    const auto bytes = input.readAll();
                    const auto tree = Json::parse({ bytes.constData(), static_cast<std::size_t>(bytes.size()) });
                    const auto& root = tree && (*tree)["dashboard"].isObject() ? (*tree)["dashboard"] : tree ? *tree : Json();
                    const auto title = toQString(root["title"].text());
                    QStringList tags;
                    for (const auto& tag : root["tags"].items())
                        tags << toQString(tag.text());
                    entries.push_back({ file.filePath(), title.isEmpty() ? file.completeBaseName() : title, toQString(root["uid"].text()), toQString(root["description"].text()), tags,
                        panelCount(root), folder == shipped });
                }
            }
            return std::make_shared<const Entries>(std::move(entries));
        },
        [this](const std::shared_ptr<const Entries>& entries) {
            m_entries = *entries;
            showEntries();
            Q_EMIT paletteEntriesChanged();
            if (!m_wantedUid.isEmpty())
                showFor({ { QStringLiteral("uid"), std::exchange(m_wantedUid, {}) } });
        });
}

void DashboardsPage::showEntries()
{
    m_list->clear();
    const auto words = m_words->text().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    for (const auto& entry : m_entries) {
        const auto searched = QStringList { entry.title, entry.description, entry.tags.join(QLatin1Char(' ')) }.join(QLatin1Char(' '));
        if (!std::ranges::all_of(words, [&searched](const QString& word) { return searched.contains(word, Qt::CaseInsensitive); }))
            continue;
        auto* item = new QListWidgetItem(icon(), entry.title, m_list);
        item->setData(DashboardListDelegate::PathRole, entry.path);
        //: a dashboard that came with the program
        item->setData(DashboardListDelegate::OriginRole, entry.shipped ? tr("shipped") : QFileInfo(entry.path).fileName());
        item->setData(DashboardListDelegate::DescriptionRole, entry.description.simplified());
        item->setData(DashboardListDelegate::TagsRole, entry.tags);
        item->setData(DashboardListDelegate::PanelsRole, tr("%n panel(s)", nullptr, entry.panels));
        item->setToolTip(entry.path);
    }
    const bool empty = m_list->count() == 0;
    m_list->setVisible(!empty);
    m_empty->setVisible(empty);
    m_empty->setText(m_entries.empty() ? tr("There are no dashboards yet. Open a file that Grafana exported, start a new one, or put JSON files into\n%1").arg(m_services.backend.dashboardFolder())
                                       : tr("No dashboard has these words in its title, description or tags."));
    if (!empty)
        m_list->setCurrentRow(0);
}

void DashboardsPage::openFile(const QString& path)
{
    whenSaved([this, path] { readFile(path); });
}

void DashboardsPage::whenSaved(const std::function<void()>& go)
{
    if (m_view->undoStack().isClean())
        return go();
    auto* box = new QMessageBox(QMessageBox::Question, tr("Unsaved Changes"), tr("“%1” has changes that are not saved.").arg(toQString(m_view->document().title())), QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel, this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setDefaultButton(QMessageBox::Save);
    connect(box, &QMessageBox::buttonClicked, this, [this, box, go](QAbstractButton* button) {
        switch (box->standardButton(button)) {
        case QMessageBox::Save:
            m_afterSave = go;
            save(false);
            break;
        case QMessageBox::Discard:
            go();
            break;
        default:
            break;
        }
    });
    box->open();
}

void DashboardsPage::rename()
{
    auto* dialog = new QInputDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Rename Dashboard"));
    dialog->setLabelText(tr("Title"));
    dialog->setTextValue(toQString(m_view->document().title()));
    connect(dialog, &QInputDialog::textValueSelected, this, [this](const QString& title) {
        if (!title.trimmed().isEmpty())
            m_view->rename(title.trimmed());
    });
    dialog->open();
}

void DashboardsPage::readFile(const QString& path)
{
    runAsync(
        m_services.backend.queryPool(), this, [path] { return std::make_shared<Result<dashboard::Document>>(readDocument(path)); },
        [this, path, number = ++m_lastOpened](const std::shared_ptr<Result<dashboard::Document>>& read) {
            if (number != m_lastOpened)
                return;
            if (!*read) {
                auto* bar = m_stack->currentIndex() == 0 ? m_listNotice : m_notice;
                bar->showNotice(State::critical, tr("The dashboard could not be opened: %1").arg(toQString(read->error().message)));
                bar->show();
                return;
            }
            m_listNotice->hide();
            show(path, std::move(**read));
        });
}

void DashboardsPage::show(const QString& path, dashboard::Document document)
{
    m_path = path;
    m_editAction->setChecked(false);
    m_view->setDocument(std::move(document));
    showPart(1);
    const auto& shown = m_view->document();
    const auto unsupported = std::ranges::count_if(shown.report(), [](const auto& finding) { return finding.kind == dashboard::Finding::Kind::unsupported; });
    m_notice->setVisible(unsupported > 0);
    if (unsupported > 0) {
        m_notice->showNotice(State::info, tr("%n part(s) of this dashboard are kept but not shown.", nullptr, static_cast<int>(unsupported)), tr("Report"));
        connect(m_notice, &NoticeBar::activated, this, &DashboardsPage::showReport, Qt::UniqueConnection);
    }
    if (!m_newPanel.isNull()) {
        m_listNotice->hide();
        m_editAction->setChecked(true);
        m_view->addPanel(std::exchange(m_newPanel, Json()));
    }
    Q_EMIT placeChanged(toQString(m_view->document().title()));
    updateActions();
}

void DashboardsPage::askWhereToAdd(Json panel)
{
    m_newPanel = std::move(panel);
    showPart(0);
    readFolders();
    updateActions();
    m_listNotice->showNotice(State::info, tr("Choose the dashboard that gets the panel “%1”, or start a new one.").arg(toQString(m_newPanel["title"].text())), tr("Cancel"));
    connect(m_listNotice, &NoticeBar::activated, this, &DashboardsPage::cancelAdding, Qt::UniqueConnection);
    Q_EMIT placeChanged(tr("Add a Panel"));
}

void DashboardsPage::cancelAdding()
{
    if (m_newPanel.isNull())
        return;
    m_newPanel = Json();
    m_listNotice->hide();
    Q_EMIT placeChanged({});
}

void DashboardsPage::showPart(int index)
{
    m_stack->setCurrentIndex(index);
    QWidget* const first = index == 0 ? static_cast<QWidget*>(m_list) : m_view->canvas();
    setFirstFocus(first);
    if (isVisible())
        first->setFocus();
}

void DashboardsPage::showList()
{
    if (m_view->viewedPanel() != 0)
        return m_view->viewPanel(0);
    showPart(0);
    Q_EMIT placeChanged({});
    readFolders();
    updateActions();
}

void DashboardsPage::updateActions()
{
    const bool open = m_stack->currentIndex() == 1;
    auto& undo = m_view->undoStack();
    for (auto* action : { m_backAction, m_editAction, m_addAction, m_renameAction, m_saveAsAction })
        action->setEnabled(open);
    m_filterAction->setEnabled(!open);
    m_undoAction->setEnabled(open && undo.canUndo());
    m_undoAction->setText(undo.canUndo() ? tr("&Undo: %1").arg(undo.undoText()) : tr("&Undo"));
    m_redoAction->setEnabled(open && undo.canRedo());
    m_redoAction->setText(undo.canRedo() ? tr("&Redo: %1").arg(undo.redoText()) : tr("&Redo"));
    m_saveAction->setEnabled(open && (!undo.isClean() || m_path.isEmpty()));
    m_reportAction->setEnabled(open && !m_view->document().report().empty());
}

void DashboardsPage::save(bool askWhere)
{
    const auto found = std::ranges::find_if(m_entries, [this](const Entry& entry) { return entry.path == m_path; });
    const bool isShipped = found != m_entries.end() && found->shipped;
    if (!askWhere && !m_path.isEmpty() && !isShipped)
        return writeTo(m_path);
    auto* dialog = new QFileDialog(this, tr("Save Dashboard"), m_services.backend.dashboardFolder(), tr("Dashboards (*.json)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("json"));
    dialog->selectFile(toQString(m_view->document().title()) + QStringLiteral(".json"));
    connect(dialog, &QFileDialog::fileSelected, this, &DashboardsPage::writeTo);
    connect(dialog, &QDialog::rejected, this, [this] { m_afterSave = {}; });
    dialog->open();
}

void DashboardsPage::writeTo(const QString& path)
{
    runAsync(
        m_services.backend.queryPool(), this,
        [path, text = m_view->document().write()] {
            QDir().mkpath(QFileInfo(path).path());
            QSaveFile file(path);
            const bool written = file.open(QIODevice::WriteOnly) && file.write(text.data(), static_cast<qint64>(text.size())) == static_cast<qint64>(text.size()) && file.commit();
            return written ? QString() : file.errorString();
        },
        [this, path, edits = m_view->undoStack().index()](const QString& error) {
            const auto next = std::exchange(m_afterSave, {});
            m_notice->setVisible(!error.isEmpty());
            if (!error.isEmpty()) {
                m_notice->showNotice(State::critical, tr("The dashboard was not saved: %1. It is still open; save it elsewhere.").arg(error));
                return;
            }
            m_path = path;
            // What was changed while the file was written is not in it.
            if (m_view->undoStack().index() == edits)
                m_view->markSaved();
            updateActions();
            if (next)
                next();
        });
}

void DashboardsPage::showReport()
{
    QString text;
    const auto& report = m_view->document().report();
    const std::pair<dashboard::Finding::Kind, QString> kinds[] = { { dashboard::Finding::Kind::unsupported, tr("Kept, not shown") }, { dashboard::Finding::Kind::guessed, tr("Guessed") }, { dashboard::Finding::Kind::changed, tr("Brought up to date") } };
    for (const auto& [kind, heading] : kinds) {
        QString lines;
        for (const auto& finding : report) {
            if (finding.kind != kind)
                continue;
            const auto* panel = m_view->document().panel(finding.panelId);
            const auto where = panel ? toQString(panel->title).toHtmlEscaped() + QStringLiteral(": ") : QString();
            lines += QStringLiteral("<li>%1%2</li>").arg(where, toQString(finding.message).toHtmlEscaped());
        }
        if (!lines.isEmpty())
            text += QStringLiteral("<h3>%1</h3><ul>%2</ul>").arg(heading, lines);
    }
    auto* dialog = new QDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Import Report"));
    dialog->resize(640, 480);
    auto* browser = new QTextBrowser(dialog);
    browser->setHtml(text);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, dialog);
    connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    auto* layout = new QVBoxLayout(dialog);
    layout->addWidget(browser);
    layout->addWidget(buttons);
    dialog->open();
}

QJsonObject DashboardsPage::stateForSession() const
{
    return m_stack->currentIndex() == 1 && !m_path.isEmpty() ? QJsonObject { { QStringLiteral("path"), m_path } } : QJsonObject();
}

void DashboardsPage::restoreState(const QJsonObject& state)
{
    if (const auto path = state[QStringLiteral("path")].toString(); !path.isEmpty())
        openFile(path);
}

void DashboardsPage::showFor(const QVariantMap& query)
{
    if (const auto path = query.value(QStringLiteral("path")).toString(); !path.isEmpty())
        return openFile(path);
    if (const auto panel = Json::parse(toUtf8(query.value(QStringLiteral("panel")).toString())); panel && panel->isObject())
        return askWhereToAdd(*panel);
    const auto uid = query.value(QStringLiteral("uid")).toString();
    if (uid.isEmpty())
        return;
    const auto found = std::ranges::find_if(m_entries, [&uid](const Entry& entry) { return entry.uid == uid; });
    if (found != m_entries.end())
        openFile(found->path);
    else
        m_wantedUid = uid;
}

std::vector<PaletteEntry> DashboardsPage::paletteEntries(const QString& text) const
{
    std::vector<PaletteEntry> out;
    for (const auto& entry : m_entries) {
        if (entry.title.contains(text, Qt::CaseInsensitive))
            out.push_back({ entry.title, tr("Dashboard"), icon(), [self = const_cast<DashboardsPage*>(this), path = entry.path] { Q_EMIT self->navigate(page::kDashboards, { { QStringLiteral("path"), path } }); }, {} });
    }
    return out;
}

void DashboardsPage::showEvent(QShowEvent* event)
{
    Page::showEvent(event);
    if (m_stack->currentIndex() == 0)
        readFolders();
}

void DashboardsPage::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape && m_stack->currentIndex() == 0 && !m_newPanel.isNull())
        return cancelAdding();
    Page::keyPressEvent(event);
}

bool DashboardsPage::eventFilter(QObject* watched, QEvent* event)
{
    // From the filter, the keys that mean nothing in a single line go through the list.
    if (watched == m_words && event->type() == QEvent::KeyPress) {
        constexpr std::array kListKeys { Qt::Key_Up, Qt::Key_Down, Qt::Key_PageUp, Qt::Key_PageDown };
        if (std::ranges::contains(kListKeys, static_cast<QKeyEvent*>(event)->key()))
            return QCoreApplication::sendEvent(m_list, event);
    }
    return Page::eventFilter(watched, event);
}

}
