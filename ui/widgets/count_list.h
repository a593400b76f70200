#pragma once

#include <QListWidget>
#include <QStyledItemDelegate>

namespace belvedere::ui {

class Theme;

/// Choices down the side of a page: a state's shape, a word, a count at the right.
class CountList : public QListWidget {
    Q_OBJECT

public:
    enum Role { KeyRole = Qt::UserRole + 16, CountRole };

    explicit CountList(const Theme& theme, QWidget* parent = nullptr);

    struct Item {
        QString key;
        QString text;
        QString count;
        int state = -1; ///< of State; -1: no shape
    };
    /// Replaces all items without a signal; `current` is the key that stays chosen.
    void setItems(const std::vector<Item>& items, const QString& current);
    [[nodiscard]] QString currentKey() const;

Q_SIGNALS:
    void keyChosen(const QString& key);
};

}
