#pragma once

#include "core/base/json.h"

#include <functional>
#include <map>
#include <string>

namespace belvedere::tests {

/// Recorded cases of Grafana's own packages: tests/conformance/grafana/README.md says what they hold.
/// Reads `file` (.jsonl or .jsonl.gz) and hands every line to `use`.
void forEachRecorded(const std::string& file, const std::function<void(const Json& line)>& use);
/// A whole JSON file of that folder.
[[nodiscard]] Json recordedDocument(const std::string& file);

/// The double that a recorded value stands for: a number, or {"$num": …}; NaN otherwise.
[[nodiscard]] double recordedNumber(const Json& value);
[[nodiscard]] bool isUndefined(const Json& value);

/// Counts passes by group and prints the first failures; `check()` fails the test below the floor.
class Tally {
public:
    explicit Tally(std::string name)
        : m_name(std::move(name))
    {
    }
    ~Tally();
    Tally(const Tally&) = delete;
    Tally& operator=(const Tally&) = delete;

    void count(const std::string& group, bool passed, const std::function<std::string()>& story);
    /// Share of passed cases in percent.
    [[nodiscard]] double percent() const;

private:
    struct Group {
        int passed = 0;
        int all = 0;
    };
    std::string m_name;
    std::map<std::string, Group> m_groups;
    int m_told = 0;
};

}
