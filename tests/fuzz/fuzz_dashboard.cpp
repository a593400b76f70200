// Any text as a dashboard of any age: it is kept to the byte until it is edited, and what is written then opens again.

#include "core/dashboard/document.h"

#include <cstdint>
#include <cstdlib>

using namespace belvedere::dashboard;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string text(reinterpret_cast<const char*>(data), size);
    auto document = Document::parse(text);
    if (!document)
        return 0;
    if (document->write() != text)
        std::abort();
    if (!Document::parse(document->writeClassic()))
        std::abort();

    document->setTitle("edited");
    const auto id = document->addPanel(belvedere::Json::object({ { "type", "stat" } }));
    if (!document->panel(id) || !document->setGrid(id, { .x = 0, .y = 1, .w = 6, .h = 4 }))
        std::abort();
    const auto panels = document->panels();
    for (const auto& panel : panels) {
        if (panel.type == "row")
            (void)document->setRowCollapsed(panel.id, !panel.collapsed);
    }
    const auto again = Document::parse(document->write());
    if (!again || again->title() != "edited")
        std::abort();
    return 0;
}
