#pragma once

#include "core/base/format.h"
#include "core/base/result.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace belvedere::workspace {

/// Where faults and warnings about one file are collected. Only the readers of this folder include this header.
class YamlDiagnostics {
public:
    explicit YamlDiagnostics(std::string file)
        : m_file(std::move(file))
    {
    }

    void fault(const YAML::Mark& mark, const std::string& message) { m_faults.push_back(at(mark) + message); }
    void warn(const YAML::Mark& mark, const std::string& message) { m_warnings.push_back(at(mark) + message); }

    void unknownKey(const YAML::Mark& mark, const std::string& message) { m_unknownKeys.push_back(at(mark) + message); }

    /// Adds what was found in another file that this one refers to.
    void add(YamlDiagnostics other)
    {
        std::ranges::move(other.m_faults, std::back_inserter(m_faults));
        std::ranges::move(other.m_warnings, std::back_inserter(m_warnings));
        std::ranges::move(other.m_unknownKeys, std::back_inserter(m_unknownKeys));
    }

    [[nodiscard]] std::vector<std::string> takeUnknownKeys() { return std::move(m_unknownKeys); }
    [[nodiscard]] std::vector<std::string> takeFaults() { return std::move(m_faults); }
    [[nodiscard]] std::vector<std::string> takeWarnings() { return std::move(m_warnings); }
    [[nodiscard]] bool failed() const noexcept { return !m_faults.empty(); }

private:
    std::string at(const YAML::Mark& mark) const
    {
        return mark.is_null() ? m_file + ": " : formatted("{}:{}:{}: ", m_file, mark.line + 1, mark.column + 1);
    }

    std::string m_file;
    std::vector<std::string> m_faults;
    std::vector<std::string> m_warnings;
    std::vector<std::string> m_unknownKeys;
};

/// Reads the keys of a mapping one by one; what nobody asked for is a warning when the reader ends.
class YamlMap {
public:
    /// `what` names the mapping in messages: "global", "scrape_configs[2]". A null node is an empty mapping.
    YamlMap(YAML::Node node, std::string what, YamlDiagnostics& diagnostics);
    ~YamlMap();
    YamlMap(const YamlMap&) = delete;
    YamlMap& operator=(const YamlMap&) = delete;

    [[nodiscard]] YAML::Mark mark() const { return m_node.Mark(); }
    [[nodiscard]] const std::string& what() const noexcept { return m_what; }
    [[nodiscard]] bool has(const char* key) const;

    /// Each leaves `value` alone where the key is absent, and reports a value that does not fit.
    void text(const char* key, std::string& value);
    void boolean(const char* key, bool& value);
    void durationMs(const char* key, std::int64_t& value);
    void bytes(const char* key, std::uint64_t& value);
    void count(const char* key, std::uint64_t& value);
    void texts(const char* key, std::vector<std::string>& value); ///< a list, or a single text
    void textMap(const char* key, const std::function<void(const std::string& name, const std::string& value, YAML::Mark mark)>& take);
    void map(const char* key, const std::function<void(YamlMap&)>& take);
    void list(const char* key, const std::function<void(const YAML::Node&, const std::string& what)>& take);
    void maps(const char* key, const std::function<void(YamlMap&)>& take);
    /// The raw value; invalid where the key is absent.
    [[nodiscard]] YAML::Node raw(const char* key);

    /// Known, but without effect: a warning that says so.
    void unsupported(const char* key, const std::string& consequence);
    /// Known and deliberately ignored, because nothing changes by it.
    void ignore(const char* key) { m_asked.insert(key); }
    void ignoreRest() { m_ignoreRest = true; }

private:
    [[nodiscard]] YAML::Node find(const char* key);
    void mismatch(const char* key, const YAML::Node& node, std::string_view expected);

    YAML::Node m_node;
    std::string m_what;
    YamlDiagnostics& m_diagnostics;
    std::set<std::string> m_asked;
    bool m_ignoreRest = false;
};

}
