#include "recorded.h"
#include "tests/support/folders.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string_view>

namespace belvedere::tests {
namespace {

std::string contents(const std::string& file)
{
    const auto path = (test::sourceFolder() / "tests/conformance/grafana" / file).string();
    gzFile input = gzopen(path.c_str(), "rb"); // reads plain files too
    std::string text;
    if (!input) {
        ADD_FAILURE() << "cannot open " << path;
        return text;
    }
    char buffer[1 << 16];
    for (int length = 0; (length = gzread(input, buffer, sizeof buffer)) > 0;)
        text.append(buffer, static_cast<std::size_t>(length));
    gzclose(input);
    return text;
}

}

void forEachRecorded(const std::string& file, const std::function<void(const Json&)>& use)
{
    const auto text = contents(file);
    for (std::size_t at = 0; at < text.size();) {
        auto end = text.find('\n', at);
        if (end == std::string::npos)
            end = text.size();
        if (end > at) {
            const auto line = Json::parse(std::string_view(text).substr(at, end - at));
            ASSERT_TRUE(line) << file << ": " << line.error().message;
            use(*line);
        }
        at = end + 1;
    }
}

Json recordedDocument(const std::string& file)
{
    auto document = Json::parse(contents(file));
    EXPECT_TRUE(document) << file << ": " << document.error().message;
    return document.value_or(Json());
}

double recordedNumber(const Json& value)
{
    if (value.isNumber())
        return value.toDouble();
    const auto name = value["$num"].text();
    if (name == "Infinity")
        return std::numeric_limits<double>::infinity();
    if (name == "-Infinity")
        return -std::numeric_limits<double>::infinity();
    return name == "-0" ? -0.0 : std::numeric_limits<double>::quiet_NaN();
}

bool isUndefined(const Json& value)
{
    return value["$undef"].toBool();
}

Tally::~Tally()
{
    int passed = 0;
    int all = 0;
    for (const auto& [name, group] : m_groups) {
        passed += group.passed;
        all += group.all;
        if (group.passed < group.all)
            std::printf("    %s: %s %d of %d\n", m_name.c_str(), name.c_str(), group.passed, group.all);
    }
    std::printf("%s: %d of %d recorded cases (%.2f %%)\n", m_name.c_str(), passed, all, percent());
}

void Tally::count(const std::string& group, bool passed, const std::function<std::string()>& story)
{
    auto& entry = m_groups[group];
    ++entry.all;
    if (passed) {
        ++entry.passed;
        return;
    }
    const char* wanted = std::getenv("BELVEDERE_TOLD_FAILURES");
    if (m_told++ < (wanted ? std::atoi(wanted) : 3))
        std::printf("    %s %s: %s\n", m_name.c_str(), group.c_str(), story().c_str());
}

double Tally::percent() const
{
    int passed = 0;
    int all = 0;
    for (const auto& [name, group] : m_groups) {
        passed += group.passed;
        all += group.all;
    }
    return all == 0 ? 0 : 100.0 * passed / all;
}

}
