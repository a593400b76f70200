#pragma once

#include <QStyledItemDelegate>
#include <QTableView>

class QLineEdit;

namespace belvedere::ui {

class Theme;

/// Roles that models and StateDelegate share.
enum TableRole {
    StateRole = Qt::UserRole + 1, ///< int of State: the delegate paints its shape before the text
    SortRole,                     ///< what the column sorts by, where it is not the shown text
    FilterRole,                   ///< all words of the row that a filter looks at
};

/// A list of things in rows: sortable, row selection, rows can be copied (Ctrl+C, tab-separated), Enter activates.
class TableView : public QTableView {
    Q_OBJECT

public:
    explicit TableView(const Theme& theme, QWidget* parent = nullptr);

    /// The selected rows, or all, with the header: what Ctrl+C puts on the clipboard.
    [[nodiscard]] QString toText(bool all) const;

protected:
    void showEvent(QShowEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    const Theme& m_theme;
    bool m_widened = false; ///< columns are at least as wide as their headers
};

/// Paints a state's shape in front of a cell's text.
class StateDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    explicit StateDelegate(const Theme& theme, QObject* parent = nullptr);

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    const Theme& m_theme;
};

/// A field for narrowing what a view shows: magnifier, clear button, Escape clears.
[[nodiscard]] QLineEdit* makeFilterEdit(const Theme& theme, const QString& placeholder, QWidget* parent);

}
