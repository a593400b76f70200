#pragma once

#include "core/dashboard/document.h"
#include "core/dashboard/panel_data.h"
#include "core/dashboard/placement.h"
#include "ui/page.h"
#include "ui/panels/panel_content.h"

#include <QUndoStack>
#include <QWidget>

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

class QMenu;
class QScrollArea;
class QTimer;

namespace belvedere::ui {

class FiringSpans;
class PanelEditor;
class PanelFrame;
class RowHeader;
class VariableBar;

/// One dashboard: its variables, and its panels on the grid. Panels that are not in sight don't query.
///
/// Changes go through the undo stack; the document is only written when somebody saves it.
class DashboardView : public QWidget {
    Q_OBJECT

public:
    explicit DashboardView(const PageServices& services, QWidget* parent = nullptr);
    ~DashboardView() override;

    void setDocument(dashboard::Document document);
    [[nodiscard]] const dashboard::Document& document() const { return *m_document; }
    [[nodiscard]] QUndoStack& undoStack() { return m_undo; }
    void markSaved();

    [[nodiscard]] bool isEditing() const { return m_editing; }
    void setEditing(bool editing);
    /// Shows one panel over the whole view; 0 goes back to all.
    void viewPanel(qint64 id);
    [[nodiscard]] qint64 viewedPanel() const { return m_viewed; }
    /// At the end; answers its id.
    qint64 addPanel(Json panel);
    [[nodiscard]] static Json emptyPanel();
    void rename(const QString& title);
    void editPanel(qint64 id);
    /// Opens the editor for a new panel at the end; nothing is added if the editor is cancelled.
    void editNewPanel();
    /// Asks again, whether something changed or not.
    void refresh();
    [[nodiscard]] bool isSettled() const;
    [[nodiscard]] std::size_t panelCount() const { return m_slots.size(); }
    /// Null if there is no such panel, or it stands in a folded row; of a repeated panel the first.
    [[nodiscard]] PanelFrame* frame(qint64 id) const;
    /// What it shows; null before its first answer.
    [[nodiscard]] PanelContentPtr content(qint64 id) const;
    /// What went wrong in its panels: "title: message", one each.
    [[nodiscard]] QStringList problems() const;
    /// Height of all panels at the present width.
    [[nodiscard]] int contentHeight() const { return m_contentHeight; }
    [[nodiscard]] QWidget* canvas() const { return m_canvas; }
    /// For pictures: panels out of sight query too.
    void setQueriesAll(bool all) { m_queriesAll = all; }

Q_SIGNALS:
    void modifiedChanged();
    void settled();
    void viewedPanelChanged(qint64 id);
    void navigate(const QString& pageId, const QVariantMap& query);

protected:
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    /// A place with its widget and what it asked last.
    struct Slot {
        dashboard::Placed placed;
        PanelFrame* frame = nullptr;
        PanelContentPtr content;
        QString key; ///< what it asked for: nothing is asked twice
        std::stop_source stop;
        quint64 request = 0;
        bool loading = false;
    };

    void createMenu();
    void rebuild();
    /// Of the frame that is or holds a widget; 0 if none does.
    [[nodiscard]] qint64 panelAround(const QWidget* widget) const;
    /// After widgets were made anew: back to the row, or to the panel at the same place.
    void keepFocus(qint64 rowId, std::size_t slotIndex);
    /// With the variables' values in it.
    [[nodiscard]] QString titleOf(const dashboard::Placed& placed) const;
    void connectFrame(const std::shared_ptr<Slot>& slot);
    PanelEditor* openEditor(qint64 id); ///< null if there is no such panel
    [[nodiscard]] dashboard::PanelRequest requestFor(const dashboard::Placed& placed, int widthPx) const;
    void query(const std::shared_ptr<Slot>& slot);
    void beginRefresh();
    void take(Slot& slot, PanelContentPtr content);
    void showFiring(const Slot& slot) const;
    void layoutPanels();
    [[nodiscard]] QRect rectOf(const dashboard::GridPos& grid) const;
    void queryVisible();
    void updateVariables(const std::string& changed);
    void variableChosen(const std::string& name, std::vector<std::string> values, std::vector<std::string> texts);
    /// What an edit can change.
    struct Edit {
        std::string title;
        Json panels;
    };
    void commit(const QString& text, Json panels);
    void apply(const Edit& edit);
    void changePanel(qint64 id, const QString& text, const std::function<void(Json& panel)>& change);
    void moveByCells(qint64 id, QPoint move, QPoint grow);
    [[nodiscard]] int placedY(qint64 id) const; ///< grid row of the panel as it is shown
    [[nodiscard]] bool handleKey(const QKeyEvent& event);
    void drag(qint64 id, QPoint distance, bool resize, bool finished);
    void duplicatePanel(qint64 id);
    void removePanel(qint64 id);
    void inspect(qint64 id);
    void explore(qint64 id);
    [[nodiscard]] dashboard::GridPos draggedGrid(const dashboard::GridPos& from, QPoint distance, bool resize) const;

    friend class EditCommand;

    const PageServices m_services;
    std::shared_ptr<const dashboard::Document> m_document;
    std::shared_ptr<const std::vector<dashboard::Variable>> m_variables;
    VariableBar* m_variableBar;
    QScrollArea* m_scroll;
    QWidget* m_canvas;
    FiringSpans* m_firing;
    QMenu* m_menu; // for the panel m_selected
    std::vector<std::shared_ptr<Slot>> m_slots;
    std::vector<RowHeader*> m_rows;
    QUndoStack m_undo;
    QTimer* m_queryTimer;
    std::stop_source m_stop;
    qint64 m_viewed = 0;
    qint64 m_selected = 0;
    int m_contentHeight = 0;
    /// What all panels of one refresh have in common, whenever they come into sight: the same moment, and equal queries
    /// that run once.
    struct Refresh {
        quint64 id = 0; ///< part of what a panel's question is
        dashboard::TimeRangeMs range;
        qint64 nowMs = 0;
        std::shared_ptr<const datasource::Registry> sources;
    };
    Refresh m_refresh;
    quint64 m_variableRequest = 0;
    bool m_variablesReady = false;
    bool m_editing = false;
    bool m_queriesAll = false;
};

struct RenderedDashboard {
    QImage picture;
    QStringList problems; ///< as DashboardView::problems()
};

/// A picture of a whole dashboard, drawn by the same widgets: for `belvedere dashboard render`. Waits for its queries in a
/// local event loop, at most `timeoutMs`. The window's thread only.
[[nodiscard]] RenderedDashboard renderDashboard(const PageServices& services, dashboard::Document document, QSize size, int timeoutMs = 30'000);

}
