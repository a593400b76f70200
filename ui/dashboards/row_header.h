#pragma once

#include <QToolButton>

namespace belvedere::ui {

class Theme;

/// The line above the panels of a row; a click folds or opens it.
class RowHeader : public QToolButton {
    Q_OBJECT

public:
    RowHeader(const Theme& theme, qint64 id, const QString& title, bool collapsed, int hiddenPanels, QWidget* parent);

    [[nodiscard]] qint64 id() const { return m_id; }

private:
    qint64 m_id;
};

}
