#include "ui/dashboards/dashboard_view.h"

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

std::vector<std::string> chosenValues(const dashboard::Variable& variable, std::vector<std::string>& texts)
{
    if (!variable.isAll()) {
        texts = variable.texts;
        return variable.values;
    }
    std::vector<std::string> values;
    for (const auto& option : variable.options) {
        values.push_back(option.value);
        texts.push_back(option.text);
    }
    return values;
}

bool overlaps(const dashboard::GridPos& a, const dashboard::GridPos& b)
{
    return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

/// The same panel, wherever it stands.
bool sameButPlace(const Json& a, const Json& b)
{
    const auto withoutPlace = [](Json panel) {
        panel.remove("gridPos");
        return panel;
    };
    return withoutPlace(a) == withoutPlace(b);
}

dashboard::GridPos gridOf(const Json& panel)
{
    const auto& json = panel["gridPos"];
    const auto number = [&json](const char* key, int fallback) { return static_cast<int>(json[key].looseNumber().value_or(fallback)); };
    return { number("x", 0), number("y", 0), number("w", 12), number("h", 8) };
}

}

/// The panels as a whole, before and after: simple, and exact whatever the change was.
class PanelsCommand : public QUndoCommand {
public:
    PanelsCommand(DashboardView& view, const QString& text, Json before, Json after)
        : QUndoCommand(text)
        , m_view(view)
        , m_before(std::move(before))
        , m_after(std::move(after))
    {
    }

    void undo() override { m_view.setPanels(m_before); }
    void redo() override { m_view.setPanels(m_after); }

private:
    DashboardView& m_view;
    Json m_before;
    Json m_after;
};

void resolveCollisions(Json& panels, std::int64_t fixedId)
{
    auto& list = panels.mutableItems();
    std::vector<std::size_t> order(list.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = i;
    std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
        const auto key = [&](std::size_t i) { return std::pair(gridOf(list[i]).y, list[i]["id"].toInt() == fixedId ? 0 : 1); };
        return key(a) < key(b);
    });
    const auto fixed = std::ranges::find_if(order, [&](std::size_t i) { return list[i]["id"].toInt() == fixedId; });
    std::vector<dashboard::GridPos> taken;
    if (fixed != order.end()) {
        taken.push_back(gridOf(list[*fixed]));
        order.erase(fixed);
    }
    for (const auto index : order) {
        auto grid = gridOf(list[index]);
        for (bool moved = true; moved;) {
            moved = false;
            for (const auto& other : taken) {
                if (overlaps(grid, other)) {
                    grid.y = other.y + other.h;
                    moved = true;
                }
            }
        }
        if (grid.y != gridOf(list[index]).y)
            list[index].set("gridPos", dashboard::gridJson(grid));
        taken.push_back(grid);
    }
}

DashboardView::DashboardView(const PageServices& services, QWidget* parent)
    : QWidget(parent)
    , m_services(services)
    , m_document(std::make_shared<const dashboard::Document>(dashboard::Document::create({})))
    , m_variables(std::make_shared<const std::vector<dashboard::Variable>>())
    , m_variableBar(new VariableBar(services.theme, this))
    , m_scroll(new QScrollArea(this))
    , m_canvas(new QWidget)
    , m_menu(new QMenu(this))
    , m_queryTimer(new QTimer(this))
{
    createMenu();
    setObjectName(QStringLiteral("dashboardView"));
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
    connect(m_variableBar, &VariableBar::chosen, this, &DashboardView::variableChosen, Qt::QueuedConnection);
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
    m_document = std::make_shared<const dashboard::Document>(std::move(document));
    m_variables = std::make_shared<const std::vector<dashboard::Variable>>(m_document->variables());
    m_variablesReady = m_document->variables().empty();
    m_variableBar->setVariables(*m_variables);
    rebuild();
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

void DashboardView::setPanels(const Json& panels)
{
    auto copy = *m_document;
    copy.setPanelsJson(panels);
    m_document = std::make_shared<const dashboard::Document>(std::move(copy));
    rebuild();
}

std::vector<DashboardView::Placed> DashboardView::placements() const
{
    std::vector<Placed> out;
    int shift = 0; // rows that repeated panels have added so far
    for (const auto& panel : m_document->panels()) {
        auto grid = panel.grid;
        grid.y += shift;
        const auto variable = std::ranges::find_if(*m_variables, [&panel](const auto& one) { return one.name == panel.repeat; });
        if (panel.repeat.empty() || panel.type == "row" || variable == m_variables->end()) {
            out.push_back({ panel, grid, {}, {} });
            continue;
        }
        std::vector<std::string> texts;
        const auto values = chosenValues(*variable, texts);
        const int count = std::max(1, static_cast<int>(values.size()));
        const int perRow = panel.repeatVertically ? 1 : std::min(count, panel.maxPerRow > 0 ? panel.maxPerRow : 4);
        const int width = panel.repeatVertically ? grid.w : std::max(1, kColumns / perRow);
        for (int i = 0; i < count; ++i) {
            Placed placed { panel, { panel.repeatVertically ? grid.x : i % perRow * width, grid.y + i / perRow * grid.h, width, grid.h }, {}, {} };
            if (i < static_cast<int>(values.size())) {
                placed.repeatName = panel.repeat;
                placed.repeatValue = { texts[static_cast<std::size_t>(i)], values[static_cast<std::size_t>(i)] };
            }
            out.push_back(std::move(placed));
        }
        shift += ((count + perRow - 1) / perRow - 1) * grid.h;
    }
    return out;
}

void DashboardView::rebuild()
{
    // Panels that are the same as before keep their widget, and with it what they show.
    auto old = std::exchange(m_slots, {});
    for (auto* row : m_rows)
        row->deleteLater();
    m_rows.clear();
    for (auto& placed : placements()) {
        const auto id = placed.panel.id;
        if (placed.panel.type == "row") {
            auto* row = new RowHeader(m_services.theme, id, toQString(placed.panel.title), placed.panel.collapsed, static_cast<int>(placed.panel.panels.size()), m_canvas);
            row->setProperty("gridY", placed.grid.y);
            connect(row, &QToolButton::clicked, this, [this, id, collapsed = placed.panel.collapsed] {
                // Folding is a way of looking, not an edit: it leaves the document unmodified unless one is editing.
                auto copy = *m_document;
                const auto before = copy.panelsJson();
                if (!copy.setRowCollapsed(id, !collapsed))
                    return;
                if (m_editing) {
                    commit(collapsed ? tr("open row") : tr("fold row"), before, copy.panelsJson());
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
            if (candidate && candidate->placed.panel.id == id && candidate->placed.repeatValue == placed.repeatValue && sameButPlace(*candidate->frame->panel(), *json)) {
                slot = std::exchange(candidate, nullptr);
                break;
            }
        }
        if (!slot) {
            slot = std::make_shared<Slot>();
            slot->frame = new PanelFrame(m_services.theme, m_canvas);
            slot->frame->setObjectName(QStringLiteral("panel%1").arg(id));
            slot->frame->setAccessibleName(toQString(placed.panel.title));
            slot->frame->setMenu(m_menu);
            slot->frame->setPanel(std::make_shared<const Json>(*json), toQString(placed.panel.title));
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
    m_queryTimer->start();
}

void DashboardView::connectFrame(const std::shared_ptr<Slot>& slot)
{
    auto* frame = slot->frame;
    const auto id = slot->placed.panel.id;
    connect(frame, &PanelFrame::retryRequested, this, [this, weak = std::weak_ptr(slot)] {
        if (const auto same = weak.lock())
            query(same);
    });
    connect(frame, &PanelFrame::menuRequested, this, [this, id] { m_selected = id; });
    connect(frame, &PanelFrame::activated, this, [this, id] { m_selected = id; });
    connect(frame, &PanelFrame::moved, this, [this, id](const QPoint& distance, bool finished) { drag(id, distance, false, finished); });
    connect(frame, &PanelFrame::resized, this, [this, id](const QPoint& distance, bool finished) { drag(id, distance, true, finished); });
    auto* view = frame->view();
    connect(view, &PanelView::zoomRequested, &m_services.time, &TimeContext::zoomTo);
    connect(view, &PanelView::zoomOutRequested, &m_services.time, &TimeContext::zoomOut);
    connect(view, &PanelView::crosshairMoved, this, [this, view](std::optional<double> timeMs) {
        if (!m_document->sharesCrosshair())
            return;
        for (const auto& other : m_slots) {
            if (other->frame->view() != view)
                other->frame->view()->setCrosshair(timeMs);
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
    auto grid = gridOf(panel);
    grid.y += grid.h;
    panel.set("gridPos", dashboard::gridJson(grid));
    const auto added = copy.addPanel(std::move(panel));
    auto panels = copy.panelsJson();
    resolveCollisions(panels, added);
    commit(tr("duplicate panel"), m_document->panelsJson(), std::move(panels));
}

void DashboardView::removePanel(qint64 id)
{
    auto copy = *m_document;
    if (copy.removePanel(id))
        commit(tr("remove panel"), m_document->panelsJson(), copy.panelsJson());
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
        const auto key = QStringLiteral("%1 %2").arg(m_tick).arg(slot->frame->width() / 100);
        if (slot->key == key)
            continue;
        slot->key = key;
        query(slot);
    }
}

void DashboardView::query(const std::shared_ptr<Slot>& slot)
{
    const auto range = m_services.time.range();
    dashboard::PanelRequest request;
    request.document = m_document;
    request.variables = m_variables;
    request.registry = m_services.backend.dataSources();
    request.panel = slot->placed.panel;
    request.range = { range.fromMs, range.toMs };
    request.nowMs = m_services.time.nowMs();
    request.zone = dashboard::TimeZone::named(m_document->timeZone()).value_or(dashboard::TimeZone::local());
    request.palette = dashboard::Palette(m_services.theme.isDark() ? dashboard::Brightness::dark : dashboard::Brightness::light);
    request.repeatName = slot->placed.repeatName;
    request.repeatValue = slot->placed.repeatValue;
    request.widthPx = std::max(100, slot->frame->width());

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
    if (const auto title = toQString(content->data.title); title != toQString(slot.placed.panel.title))
        slot.frame->setPanel(slot.frame->panel(), title);
    if (content->data.failed) {
        QStringList lines;
        for (const auto& problem : content->data.problems)
            lines += toQString(problem);
        slot.frame->setError(lines.join(QLatin1Char('\n')));
    } else {
        slot.frame->setContent(content);
    }
    slot.content = std::move(content);
    if (isSettled())
        Q_EMIT settled();
}

void DashboardView::refresh()
{
    ++m_tick;
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
    const auto range = m_services.time.range();
    const auto id = ++m_variableRequest;
    runAsync(
        m_services.backend.queryPool(), this,
        [document = m_document, variables = *m_variables, registry = m_services.backend.dataSources(), range, changed, stop = m_stop.get_token()] {
            return std::make_shared<const dashboard::VariableUpdate>(dashboard::updateVariables(*document, variables, *registry, { range.fromMs, range.toMs }, changed, stop));
        },
        [this, id](const std::shared_ptr<const dashboard::VariableUpdate>& update) {
            if (id != m_variableRequest)
                return;
            m_variables = std::make_shared<const std::vector<dashboard::Variable>>(update->variables);
            m_variablesReady = true;
            m_variableBar->setVariables(*m_variables);
            ++m_tick;
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

void DashboardView::commit(const QString& text, Json before, Json after)
{
    if (before == after)
        return;
    m_undo.push(new PanelsCommand(*this, text, std::move(before), std::move(after)));
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
    resolveCollisions(panels, id);
    commit(text, m_document->panelsJson(), std::move(panels));
}

void DashboardView::addPanel()
{
    int bottom = 0;
    for (const auto& slot : m_slots)
        bottom = std::max(bottom, slot->placed.grid.y + slot->placed.grid.h);
    auto copy = *m_document;
    const auto id = copy.addPanel(Json::object({ { "type", "timeseries" }, { "title", toUtf8(tr("New panel")) }, { "gridPos", dashboard::gridJson({ 0, bottom, 12, 8 }) },
        { "fieldConfig", Json::object({ { "defaults", Json::object({ { "color", Json::object({ { "mode", "palette-classic" } }) }, { "custom", Json::object({ { "fillOpacity", 10 } }) } }) }, { "overrides", Json::array() } }) },
        { "options", Json::object() }, { "targets", Json::array({ Json::object({ { "refId", "A" }, { "expr", "" } }) }) } }));
    commit(tr("add panel"), m_document->panelsJson(), copy.panelsJson());
    m_scroll->verticalScrollBar()->setValue(m_scroll->verticalScrollBar()->maximum());
    editPanel(id);
}

void DashboardView::editPanel(qint64 id)
{
    const auto* json = m_document->panelJson(id);
    if (!json)
        return;
    auto* editor = new PanelEditor(m_services, *json, this);
    editor->setAttribute(Qt::WA_DeleteOnClose);
    connect(editor, &QDialog::accepted, this, [this, editor, id] { changePanel(id, tr("edit panel"), [editor](Json& panel) { panel = editor->panel(); }); });
    editor->open();
}

PanelFrame* DashboardView::frame(qint64 id) const
{
    const auto found = std::ranges::find_if(m_slots, [id](const auto& slot) { return slot->placed.panel.id == id; });
    return found == m_slots.end() ? nullptr : (*found)->frame;
}

PanelContentPtr DashboardView::content(qint64 id) const
{
    const auto found = std::ranges::find_if(m_slots, [id](const auto& slot) { return slot->placed.panel.id == id; });
    return found == m_slots.end() ? nullptr : (*found)->content;
}

void DashboardView::moveByCells(qint64 id, QPoint move, QPoint grow)
{
    changePanel(id, grow.isNull() ? tr("move panel") : tr("resize panel"), [=](Json& panel) {
        auto grid = gridOf(panel);
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

void DashboardView::drag(qint64 id, QPoint distance, bool resize, bool finished)
{
    const auto* panel = m_document->panel(id);
    auto* widget = frame(id);
    if (!panel || !widget || m_viewed != 0)
        return;
    const auto grid = draggedGrid(panel->grid, distance, resize);
    widget->raise();
    widget->setGeometry(rectOf(grid));
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
    const bool logs = !shown->data.logs.empty();
    Q_EMIT navigate(page::kExplore, { { QStringLiteral("language"), logs ? QStringLiteral("logql") : QStringLiteral("promql") }, { QStringLiteral("expr"), toQString(query.expr) }, { QStringLiteral("source"), toQString(query.source) } });
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

QImage renderDashboard(const PageServices& services, dashboard::Document document, QSize size, int timeoutMs)
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
    return view.grab().toImage();
}

}
