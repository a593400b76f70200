#include "ui/dashboards/dashboard_view.h"

#include "core/datasource/sharing_source.h"
#include "ui/alerts/firing_spans.h"
#include "ui/async.h"
#include "ui/backend.h"
#include "ui/dashboards/panel_editor.h"
#include "ui/dashboards/row_header.h"
#include "ui/dashboards/variable_bar.h"
#include "ui/panels/panel_frame.h"
#include "ui/panels/panel_view.h"
#include "ui/query_runner.h"
#include "ui/text.h"
#include "ui/theme.h"
#include "ui/time_context.h"

#include <QApplication>
#include <QDialogButtonBox>
#include <QEventLoop>
#include <QKeyEvent>
#include <QMenu>
#include <QPointer>
#include <QScrollArea>
#include <QScrollBar>
#include <QTextBrowser>
#include <QTimer>
#include <QUndoCommand>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace belvedere::ui {
namespace {

constexpr int kColumns = 24;
constexpr int kRowHeight = 30;
constexpr int kGap = Theme::kGrid;
constexpr int kScrollSettleMs = 60;

/// The same panel, wherever it stands.
bool sameButPlace(const Json& a, const Json& b)
{
    const auto withoutPlace = [](Json panel) {
        panel.remove("gridPos");
        return panel;
    };
    return withoutPlace(a) == withoutPlace(b);
}

}

/// Title and panels as a whole, before and after: simple, and exact whatever the change was.
class EditCommand : public QUndoCommand {
public:
    EditCommand(DashboardView& view, const QString& text, DashboardView::Edit before, DashboardView::Edit after)
        : QUndoCommand(text)
        , m_view(view)
        , m_before(std::move(before))
        , m_after(std::move(after))
    {
    }

    void undo() override { m_view.apply(m_before); }
    void redo() override { m_view.apply(m_after); }

private:
    DashboardView& m_view;
    DashboardView::Edit m_before;
    DashboardView::Edit m_after;
};

DashboardView::DashboardView(const PageServices& services, QWidget* parent)
    : QWidget(parent)
    , m_services(services)
    , m_document(std::make_shared<const dashboard::Document>(dashboard::Document::create({})))
    , m_variables(std::make_shared<const std::vector<dashboard::Variable>>())
    , m_variableBar(new VariableBar(services.theme, this))
    , m_scroll(new QScrollArea(this))
    , m_canvas(new QWidget)
    , m_firing(new FiringSpans(services, this))
    , m_menu(new QMenu(this))
    , m_queryTimer(new QTimer(this))
{
    createMenu();
    setObjectName(QStringLiteral("dashboardView"));
    connect(m_firing, &FiringSpans::changed, this, [this] {
        for (const auto& slot : m_slots)
            showFiring(*slot);
    });
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setWidgetResizable(false);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
    m_scroll->setWidget(m_canvas);
    m_canvas->installEventFilter(this);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_variableBar);
    layout->addWidget(m_scroll, 1);
    m_queryTimer->setSingleShot(true);
    m_queryTimer->setInterval(kScrollSettleMs);
    connect(m_queryTimer, &QTimer::timeout, this, &DashboardView::queryVisible);
    connect(m_scroll->verticalScrollBar(), &QScrollBar::valueChanged, this, [this] { m_queryTimer->start(); });
    connect(&services.time, &TimeContext::queryNeeded, this, [this] {
        if (isVisible())
            refresh();
    });
    connect(&services.theme, &Theme::changed, this, [this] {
        // Colours are part of what the worker prepares.
        if (isVisible())
            refresh();
    });
    connect(&services.backend, &Backend::dataSourcesChanged, this, [this] {
        if (isVisible())
            refresh();
    });
    connect(&services.queries, &RunningQueries::stopRequested, this, [this] {
        for (const auto& slot : m_slots)
            slot->stop.request_stop();
    });
    connect(m_variableBar, &VariableBar::chosen, this, &DashboardView::variableChosen, Qt::QueuedConnection);
    connect(qApp, &QApplication::focusChanged, this, [this](QWidget*, QWidget* now) {
        // The keys of a panel's actions mean the panel that the keyboard is in, not one that it has left for a row.
        if (now && m_canvas->isAncestorOf(now))
            m_selected = panelAround(now);
    });
    connect(&m_undo, &QUndoStack::cleanChanged, this, &DashboardView::modifiedChanged);
}

DashboardView::~DashboardView()
{
    m_stop.request_stop();
    for (const auto& slot : m_slots)
        slot->stop.request_stop();
}

void DashboardView::createMenu()
{
    const auto add = [this](const QString& name, const QString& text, const QString& icon, const QKeySequence& keys, auto act) {
        auto* action = m_menu->addAction(m_services.theme.icon(icon), text);
        action->setObjectName(name);
        action->setShortcut(keys);
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        connect(action, &QAction::triggered, this, [this, act] { act(m_selected); });
        m_canvas->addAction(action);
    };
    add(QStringLiteral("panel.view"), tr("&View Large"), QStringLiteral("expand"), QKeySequence(Qt::Key_V), [this](qint64 id) { viewPanel(m_viewed == id ? 0 : id); });
    add(QStringLiteral("panel.edit"), tr("&Edit…"), QStringLiteral("edit"), QKeySequence(Qt::Key_E), [this](qint64 id) { editPanel(id); });
    add(QStringLiteral("panel.explore"), tr("E&xplore"), QStringLiteral("explore"), QKeySequence(Qt::Key_X), [this](qint64 id) { explore(id); });
    add(QStringLiteral("panel.inspect"), tr("&Inspect Query…"), QStringLiteral("info"), QKeySequence(Qt::Key_I), [this](qint64 id) { inspect(id); });
    m_menu->addSeparator();
    add(QStringLiteral("panel.duplicate"), tr("&Duplicate"), QStringLiteral("duplicate"), QKeySequence(Qt::CTRL | Qt::Key_D), [this](qint64 id) { duplicatePanel(id); });
    add(QStringLiteral("panel.remove"), tr("&Remove"), QStringLiteral("trash"), QKeySequence(Qt::Key_Delete), [this](qint64 id) { removePanel(id); });
}

void DashboardView::setDocument(dashboard::Document document)
{
    m_undo.clear();
    m_viewed = 0;
    m_selected = 0;
    m_document = std::make_shared<const dashboard::Document>(std::move(document));
    m_variables = std::make_shared<const std::vector<dashboard::Variable>>(m_document->variables());
    m_variablesReady = m_document->variables().empty();
    m_variableBar->setVariables(*m_variables);
    beginRefresh();
    rebuild();
    m_scroll->verticalScrollBar()->setValue(0);
    updateVariables({});
}

void DashboardView::markSaved()
{
    auto copy = *m_document;
    copy.markSaved();
    m_document = std::make_shared<const dashboard::Document>(std::move(copy));
    m_undo.setClean();
    Q_EMIT modifiedChanged();
}

void DashboardView::apply(const Edit& edit)
{
    auto copy = *m_document;
    if (copy.title() != edit.title)
        copy.setTitle(edit.title);
    copy.setPanelsJson(edit.panels);
    m_document = std::make_shared<const dashboard::Document>(std::move(copy));
    rebuild();
}

QString DashboardView::titleOf(const dashboard::Placed& placed) const
{
    dashboard::Scope scope;
    scope.setVariables(*m_variables);
    scope.setRepeats(placed.repeats);
    return toQString(dashboard::interpolate(placed.panel.title, scope, [](const dashboard::VariableValue& value) { return dashboard::formatVariable(value, {}, "text"); }));
}

qint64 DashboardView::panelAround(const QWidget* widget) const
{
    const auto around = std::ranges::find_if(m_slots, [widget](const auto& slot) { return slot->frame == widget || slot->frame->isAncestorOf(widget); });
    return around == m_slots.end() ? 0 : (*around)->placed.panel.id;
}

void DashboardView::rebuild()
{
    // Where the keyboard is, so that it is not lost with the widget that it is in.
    const auto* focus = m_canvas->focusWidget();
    const bool focused = focus && focus->hasFocus();
    const auto* focusedRow = qobject_cast<const RowHeader*>(focus);
    const qint64 rowId = focused && focusedRow ? focusedRow->id() : 0;
    const auto focusedSlot = std::ranges::find_if(m_slots, [focus](const auto& slot) { return focus && (slot->frame == focus || slot->frame->isAncestorOf(focus)); });
    const auto focusedAt = static_cast<std::size_t>(focusedSlot - m_slots.begin());
    // Panels that are the same as before keep their widget, and with it what they show.
    auto old = std::exchange(m_slots, {});
    for (auto* row : m_rows)
        row->deleteLater();
    m_rows.clear();
    for (auto& placed : dashboard::placements(m_document->panels(), *m_variables)) {
        const auto id = placed.panel.id;
        if (placed.panel.type == "row") {
            auto* row = new RowHeader(m_services.theme, id, titleOf(placed), placed.panel.collapsed, static_cast<int>(placed.panel.panels.size()), m_canvas);
            row->setProperty("gridY", placed.grid.y);
            connect(row, &QToolButton::clicked, this, [this, id, collapsed = placed.panel.collapsed] {
                // Folding is a way of looking, not an edit: it leaves the document unmodified unless one is editing.
                auto copy = *m_document;
                if (!copy.setRowCollapsed(id, !collapsed))
                    return;
                if (m_editing) {
                    commit(collapsed ? tr("open row") : tr("fold row"), copy.panelsJson());
                } else {
                    m_document = std::make_shared<const dashboard::Document>(std::move(copy));
                    rebuild();
                }
            });
            row->show();
            m_rows.push_back(row);
            continue;
        }
        const auto* json = m_document->panelJson(id);
        std::shared_ptr<Slot> slot;
        for (auto& candidate : old) {
            if (candidate && candidate->placed.panel.id == id && candidate->placed.repeats == placed.repeats && sameButPlace(*candidate->frame->panel(), *json)) {
                slot = std::exchange(candidate, nullptr);
                break;
            }
        }
        if (!slot) {
            slot = std::make_shared<Slot>();
            slot->frame = new PanelFrame(m_services.theme, m_canvas);
            slot->frame->setObjectName(QStringLiteral("panel%1").arg(id));
            slot->frame->setMenu(m_menu);
            slot->frame->setPanel(std::make_shared<const Json>(*json), titleOf(placed));
            slot->placed = placed;
            connectFrame(slot);
        }
        slot->placed = std::move(placed);
        slot->frame->setEditing(m_editing);
        m_slots.push_back(std::move(slot));
    }
    for (const auto& slot : old) {
        if (slot) {
            slot->stop.request_stop();
            slot->frame->deleteLater();
        }
    }
    layoutPanels();
    if (focused)
        keepFocus(rowId, focusedAt);
    m_queryTimer->start();
}

void DashboardView::keepFocus(qint64 rowId, std::size_t slotIndex)
{
    if (const auto row = std::ranges::find(m_rows, rowId, &RowHeader::id); rowId != 0 && row != m_rows.end())
        return (*row)->setFocus();
    const auto* focus = m_canvas->focusWidget();
    if (focus && panelAround(focus) != 0)
        return;
    // The panel that moved up to where the removed one was.
    if (m_slots.empty())
        m_canvas->setFocus();
    else
        m_slots[std::min(slotIndex, m_slots.size() - 1)]->frame->setFocus();
}

void DashboardView::connectFrame(const std::shared_ptr<Slot>& slot)
{
    auto* frame = slot->frame;
    const auto id = slot->placed.panel.id;
    connect(frame, &PanelFrame::retryRequested, this, [this, weak = std::weak_ptr(slot)] {
        if (const auto same = weak.lock())
            query(same);
    });
    connect(frame, &PanelFrame::menuRequested, this, [this, id, frame] {
        // What the keys do next is about the panel whose menu was open.
        if (const auto* focus = window()->focusWidget(); !focus || !frame->isAncestorOf(focus))
            frame->setFocus(Qt::PopupFocusReason);
        m_selected = id;
    });
    connect(frame, &PanelFrame::activated, this, [this, id] { m_selected = id; });
    connect(frame, &PanelFrame::moved, this, [this, id](const QPoint& distance, bool finished) { drag(id, distance, false, finished); });
    connect(frame, &PanelFrame::resized, this, [this, id](const QPoint& distance, bool finished) { drag(id, distance, true, finished); });
    auto* view = frame->view();
    connect(view, &PanelView::zoomRequested, &m_services.time, &TimeContext::zoomTo);
    connect(view, &PanelView::zoomOutRequested, &m_services.time, &TimeContext::zoomOut);
    connect(view, &PanelView::crosshairMoved, this, [this, view](std::optional<double> timeMs) {
        for (const auto& other : m_slots) {
            if (other->frame->view() != view)
                other->frame->view()->setCrosshair(timeMs, m_document->sharesTooltip());
        }
    });
}

void DashboardView::duplicatePanel(qint64 id)
{
    const auto* json = m_document->panelJson(id);
    if (!json)
        return;
    auto copy = *m_document;
    Json panel = *json;
    panel.remove("id");
    auto grid = dashboard::gridOf(panel);
    grid.y += grid.h;
    panel.set("gridPos", dashboard::gridJson(grid));
    const auto added = copy.addPanel(std::move(panel));
    auto panels = copy.panelsJson();
    dashboard::resolveCollisions(panels, added);
    commit(tr("duplicate panel"), std::move(panels));
}

void DashboardView::removePanel(qint64 id)
{
    auto copy = *m_document;
    if (copy.removePanel(id))
        commit(tr("remove panel"), copy.panelsJson());
}

QRect DashboardView::rectOf(const dashboard::GridPos& grid) const
{
    const double column = static_cast<double>(m_canvas->width() - kGap) / kColumns;
    const int left = kGap + static_cast<int>(column * grid.x);
    const int right = static_cast<int>(column * (grid.x + grid.w));
    const int top = kGap + grid.y * (kRowHeight + kGap);
    return { left, top, std::max(20, right - left), grid.h * (kRowHeight + kGap) - kGap };
}

void DashboardView::layoutPanels()
{
    const int width = m_scroll->viewport()->width();
    if (m_viewed != 0) {
        m_canvas->resize(width, m_scroll->viewport()->height());
        for (const auto& slot : m_slots) {
            const bool shown = slot->placed.panel.id == m_viewed;
            slot->frame->setVisible(shown);
            if (shown)
                slot->frame->setGeometry(m_canvas->rect().adjusted(kGap, kGap, -kGap, -kGap));
        }
        for (auto* row : m_rows)
            row->hide();
        return;
    }
    int bottom = 0;
    for (const auto& slot : m_slots)
        bottom = std::max(bottom, slot->placed.grid.y + slot->placed.grid.h);
    for (auto* row : m_rows)
        bottom = std::max(bottom, row->property("gridY").toInt() + 1);
    m_contentHeight = kGap + bottom * (kRowHeight + kGap) + kGap;
    m_canvas->resize(width, std::max(m_contentHeight, m_scroll->viewport()->height()));
    for (const auto& slot : m_slots) {
        slot->frame->setGeometry(rectOf(slot->placed.grid));
        slot->frame->show();
    }
    for (auto* row : m_rows) {
        row->setGeometry(rectOf({ 0, row->property("gridY").toInt(), kColumns, 1 }));
        row->show();
    }
}

void DashboardView::queryVisible()
{
    if (!m_variablesReady || (!isVisible() && !m_queriesAll))
        return;
    const QRect visible = m_queriesAll ? m_canvas->rect() : m_canvas->visibleRegion().boundingRect().adjusted(0, -200, 0, 200);
    for (const auto& slot : m_slots) {
        if (slot->frame->isHidden() || !slot->frame->geometry().intersects(visible))
            continue;
        // Width in steps of 100 pixels: a small change of size only scales what is there.
        const auto key = QStringLiteral("%1 %2").arg(m_refresh.id).arg(slot->frame->width() / 100);
        if (slot->key == key)
            continue;
        slot->key = key;
        query(slot);
    }
}

void DashboardView::beginRefresh()
{
    const auto range = m_services.time.range();
    m_refresh = { m_refresh.id + 1, { range.fromMs, range.toMs }, m_services.time.nowMs(), datasource::sharingRegistry(*m_services.backend.dataSources()) };
}

dashboard::PanelRequest DashboardView::requestFor(const dashboard::Placed& placed, int widthPx) const
{
    dashboard::PanelRequest request;
    request.document = m_document;
    request.variables = m_variables;
    request.registry = m_refresh.sources;
    request.panel = placed.panel;
    request.range = m_refresh.range;
    request.nowMs = m_refresh.nowMs;
    request.zone = dashboard::TimeZone::named(m_document->timeZone()).value_or(dashboard::TimeZone::local());
    request.palette = dashboard::Palette(m_services.theme.isDark() ? dashboard::Brightness::dark : dashboard::Brightness::light);
    request.repeats = placed.repeats;
    request.widthPx = std::max(100, widthPx);
    return request;
}

void DashboardView::query(const std::shared_ptr<Slot>& slot)
{
    auto request = requestFor(slot->placed, slot->frame->width());
    slot->stop.request_stop();
    slot->stop = std::stop_source();
    slot->loading = true;
    slot->frame->setLoading(true);
    m_services.queries.add(1);
    const auto id = ++slot->request;
    // The count has to go down even if this view is gone by then: it belongs to the window.
    runAsync(
        m_services.backend.queryPool(), &m_services.queries,
        [request = std::move(request), stop = slot->stop.get_token()] {
            const dashboard::FormatContext format { request.zone, request.nowMs };
            return makeContent(dashboard::queryPanel(request, stop), request.palette, format);
        },
        [self = QPointer<DashboardView>(this), weak = std::weak_ptr(slot), id, &queries = m_services.queries](const PanelContentPtr& content) {
            queries.add(-1);
            const auto same = weak.lock();
            if (self && same && same->request == id)
                self->take(*same, content);
        });
}

void DashboardView::take(Slot& slot, PanelContentPtr content)
{
    slot.loading = false;
    slot.frame->setLoading(false);
    slot.frame->setTitle(toQString(content->data.title));
    if (content->data.failed) {
        QStringList lines;
        for (const auto& problem : content->data.problems)
            lines += toQString(problem);
        slot.frame->setError(lines.join(QLatin1Char('\n')));
    } else {
        slot.frame->setContent(content);
    }
    slot.content = std::move(content);
    showFiring(slot);
    if (isSettled())
        Q_EMIT settled();
}

void DashboardView::showFiring(const Slot& slot) const
{
    if (!slot.content)
        return;
    std::vector<std::string> queries;
    for (const auto& query : slot.content->data.queries)
        queries.push_back(query.expr);
    slot.frame->view()->setSpans(m_firing->of(queries));
}

void DashboardView::refresh()
{
    beginRefresh();
    const bool perRange = std::ranges::any_of(m_document->root()["templating"]["list"].items(), [](const Json& one) { return one["refresh"].toInt() == 2 || one["type"].text() == "interval"; });
    if (perRange)
        updateVariables({});
    else
        queryVisible();
}

void DashboardView::updateVariables(const std::string& changed)
{
    if (m_document->variables().empty()) {
        m_variablesReady = true;
        queryVisible();
        return;
    }
    m_stop.request_stop();
    m_stop = std::stop_source();
    const auto id = ++m_variableRequest;
    runAsync(
        m_services.backend.queryPool(), this,
        [document = m_document, variables = *m_variables, registry = m_services.backend.dataSources(), range = m_refresh.range, changed, stop = m_stop.get_token()] {
            return std::make_shared<const dashboard::VariableUpdate>(dashboard::updateVariables(*document, variables, *registry, range, changed, stop));
        },
        [this, id](const std::shared_ptr<const dashboard::VariableUpdate>& update) {
            if (id != m_variableRequest)
                return;
            m_variables = std::make_shared<const std::vector<dashboard::Variable>>(update->variables);
            m_variablesReady = true;
            m_variableBar->setVariables(*m_variables);
            beginRefresh();
            rebuild();
            queryVisible();
        });
}

void DashboardView::variableChosen(const std::string& name, std::vector<std::string> values, std::vector<std::string> texts)
{
    auto variables = *m_variables;
    const auto variable = std::ranges::find(variables, name, &dashboard::Variable::name);
    if (variable == variables.end())
        return;
    variable->values = std::move(values);
    variable->texts = std::move(texts);
    m_variables = std::make_shared<const std::vector<dashboard::Variable>>(std::move(variables));
    updateVariables(name);
}

bool DashboardView::isSettled() const
{
    return m_variablesReady && std::ranges::none_of(m_slots, [](const auto& slot) { return slot->loading; });
}

void DashboardView::setEditing(bool editing)
{
    m_editing = editing;
    for (const auto& slot : m_slots)
        slot->frame->setEditing(editing);
}

void DashboardView::viewPanel(qint64 id)
{
    m_viewed = id;
    layoutPanels();
    m_queryTimer->start();
    Q_EMIT viewedPanelChanged(id);
}

void DashboardView::commit(const QString& text, Json panels)
{
    if (panels == m_document->panelsJson())
        return;
    m_undo.push(new EditCommand(*this, text, { m_document->title(), m_document->panelsJson() }, { m_document->title(), std::move(panels) }));
    Q_EMIT modifiedChanged();
}

void DashboardView::rename(const QString& title)
{
    if (toUtf8(title) == m_document->title())
        return;
    m_undo.push(new EditCommand(*this, tr("rename"), { m_document->title(), m_document->panelsJson() }, { toUtf8(title), m_document->panelsJson() }));
    Q_EMIT modifiedChanged();
}

void DashboardView::changePanel(qint64 id, const QString& text, const std::function<void(Json&)>& change)
{
    const auto* json = m_document->panelJson(id);
    if (!json)
        return;
    Json panel = *json;
    change(panel);
    auto copy = *m_document;
    copy.replacePanel(id, std::move(panel));
    auto panels = copy.panelsJson();
    dashboard::resolveCollisions(panels, id);
    commit(text, std::move(panels));
}

Json DashboardView::emptyPanel()
{
    return Json::object({ { "type", "timeseries" }, { "title", toUtf8(tr("New panel")) }, { "options", Json::object() }, { "targets", Json::array({ Json::object({ { "refId", "A" }, { "expr", "" } }) }) } });
}

qint64 DashboardView::addPanel(Json panel)
{
    int bottom = 0;
    for (const auto& other : m_document->panels())
        bottom = std::max(bottom, other.grid.y + (other.type == "row" ? 1 : other.grid.h));
    auto copy = *m_document;
    panel.set("gridPos", dashboard::gridJson({ 0, bottom, 12, 8 }));
    if (panel["fieldConfig"].isNull()) {
        panel.set("fieldConfig", Json::object({ { "defaults", Json::object({ { "color", Json::object({ { "mode", "palette-classic" } }) }, { "custom", Json::object({ { "fillOpacity", 10 } }) } }) }, { "overrides", Json::array() } }));
    }
    const auto id = copy.addPanel(std::move(panel));
    commit(tr("add panel"), copy.panelsJson());
    m_scroll->verticalScrollBar()->setValue(m_scroll->verticalScrollBar()->maximum());
    return id;
}

void DashboardView::editNewPanel()
{
    if (auto* editor = openEditor(addPanel(emptyPanel())))
        connect(editor, &QDialog::rejected, &m_undo, &QUndoStack::undo);
}

void DashboardView::editPanel(qint64 id) { openEditor(id); }

PanelEditor* DashboardView::openEditor(qint64 id)
{
    const auto* json = m_document->panelJson(id);
    if (!json)
        return nullptr;
    const auto slot = std::ranges::find(m_slots, id, [](const auto& one) { return one->placed.panel.id; });
    if (slot == m_slots.end())
        return nullptr;
    auto request = requestFor((*slot)->placed, (*slot)->frame->width());
    request.registry = m_services.backend.dataSources();
    auto* editor = new PanelEditor(m_services, std::move(request), *json, this);
    editor->setAttribute(Qt::WA_DeleteOnClose);
    connect(editor, &QDialog::accepted, this, [this, editor, id] { changePanel(id, tr("edit panel"), [editor](Json& panel) { panel = editor->panel(); }); });
    editor->open();
    return editor;
}

PanelFrame* DashboardView::frame(qint64 id) const
{
    const auto found = std::ranges::find_if(m_slots, [id](const auto& slot) { return slot->placed.panel.id == id; });
    return found == m_slots.end() ? nullptr : (*found)->frame;
}

QStringList DashboardView::problems() const
{
    QStringList all;
    for (const auto& slot : m_slots) {
        for (const auto& problem : slot->content ? slot->content->data.problems : std::vector<std::string>())
            all += QStringLiteral("%1: %2").arg(titleOf(slot->placed), toQString(problem));
    }
    return all;
}

PanelContentPtr DashboardView::content(qint64 id) const
{
    const auto found = std::ranges::find_if(m_slots, [id](const auto& slot) { return slot->placed.panel.id == id; });
    return found == m_slots.end() ? nullptr : (*found)->content;
}

void DashboardView::moveByCells(qint64 id, QPoint move, QPoint grow)
{
    changePanel(id, grow.isNull() ? tr("move panel") : tr("resize panel"), [=](Json& panel) {
        auto grid = dashboard::gridOf(panel);
        grid.w = std::clamp(grid.w + grow.x(), 1, kColumns);
        grid.h = std::max(2, grid.h + grow.y());
        grid.x = std::clamp(grid.x + move.x(), 0, kColumns - grid.w);
        grid.y = std::max(0, grid.y + move.y());
        panel.set("gridPos", dashboard::gridJson(grid));
    });
}

dashboard::GridPos DashboardView::draggedGrid(const dashboard::GridPos& from, QPoint distance, bool resize) const
{
    auto grid = from;
    const int dx = qRound(distance.x() * kColumns / static_cast<double>(std::max(1, m_canvas->width() - kGap)));
    const int dy = qRound(distance.y() / static_cast<double>(kRowHeight + kGap));
    if (resize) {
        grid.w = std::clamp(grid.w + dx, 1, kColumns - grid.x);
        grid.h = std::max(2, grid.h + dy);
    } else {
        grid.x = std::clamp(grid.x + dx, 0, kColumns - grid.w);
        grid.y = std::max(0, grid.y + dy);
    }
    return grid;
}

int DashboardView::placedY(qint64 id) const
{
    const auto slot = std::ranges::find(m_slots, id, [](const auto& one) { return one->placed.panel.id; });
    return slot == m_slots.end() ? 0 : (*slot)->placed.grid.y;
}

void DashboardView::drag(qint64 id, QPoint distance, bool resize, bool finished)
{
    const auto* panel = m_document->panel(id);
    auto* widget = frame(id);
    if (!panel || !widget || m_viewed != 0)
        return;
    const auto grid = draggedGrid(panel->grid, distance, resize);
    // Repeated panels above and gaps that are closed put it elsewhere than the document says.
    auto shown = grid;
    shown.y = std::max(0, shown.y + placedY(id) - panel->grid.y);
    widget->raise();
    widget->setGeometry(rectOf(shown));
    if (finished) {
        changePanel(id, resize ? tr("resize panel") : tr("move panel"), [grid](Json& json) { json.set("gridPos", dashboard::gridJson(grid)); });
        layoutPanels();
    }
}

void DashboardView::inspect(qint64 id)
{
    const auto* panel = m_document->panel(id);
    const auto shown = content(id);
    if (!panel || !shown)
        return;
    QString text;
    for (const auto& query : shown->data.queries) {
        text += QStringLiteral("<h3>%1 · %2</h3><pre style=\"white-space: pre-wrap\">%3</pre>").arg(toQString(query.refId).toHtmlEscaped(), toQString(query.source).toHtmlEscaped(), toQString(query.expr).toHtmlEscaped());
        text += QStringLiteral("<p>%1</p>").arg(query.instant ? tr("instant, %1 ms").arg(QLocale().toString(query.seconds * 1000, 'f', 1)) : tr("step %1 s, %2 ms").arg(QLocale().toString(static_cast<double>(query.stepMs) / 1000), QLocale().toString(query.seconds * 1000, 'f', 1)));
        if (!query.error.empty())
            text += QStringLiteral("<p><b>%1</b></p>").arg(toQString(query.error).toHtmlEscaped());
    }
    if (text.isEmpty())
        text = tr("This panel has no queries.");
    auto* dialog = new QDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Queries of “%1”").arg(toQString(panel->title)));
    dialog->resize(640, 420);
    auto* browser = new QTextBrowser(dialog);
    browser->setHtml(text);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, dialog);
    connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    auto* layout = new QVBoxLayout(dialog);
    layout->addWidget(browser);
    layout->addWidget(buttons);
    dialog->open();
}

void DashboardView::explore(qint64 id)
{
    const auto shown = content(id);
    if (!shown || shown->data.queries.empty())
        return;
    const auto& query = shown->data.queries.front();
    // A number counted from lines shows none: the source says what language its query is in.
    const auto source = m_services.backend.dataSources()->find(query.source);
    const bool logs = source ? source->info().type == "loki" : !shown->data.logs.empty();
    Q_EMIT navigate(page::kExplore, { { QStringLiteral("language"), logs ? QStringLiteral("logql") : QStringLiteral("promql") }, { QStringLiteral("expr"), toQString(query.expr) }, { QStringLiteral("source"), source ? toQString(source->info().uid) : QString() } });
}

void DashboardView::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    layoutPanels();
    m_queryTimer->start();
}

void DashboardView::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    m_queryTimer->start();
}

bool DashboardView::eventFilter(QObject* watched, QEvent* event)
{
    // Before the scroll area takes the arrow keys.
    if (watched == m_canvas && event->type() == QEvent::KeyPress && handleKey(*static_cast<QKeyEvent*>(event)))
        return true;
    return QWidget::eventFilter(watched, event);
}

bool DashboardView::handleKey(const QKeyEvent& event)
{
    if (event.key() == Qt::Key_Escape && m_viewed != 0) {
        viewPanel(0);
        return true;
    }
    if (!m_editing || m_viewed != 0 || !frame(m_selected))
        return false;
    QPoint step;
    switch (event.key()) {
    case Qt::Key_Left:
        step = { -1, 0 };
        break;
    case Qt::Key_Right:
        step = { 1, 0 };
        break;
    case Qt::Key_Up:
        step = { 0, -1 };
        break;
    case Qt::Key_Down:
        step = { 0, 1 };
        break;
    default:
        return false;
    }
    const bool resize = event.modifiers() & Qt::ShiftModifier;
    moveByCells(m_selected, resize ? QPoint() : step, resize ? step : QPoint());
    return true;
}

RenderedDashboard renderDashboard(const PageServices& services, dashboard::Document document, QSize size, int timeoutMs)
{
    DashboardView view(services);
    view.setQueriesAll(true);
    view.setAttribute(Qt::WA_DontShowOnScreen);
    view.resize(size);
    view.show();
    view.setDocument(std::move(document));
    const auto wait = [&view, timeoutMs] {
        // Settled once may be between variables and panels: look again after a breath.
        constexpr int kBreathMs = 150;
        QEventLoop loop;
        QTimer limit;
        limit.setSingleShot(true);
        QObject::connect(&limit, &QTimer::timeout, &loop, &QEventLoop::quit);
        limit.start(timeoutMs);
        QTimer breath;
        QObject::connect(&breath, &QTimer::timeout, &loop, [&] {
            if (view.isSettled())
                loop.quit();
        });
        breath.start(kBreathMs);
        loop.exec();
    };
    wait();
    if (view.contentHeight() > view.height() - 60)
        view.resize(size.width(), view.contentHeight() + 60);
    wait();
    auto problems = view.problems();
    if (!view.isSettled())
        problems += DashboardView::tr("Some queries had no answer after %1 s.").arg(timeoutMs / 1000);
    return { view.grab().toImage(), problems };
}

}
