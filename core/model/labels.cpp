#include "core/model/labels.h"

#include "core/base/text.h"

#include <algorithm>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace belvedere::model {

namespace {

auto lowerBound(const std::vector<Label>& labels, std::string_view name)
{
    return std::lower_bound(labels.begin(), labels.end(), name, [](const Label& label, std::string_view wanted) { return label.name < wanted; });
}

bool isNameStart(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool isDigit(char c) { return c >= '0' && c <= '9'; }

}

Labels::Labels(std::vector<Label> labels)
    : m_labels(std::move(labels))
{
    std::stable_sort(m_labels.begin(), m_labels.end(), [](const Label& a, const Label& b) { return a.name < b.name; });
    std::size_t kept = 0;
    for (std::size_t i = 0; i < m_labels.size(); ++i) {
        const bool lastOfName = i + 1 == m_labels.size() || m_labels[i + 1].name != m_labels[i].name;
        if (!lastOfName || m_labels[i].value.empty())
            continue;
        if (kept != i)
            m_labels[kept] = std::move(m_labels[i]);
        ++kept;
    }
    m_labels.resize(kept);
}

Labels::Labels(std::initializer_list<Label> labels)
    : Labels(std::vector<Label>(labels))
{
}

Labels Labels::fromSorted(std::vector<Label> labels)
{
    Labels out;
    out.m_labels = std::move(labels);
    return out;
}

std::string_view Labels::get(std::string_view name) const noexcept
{
    const auto at = lowerBound(m_labels, name);
    return at != m_labels.end() && at->name == name ? std::string_view(at->value) : std::string_view();
}

bool Labels::has(std::string_view name) const noexcept
{
    const auto at = lowerBound(m_labels, name);
    return at != m_labels.end() && at->name == name;
}

std::uint64_t Labels::hash() const noexcept
{
    // 0xFF occurs in no UTF-8 text, so it separates names and values without ambiguity.
    XXH3_state_t state;
    XXH3_64bits_reset(&state);
    constexpr unsigned char kSeparator = 0xFF;
    for (const auto& label : m_labels) {
        XXH3_64bits_update(&state, label.name.data(), label.name.size());
        XXH3_64bits_update(&state, &kSeparator, 1);
        XXH3_64bits_update(&state, label.value.data(), label.value.size());
        XXH3_64bits_update(&state, &kSeparator, 1);
    }
    return XXH3_64bits_digest(&state);
}

std::string Labels::toString() const
{
    std::string out;
    const auto name = metricName();
    const bool nameInFront = isPlainMetricName(name);
    if (nameInFront)
        out += name;
    std::string inside;
    for (const auto& label : m_labels) {
        if (label.name == kMetricName && nameInFront)
            continue;
        if (!inside.empty())
            inside += ", ";
        inside += isPlainLabelName(label.name) ? label.name : goQuoted(label.name);
        inside += '=';
        inside += goQuoted(label.value);
    }
    if (!inside.empty() || !nameInFront)
        out += "{" + inside + "}";
    return out;
}

LabelsBuilder& LabelsBuilder::set(std::string_view name, std::string_view value)
{
    if (value.empty())
        return remove(name);
    const auto at = lowerBound(m_labels, name);
    const auto index = at - m_labels.begin();
    if (at != m_labels.end() && at->name == name)
        m_labels[static_cast<std::size_t>(index)].value = value;
    else
        m_labels.insert(m_labels.begin() + index, Label { std::string(name), std::string(value) });
    return *this;
}

LabelsBuilder& LabelsBuilder::remove(std::string_view name)
{
    const auto at = lowerBound(m_labels, name);
    if (at != m_labels.end() && at->name == name)
        m_labels.erase(m_labels.begin() + (at - m_labels.begin()));
    return *this;
}

std::string_view LabelsBuilder::get(std::string_view name) const noexcept
{
    const auto at = lowerBound(m_labels, name);
    return at != m_labels.end() && at->name == name ? std::string_view(at->value) : std::string_view();
}

bool isPlainLabelName(std::string_view name) noexcept
{
    return !name.empty() && isNameStart(name.front()) && std::all_of(name.begin(), name.end(), [](char c) { return isNameStart(c) || isDigit(c); });
}

bool isPlainMetricName(std::string_view name) noexcept
{
    return !name.empty() && !isDigit(name.front())
        && std::all_of(name.begin(), name.end(), [](char c) { return isNameStart(c) || isDigit(c) || c == ':'; });
}

}
