#pragma once

#include <QAction>
#include <QIcon>
#include <QJsonObject>
#include <QList>
#include <QString>
#include <QVariantMap>
#include <QWidget>

#include <functional>
#include <vector>

namespace belvedere::ui {

class Backend;
class RunningQueries;
class Theme;
class TimeContext;
class WindowSettings;

/// What every page is made with; everything in it outlives the pages.
struct PageServices {
    Backend& backend;
    Theme& theme;
    TimeContext& time;
    WindowSettings& settings;
    RunningQueries& queries;
};

/// Something the command palette offers: a page, a dashboard, a metric.
struct PaletteEntry {
    QString text;
    QString kind; ///< shown beside it: "Page", "Dashboard", "Metric"
    QIcon icon;
    std::function<void()> run;
    QString shortcut;
};

/// Ids of the pages that other pages lead to.
namespace page {
    inline const QString kOverview = QStringLiteral("overview");
    inline const QString kDashboards = QStringLiteral("dashboards");
    inline const QString kExplore = QStringLiteral("explore");
    inline const QString kAlerts = QStringLiteral("alerts");
    inline const QString kTargets = QStringLiteral("targets");
    inline const QString kContainers = QStringLiteral("containers");
}

/// Object names of the window's actions that pages offer as buttons.
namespace action {
    inline const QString kEditWorkspace = QStringLiteral("editWorkspace");
    inline const QString kAddShippedRules = QStringLiteral("addShippedRules");
    inline const QString kShowDemo = QStringLiteral("showDemo");
}

/// One entry of the side bar and what it shows. The window registers pages by id and knows nothing else of them.
///
/// Only the visible page may query: a page asks in showEvent(), and on TimeContext::queryNeeded() while it is visible.
class Page : public QWidget {
    Q_OBJECT

public:
    using QWidget::QWidget;

    [[nodiscard]] virtual QString id() const = 0;
    [[nodiscard]] virtual QString title() const = 0;
    [[nodiscard]] virtual QIcon icon() const = 0;
    /// The page's own actions, each with object name, shortcut and tooltip; the window puts them into the menus and the
    /// palette, and enables them while the page is visible.
    [[nodiscard]] virtual QList<QAction*> pageActions() const { return {}; }
    /// What a number beside the entry says: problems, firing alerts. 0: no badge.
    [[nodiscard]] virtual int badge() const { return 0; }

    /// What brings the page back as it was.
    [[nodiscard]] virtual QJsonObject stateForSession() const { return {}; }
    virtual void restoreState(const QJsonObject& state) { Q_UNUSED(state) }

    /// Shows what another page asked for, as navigate() gave it.
    virtual void showFor(const QVariantMap& query) { Q_UNUSED(query) }

    /// What the page adds to the palette for a text; called in the window's thread on every key, so it only looks up.
    [[nodiscard]] virtual std::vector<PaletteEntry> paletteEntries(const QString& text) const
    {
        Q_UNUSED(text)
        return {};
    }

    /// Where the keyboard is when the page has just been shown. Not a focus proxy: with that the Tab key would never leave
    /// the page again.
    [[nodiscard]] QWidget* firstFocus() { return m_firstFocus ? m_firstFocus : this; }

Q_SIGNALS:
    /// Wants another page shown. Explore: "language" (promql or logql), "expr", optionally "source" and "from", "to".
    /// Alerts: "rule", optionally "labels" as Labels::toString() writes them. Targets: "job". Containers: "name". Dashboards: "uid".
    void navigate(const QString& pageId, const QVariantMap& query);
    /// Wants one of the window's actions run; `name` is of namespace action.
    void actionWanted(const QString& name);
    /// The words after the title in the top bar; "" for none.
    void placeChanged(const QString& place);
    void badgeChanged();
    void paletteEntriesChanged();

protected:
    void setFirstFocus(QWidget* widget) { m_firstFocus = widget; }

private:
    QWidget* m_firstFocus = nullptr;
};

}
