#pragma once

#include "ui/explore/log_model.h"

#include <QAbstractTableModel>
#include <QListView>
#include <QStringList>
#include <QWidget>

class QLabel;
class QPlainTextEdit;
class QSplitter;

namespace belvedere::ui {

class TableView;

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

/// Name and value of everything that is known of a line, and where it came from.
class LogDetailsModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { NameColumn, ValueColumn, OriginColumn, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    void setRow(const LogRow& row);
    void clear();
    [[nodiscard]] QString name(int row) const { return m_rows[static_cast<std::size_t>(row)].name; }
    [[nodiscard]] QString value(int row) const { return m_rows[static_cast<std::size_t>(row)].value; }
    [[nodiscard]] bool isStreamLabel(int row) const { return m_rows[static_cast<std::size_t>(row)].fromStream; }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    struct Row {
        QString name;
        QString value;
        QString origin;
        bool fromStream = false;
    };
    std::vector<Row> m_rows;
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
    void setRows(std::vector<LogRow> rows);
    void setDetailsVisible(bool visible);
    [[nodiscard]] bool areDetailsVisible() const;
    /// The selected lines with their times, or all: for the clipboard.
    [[nodiscard]] QString toText() const;

Q_SIGNALS:
    /// A label of the chosen line was activated: narrow the query to it.
    void labelChosen(const QString& name, const QString& value, bool ofStream);

private:
    void updateDetails();

    const Theme& m_theme;
    LogModel m_model;
    LogDetailsModel m_details;
    LogList* m_list;
    QSplitter* m_splitter;
    QWidget* m_detailBox;
    QLabel* m_detailTitle;
    QPlainTextEdit* m_lineText;
    TableView* m_detailTable;
};

}
