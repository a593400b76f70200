#pragma once

#include <QRect>
#include <QString>

class QPainter;

namespace belvedere::ui {

class Theme;

// What delegates of lists have in common. The painter's font and pen are those of the text that is painted.

/// The rounded ground of an entry that is chosen or under the mouse; nothing for others. Leaves the pen unset.
void paintItemGround(QPainter& painter, const Theme& theme, const QRect& rect, bool selected, bool hovered);
/// `text` at the right end of `line`; what is left of the line, with a gap between.
QRect paintAtRight(QPainter& painter, const QRect& line, const QString& text);
/// `text` from the left, elided where `line` ends.
void paintElided(QPainter& painter, const QRect& line, const QString& text, Qt::TextElideMode elide = Qt::ElideRight);

}
