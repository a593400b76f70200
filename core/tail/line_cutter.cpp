#include "core/tail/line_cutter.h"

#include <algorithm>

namespace belvedere::tail {

void LineCutter::hold(std::string_view part)
{
    const auto room = std::min(part.size(), m_longest - std::min(m_longest, m_held.size()));
    m_held += part.substr(0, room);
    m_heldBeyond += part.size() - room;
}

void LineCutter::endLine(std::string_view line, const Visitor& visitor)
{
    if (m_heldBeyond > 0) {
        ++m_cutLines;
        m_cutBytes += m_heldBeyond;
    } else if (line.ends_with('\r')) {
        line.remove_suffix(1);
    }
    visitor(line);
    m_held.clear();
    m_heldBeyond = 0;
}

void LineCutter::feed(std::string_view bytes, const Visitor& visitor)
{
    while (!bytes.empty()) {
        const auto end = bytes.find('\n');
        const auto part = bytes.substr(0, end);
        m_offset += part.size() + (end == std::string_view::npos ? 0 : 1);
        if (end == std::string_view::npos) {
            hold(part);
            return;
        }
        if (m_held.empty() && part.size() <= m_longest) {
            endLine(part, visitor);
        } else {
            hold(part);
            endLine(m_held, visitor);
        }
        m_lineStart = m_offset;
        bytes.remove_prefix(end + 1);
    }
}

void LineCutter::finish(const Visitor& visitor)
{
    if (m_lineStart == m_offset)
        return;
    endLine(m_held, visitor);
    m_lineStart = m_offset;
}

void LineCutter::restart(std::uint64_t offset)
{
    m_held.clear();
    m_heldBeyond = 0;
    m_lineStart = offset;
    m_offset = offset;
}

}
