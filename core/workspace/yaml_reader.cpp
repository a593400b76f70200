#include "core/workspace/yaml_reader.h"

#include "core/base/format.h"
#include "core/base/text.h"

#include <charconv>

namespace belvedere::workspace {

YamlMap::YamlMap(YAML::Node node, std::string what, YamlDiagnostics& diagnostics)
    : m_node(std::move(node))
    , m_what(std::move(what))
    , m_diagnostics(diagnostics)
{
    if (m_node.IsNull() || m_node.IsMap())
        return;
    m_diagnostics.fault(m_node.Mark(), formatted("{} must be a mapping of names to values", m_what));
    m_node = YAML::Node();
}

YamlMap::~YamlMap()
{
    if (m_ignoreRest || !m_node.IsMap())
        return;
    for (const auto& entry : m_node) {
        if (entry.first.IsScalar() && !m_asked.contains(entry.first.Scalar()))
            m_diagnostics.unknownKey(entry.first.Mark(), formatted("{} has no key '{}'; it is ignored", m_what, entry.first.Scalar()));
    }
}

bool YamlMap::has(const char* key) const { return m_node.IsMap() && m_node[key].IsDefined(); }

YAML::Node YamlMap::find(const char* key)
{
    m_asked.insert(key);
    if (!m_node.IsMap())
        return YAML::Node(YAML::NodeType::Undefined);
    // Through a const reference, so that looking does not add the key.
    return static_cast<const YAML::Node&>(m_node)[key];
}

YAML::Node YamlMap::raw(const char* key) { return find(key); }

void YamlMap::mismatch(const char* key, const YAML::Node& node, std::string_view expected)
{
    m_diagnostics.fault(node.Mark(), formatted("'{}' of {} must be {}", key, m_what, expected));
}

void YamlMap::text(const char* key, std::string& value)
{
    const auto node = find(key);
    if (!node.IsDefined() || node.IsNull())
        return;
    if (node.IsScalar())
        value = node.Scalar();
    else
        mismatch(key, node, "a text");
}

void YamlMap::boolean(const char* key, bool& value)
{
    const auto node = find(key);
    if (!node.IsDefined() || node.IsNull())
        return;
    if (!node.IsScalar() || !YAML::convert<bool>::decode(node, value))
        mismatch(key, node, "true or false");
}

void YamlMap::durationMs(const char* key, std::int64_t& value)
{
    const auto node = find(key);
    if (!node.IsDefined() || node.IsNull())
        return;
    const auto duration = node.IsScalar() ? parseDurationMs(node.Scalar()) : failure(ErrorCode::parse, {});
    if (duration)
        value = *duration;
    else
        mismatch(key, node, "a duration like 15s, 5m or 1h30m");
}

void YamlMap::bytes(const char* key, std::uint64_t& value)
{
    const auto node = find(key);
    if (!node.IsDefined() || node.IsNull())
        return;
    const auto size = node.IsScalar() ? parseBytes(node.Scalar()) : failure(ErrorCode::parse, {});
    if (size && *size >= 0)
        value = static_cast<std::uint64_t>(*size);
    else
        mismatch(key, node, "a size like 512MB or 10GB");
}

void YamlMap::count(const char* key, std::uint64_t& value)
{
    const auto node = find(key);
    if (!node.IsDefined() || node.IsNull())
        return;
    std::uint64_t number = 0;
    const std::string text = node.IsScalar() ? node.Scalar() : std::string();
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (!text.empty() && error == std::errc() && end == text.data() + text.size())
        value = number;
    else
        mismatch(key, node, "a whole number that is not negative");
}

void YamlMap::texts(const char* key, std::vector<std::string>& value)
{
    const auto node = find(key);
    if (!node.IsDefined() || node.IsNull())
        return;
    std::vector<std::string> list;
    if (node.IsScalar()) {
        list.push_back(node.Scalar());
    } else if (node.IsSequence()) {
        for (const auto& item : node) {
            if (item.IsScalar())
                list.push_back(item.Scalar());
            else
                m_diagnostics.fault(item.Mark(), formatted("'{}' of {} must be a list of texts", key, m_what));
        }
    } else {
        return mismatch(key, node, "a list of texts");
    }
    value = std::move(list);
}

void YamlMap::textMap(const char* key, const std::function<void(const std::string&, const std::string&, YAML::Mark)>& take)
{
    const auto node = find(key);
    if (!node.IsDefined() || node.IsNull())
        return;
    if (!node.IsMap())
        return mismatch(key, node, "a mapping of names to texts");
    for (const auto& entry : node) {
        if (entry.first.IsScalar() && (entry.second.IsScalar() || entry.second.IsNull()))
            take(entry.first.Scalar(), entry.second.IsScalar() ? entry.second.Scalar() : std::string(), entry.first.Mark());
        else
            m_diagnostics.fault(entry.first.Mark(), formatted("'{}' of {} must be a mapping of names to texts", key, m_what));
    }
}

void YamlMap::map(const char* key, const std::function<void(YamlMap&)>& take)
{
    const auto node = find(key);
    if (!node.IsDefined() || node.IsNull())
        return;
    YamlMap inner(node, key, m_diagnostics);
    take(inner);
}

void YamlMap::list(const char* key, const std::function<void(const YAML::Node&, const std::string&)>& take)
{
    const auto node = find(key);
    if (!node.IsDefined() || node.IsNull())
        return;
    if (!node.IsSequence())
        return mismatch(key, node, "a list");
    std::size_t index = 0;
    for (const auto& item : node)
        take(item, formatted("{}[{}]", key, index++));
}

void YamlMap::maps(const char* key, const std::function<void(YamlMap&)>& take)
{
    list(key, [&](const YAML::Node& node, const std::string& what) {
        YamlMap inner(node, what, m_diagnostics);
        take(inner);
    });
}

void YamlMap::unsupported(const char* key, const std::string& consequence)
{
    const auto node = find(key);
    if (!node.IsDefined() || node.IsNull() || (node.IsSequence() && node.size() == 0))
        return;
    m_diagnostics.warn(node.Mark(), formatted("'{}' of {} has no effect in Belvedere: {}", key, m_what, consequence));
}

}
