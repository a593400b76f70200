#pragma once

#include <QList>
#include <QString>
#include <QWidget>

namespace belvedere::ui {

class Theme;

/// Short facts side by side, each in a box of its own, wrapped over as many lines as they need: labels, ports. Ctrl+C and
/// the menu copy them all.
class LabelChips : public QWidget {
    Q_OBJECT

public:
    struct Chip {
        QString name; ///< "" for a value that needs none
        QString value;

        bool operator==(const Chip&) const = default;
    };

    LabelChips(const Theme& theme, const QString& accessibleName, QWidget* parent = nullptr);

    void setChips(const QList<Chip>& chips);
    [[nodiscard]] const QList<Chip>& chips() const { return m_chips; }
    /// name="value", one a line.
    [[nodiscard]] QString text() const;

    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] int heightForWidth(int width) const override;
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    bool event(QEvent* event) override;

private:
    [[nodiscard]] QList<QRect> layoutChips(int width) const;
    void copy() const;

    const Theme& m_theme;
    QString m_name;
    QList<Chip> m_chips;
};

}
