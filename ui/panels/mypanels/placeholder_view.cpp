#include "ui/panels/placeholder_view.h"

#include "ui/text.h"

#include <QLabel>
#include <QVBoxLayout>

namespace belvedere::ui {

PlaceholderView::PlaceholderView(const Theme&, QWidget* parent)
    : PanelView(parent)
    , m_label(new QLabel(this))
{
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(m_label);
    m_label->setAlignment(Qt::AlignCenter);
    m_label->setWordWrap(true);
    m_label->setTextFormat(Qt::PlainText);
}

void PlaceholderView::show(const std::shared_ptr<const Json>& panel, const PanelContentPtr&)
{
    //: %1 is Grafana's name of a panel type, such as geomap
    m_label->setText(tr("This panel is of the type “%1”, which is not drawn here. Its settings are kept and saved unchanged.").arg(toQString((*panel)["type"].text())));
}

}
