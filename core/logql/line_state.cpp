#include "core/logql/line_state.h"

#include <algorithm>

namespace belvedere::logql {

namespace {

const LineState::Cell* find(const std::vector<LineState::Cell>& cells, std::string_view name)
{
    for (const auto& cell : cells) {
        if (cell.name == name)
            return &cell;
    }
    return nullptr;
}

void erase(std::vector<LineState::Cell>& cells, std::string_view name)
{
    const auto found = std::ranges::find(cells, name, &LineState::Cell::name);
    if (found != cells.end())
        cells.erase(found);
}

std::vector<model::Label> sortedLabels(const std::vector<LineState::Cell>& cells)
{
    std::vector<model::Label> out;
    out.reserve(cells.size() + 2);
    for (const auto& cell : cells)
        out.push_back({ std::string(cell.name), std::string(cell.value) });
    std::ranges::sort(out, {}, &model::Label::name);
    return out;
}

}

void LineState::begin(const model::Labels& stream, std::int64_t time, std::string_view text, model::MetadataView metadata)
{
    m_stream = &stream;
    timeNs = time;
    line = text;
    testedFilters = 0;
    extracted = 0;
    preserveError = false;
    m_metadata.clear();
    m_parsed.clear();
    m_deleted.clear();
    m_error = {};
    m_errorDetails.clear();
    m_arena.reset();
    for (const auto& [name, value] : metadata) {
        const auto own = stream.has(name) ? m_arena.join(name, kDuplicateSuffix) : name;
        if (value.empty())
            m_deleted.push_back(own);
        else
            m_metadata.push_back({ own, value });
    }
}

std::optional<std::string_view> LineState::get(std::string_view name) const
{
    if (const auto* cell = find(m_parsed, name))
        return cell->value;
    if (const auto* cell = find(m_metadata, name))
        return cell->value;
    if (isDeleted(name))
        return std::nullopt;
    const auto& labels = m_stream->list();
    const auto found = std::ranges::lower_bound(labels, name, {}, [](const model::Label& label) { return std::string_view(label.name); });
    if (found == labels.end() || found->name != name)
        return std::nullopt;
    return std::string_view(found->value);
}

std::string_view LineState::valueOrEmpty(std::string_view name) const
{
    if (name == kErrorLabel)
        return m_error;
    return get(name).value_or(std::string_view());
}

bool LineState::isTaken(std::string_view name) const { return m_stream->has(name) || find(m_metadata, name); }
bool LineState::hasParsed(std::string_view name) const { return find(m_parsed, name) != nullptr; }
bool LineState::isDeleted(std::string_view name) const { return std::ranges::find(m_deleted, name) != m_deleted.end(); }

void LineState::setParsed(std::string_view name, std::string_view value)
{
    erase(m_metadata, name);
    for (auto& cell : m_parsed) {
        if (cell.name == name) {
            cell.value = value;
            return;
        }
    }
    m_parsed.push_back({ name, value });
}

void LineState::remove(std::string_view name)
{
    erase(m_metadata, name);
    erase(m_parsed, name);
    m_deleted.push_back(name);
}

void LineState::setError(std::string_view error, std::string_view details)
{
    m_error = error;
    if (!details.empty())
        m_errorDetails = details;
}

bool LineState::keepsStreamLabel(std::string_view name) const
{
    return !isDeleted(name) && !find(m_metadata, name) && !find(m_parsed, name);
}

bool LineState::keepsWholeStream() const
{
    const auto replaces = [&](const Cell& cell) { return m_stream->has(cell.name); };
    return std::ranges::none_of(m_deleted, [&](std::string_view name) { return m_stream->has(name); }) && std::ranges::none_of(m_parsed, replaces);
}

void LineState::appendAll(std::vector<Cell>& out) const
{
    const auto from = static_cast<std::ptrdiff_t>(out.size());
    for (const auto& label : *m_stream) {
        if (keepsStreamLabel(label.name))
            out.push_back({ label.name, label.value });
    }
    out.insert(out.end(), m_metadata.begin(), m_metadata.end());
    out.insert(out.end(), m_parsed.begin(), m_parsed.end());
    if (!m_error.empty())
        out.push_back({ kErrorLabel, m_error });
    if (!m_error.empty() && !m_errorDetails.empty())
        out.push_back({ kErrorDetailsLabel, m_errorDetails });
    std::sort(out.begin() + from, out.end(), [](const Cell& a, const Cell& b) { return a.name < b.name; });
}

std::vector<model::Label> LineState::parsedLabels() const
{
    auto out = m_parsed;
    if (!m_error.empty())
        out.push_back({ kErrorLabel, m_error });
    if (!m_error.empty() && !m_errorDetails.empty())
        out.push_back({ kErrorDetailsLabel, m_errorDetails });
    return sortedLabels(out);
}

std::vector<model::Label> LineState::metadataLabels() const { return sortedLabels(m_metadata); }

}
