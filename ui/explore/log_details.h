#pragma once

#include "ui/explore/log_model.h"
#include "ui/explore/query_narrowing.h"

#include <QAbstractTableModel>
#include <QWidget>

#include <vector>

class QLabel;
class QPlainTextEdit;

namespace belvedere::ui {

class TableView;

/// Name and value of everything that is known of a line, where it came from, and two cells that narrow the query to it.
class LogDetailsModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { KeepColumn, DropColumn, NameColumn, ValueColumn, OriginColumn, ColumnCount };

    explicit LogDetailsModel(const Theme& theme, QObject* parent = nullptr);

    void setRow(const LogRow& row);
    void clear();
    /// What a click on a row's cell asks for.
    [[nodiscard]] LabelTest test(int row, bool exclude) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    struct Row {
        QString name;
        QString value;
        LabelOrigin origin = LabelOrigin::stream;
    };
    const Theme& m_theme;
    std::vector<Row> m_rows;
};

/// All of one line: its text, JSON laid out, and its labels. In the table `=` keeps only lines with that value, `≠` those
/// without; Enter is the first, Delete the second, Ctrl+C copies.
class LogDetails : public QWidget {
    Q_OBJECT

public:
    explicit LogDetails(const Theme& theme, QWidget* parent = nullptr);

    void setRow(const LogRow& row);
    void clear();

Q_SIGNALS:
    void narrowRequested(const belvedere::ui::LabelTest& test);

private:
    void openMenu(const QPoint& position);

    const Theme& m_theme;
    LogDetailsModel m_model;
    QLabel* m_title;
    QPlainTextEdit* m_text;
    TableView* m_table;
};

}
