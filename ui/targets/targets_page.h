#pragma once

#include "ui/page.h"
#include "ui/targets/targets_model.h"

#include <QTimer>

class QComboBox;
class QLabel;
class QLineEdit;
class QSplitter;

namespace belvedere::ui {

class CountList;
class NoticeBar;
class StateStack;
class TableView;

/// What is scraped: state, labels before and after relabelling, last scrape, duration, samples, error.
class TargetsPage : public Page {
    Q_OBJECT

public:
    explicit TargetsPage(const PageServices& services, QWidget* parent = nullptr);

    [[nodiscard]] QString id() const override { return page::kTargets; }
    [[nodiscard]] QString title() const override { return tr("Targets"); }
    [[nodiscard]] QIcon icon() const override;
    [[nodiscard]] QList<QAction*> pageActions() const override;
    [[nodiscard]] int badge() const override { return m_down; }
    [[nodiscard]] QJsonObject stateForSession() const override;
    void restoreState(const QJsonObject& state) override;
    void showFor(const QVariantMap& query) override;
    [[nodiscard]] std::vector<PaletteEntry> paletteEntries(const QString& text) const override;

protected:
    void showEvent(QShowEvent* event) override;

private:
    void createActions();
    [[nodiscard]] QWidget* createTable();
    [[nodiscard]] QWidget* createDetails();
    void update();
    void updateJobs();
    void updateDetails();
    void selectJob(const QString& job);
    [[nodiscard]] int selectedRow() const; ///< in the model; -1: none

    PageServices m_services;
    TargetsModel m_model;
    TargetsFilter m_filter;
    LabelsModel m_labels;
    CountList* m_jobs = nullptr;
    QLineEdit* m_words = nullptr;
    QComboBox* m_kind = nullptr;
    QLabel* m_count = nullptr;
    TableView* m_table = nullptr;
    StateStack* m_stack = nullptr;
    QSplitter* m_splitter = nullptr;
    QLabel* m_detailTitle = nullptr;
    QLabel* m_detailFacts = nullptr;
    NoticeBar* m_detailError = nullptr;
    TableView* m_labelTable = nullptr;
    QAction* m_exploreAction = nullptr;
    QAction* m_copyUrlAction = nullptr;
    QAction* m_filterAction = nullptr;
    QTimer m_clock; // "12 s ago" grows
    int m_down = 0;
};

}
