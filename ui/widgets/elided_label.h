#pragma once

#include <QLabel>

namespace belvedere::ui {

/// One line of plain text that ends in "…" where it has no room; its tooltip then begins with the whole.
class ElidedLabel : public QLabel {
    Q_OBJECT

public:
    explicit ElidedLabel(QWidget* parent = nullptr);
    /// Whether a part of the text is not shown.
    [[nodiscard]] bool isElided() const;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;
};

}
