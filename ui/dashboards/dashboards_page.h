#pragma once

#include "core/dashboard/document.h"
#include "ui/page.h"

#include <functional>
#include <vector>

class QLabel;
class QLineEdit;
class QListWidget;
class QStackedWidget;

namespace belvedere::ui {

class DashboardView;
class NoticeBar;

/// The list of dashboards, and the one that is open.
class DashboardsPage : public Page {
    Q_OBJECT

public:
    explicit DashboardsPage(const PageServices& services, QWidget* parent = nullptr);

    [[nodiscard]] QString id() const override { return page::kDashboards; }
    [[nodiscard]] QString title() const override { return tr("Dashboards"); }
    [[nodiscard]] QIcon icon() const override;
    [[nodiscard]] QList<QAction*> pageActions() const override;
    [[nodiscard]] QJsonObject stateForSession() const override;
    void restoreState(const QJsonObject& state) override;
    void showFor(const QVariantMap& query) override;
    [[nodiscard]] std::vector<PaletteEntry> paletteEntries(const QString& text) const override;

    /// Reads the file on the pool and shows it; an error stands above the list. Asks first if changes would be lost.
    void openFile(const QString& path);
    [[nodiscard]] DashboardView* view() const { return m_view; }

protected:
    void showEvent(QShowEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    struct Entry {
        QString path;
        QString title;
        QString uid;
        QString description;
        QStringList tags;
        int panels = 0;
        bool shipped = false;
    };
    using Entries = std::vector<Entry>;

    void createActions();
    [[nodiscard]] QWidget* createList();
    [[nodiscard]] QWidget* createView();
    void readFolders();
    void showEntries();
    void readFile(const QString& path);
    /// Now, or after the person saved or gave up the changes; not at all if they cancel.
    void whenSaved(const std::function<void()>& go);
    void rename();
    void askWhereToAdd(Json panel);
    void cancelAdding();
    /// The list or the dashboard, whichever is shown; takes the keyboard there if the page is in sight.
    void showPart(int index);
    void show(const QString& path, dashboard::Document document);
    void showList();
    void save(bool askWhere);
    void writeTo(const QString& path);
    void updateActions();
    void showReport();

    const PageServices m_services;
    QStackedWidget* m_stack;
    QLineEdit* m_words = nullptr;
    QListWidget* m_list = nullptr;
    QLabel* m_empty = nullptr;
    NoticeBar* m_listNotice = nullptr;
    NoticeBar* m_notice = nullptr;
    DashboardView* m_view = nullptr;
    Entries m_entries;
    QString m_path;
    Json m_newPanel; ///< null, or waits for the dashboard that gets it
    std::function<void()> m_afterSave;
    QString m_wantedUid; ///< asked for before the list was read
    int m_lastOpened = 0; ///< number of the newest openFile(); an older one that is read later shows nothing

    QAction* m_filterAction = nullptr;
    QAction* m_openAction = nullptr;
    QAction* m_newAction = nullptr;
    QAction* m_backAction = nullptr;
    QAction* m_editAction = nullptr;
    QAction* m_addAction = nullptr;
    QAction* m_renameAction = nullptr;
    QAction* m_saveAction = nullptr;
    QAction* m_saveAsAction = nullptr;
    QAction* m_undoAction = nullptr;
    QAction* m_redoAction = nullptr;
    QAction* m_reportAction = nullptr;
};

}
