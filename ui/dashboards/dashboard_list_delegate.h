#pragma once

#include <QStyledItemDelegate>

namespace belvedere::ui {

class Theme;

/// Draws a dashboard of the list: title and origin, below them what it is about, at the right its tags and the number of its
/// panels. `theme` must outlive it.
class DashboardListDelegate final : public QStyledItemDelegate {
    Q_OBJECT

public:
    /// Of an item; DisplayRole is the title.
    enum Role { PathRole = Qt::UserRole, OriginRole, DescriptionRole, TagsRole, PanelsRole };

    explicit DashboardListDelegate(const Theme& theme, QObject* parent = nullptr);

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    /// Draws right-aligned within `line` and returns what is left of it.
    [[nodiscard]] QRect paintTags(QPainter& painter, QRect line, const QStringList& tags) const;

    const Theme& m_theme;
};

}
