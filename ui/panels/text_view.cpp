#include "ui/panels/text_view.h"

#include "ui/text.h"
#include "ui/theme.h"

#include <QTextBrowser>
#include <QVBoxLayout>

namespace belvedere::ui {

namespace {

/// Shows no resource but the text itself: a document must not fetch anything.
class OfflineBrowser : public QTextBrowser {
public:
    using QTextBrowser::QTextBrowser;
    QVariant loadResource(int, const QUrl&) override { return {}; }
};

}

TextView::TextView(const Theme& theme, QWidget* parent)
    : PanelView(parent)
    , m_browser(new OfflineBrowser(this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(4, 0, 4, 4);
    layout->addWidget(m_browser);
    m_browser->setFrameShape(QFrame::NoFrame);
    m_browser->setOpenExternalLinks(true);
    m_browser->viewport()->setAutoFillBackground(false);
    m_browser->setFont(theme.font());
}

void TextView::show(const std::shared_ptr<const Json>& panel, const PanelContentPtr& content)
{
    const auto& options = (*panel)["options"];
    // Before schema 27 text and mode stood in the panel itself.
    const auto plain = options.has("content") ? options["content"].toString() : (*panel)["content"].toString();
    const auto& text = content && !content->data.text.empty() ? content->data.text : plain; // with its variables replaced
    const auto mode = options.has("mode") ? options["mode"].toString("markdown") : (*panel)["mode"].toString("markdown");
    if (mode + text == m_shown)
        return;
    m_shown = mode + text;
    if (mode == "html")
        m_browser->setHtml(toQString(text));
    else if (mode == "code" || mode == "text")
        m_browser->setPlainText(toQString(text));
    else
        m_browser->setMarkdown(toQString(text));
}

QString TextView::toText() const { return m_browser->toPlainText(); }

}
