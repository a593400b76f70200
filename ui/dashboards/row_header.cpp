#include "ui/dashboards/row_header.h"

#include "ui/theme.h"

namespace belvedere::ui {

RowHeader::RowHeader(const Theme& theme, qint64 id, const QString& title, bool collapsed, int hiddenPanels, QWidget* parent)
    : QToolButton(parent)
    , m_id(id)
{
    setObjectName(QStringLiteral("row%1").arg(id));
    setAutoRaise(true);
    setFont(theme.titleFont());
    setIcon(theme.icon(collapsed ? QStringLiteral("chevron-right") : QStringLiteral("chevron-down")));
    setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    const auto name = title.isEmpty() ? tr("Row") : title;
    //: a folded row of a dashboard and how many panels are in it
    setText(collapsed ? tr("%1 (%n panel(s))", nullptr, hiddenPanels).arg(name) : name);
    setToolTip(collapsed ? tr("Open the row") : tr("Fold the row"));
}

}
