#pragma once

#include "ui/explore/log_details.h"
#include "ui/explore/log_model.h"

#include <QListView>
#include <QStringList>
#include <QWidget>

#include <optional>

class QSplitter;

namespace belvedere::ui {

/// A virtual list of log lines. Only what is visible is laid out, so its length costs nothing.
class LogList : public QListView {
    Q_OBJECT

public:
    explicit LogList(QWidget* parent = nullptr);

    /// Texts that are marked in the lines: what the query looks for.
    void setHighlights(const QStringList& texts);
    [[nodiscard]] const QStringList& highlights() const { return m_highlights; }

Q_SIGNALS:
    void copyRequested();

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    QStringList m_highlights;
};

/// The list with the chosen line's details beneath.
class LogView : public QWidget {
    Q_OBJECT

public:
    explicit LogView(const Theme& theme, QWidget* parent = nullptr);

    [[nodiscard]] LogModel& model() { return m_model; }
    [[nodiscard]] LogList& list() { return *m_list; }
    /// Keeps the newest line in sight while new ones come, unless a person has scrolled away.
    void addNewer(std::vector<LogRow> rows);
    /// The chosen line stays chosen, and what is read stays where it is, as long as they are among the rows.
    void setRows(std::vector<LogRow> rows);
    void setDetailsVisible(bool visible);
    [[nodiscard]] bool areDetailsVisible() const;
    /// The selected lines with their times, or all: for the clipboard.
    [[nodiscard]] QString toText() const;

Q_SIGNALS:
    /// A label of the chosen line was chosen for the query.
    void narrowRequested(const belvedere::ui::LabelTest& test);

private:
    void updateDetails();
    /// Where a line stands now; -1 if it is not among the lines.
    [[nodiscard]] int find(const LogRow& row) const;

    const Theme& m_theme;
    LogModel m_model;
    LogList* m_list;
    QSplitter* m_splitter;
    LogDetails* m_details;
    std::optional<LogRow> m_detailed; ///< the line that the details show
};

}
