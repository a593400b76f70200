#include "tests/conformance/promql/test_script.h"
#include "tests/support/folders.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

namespace belvedere::test {

namespace {

constexpr promql::Features kAllFeatures { .experimentalFunctions = true, .durationExpressions = true, .delayedNameRemoval = true };
/// Of the Prometheus project's own evaluations that need no native histograms, how many passed when this was last
/// changed. Fewer is a regression.
constexpr std::size_t kPublishedFloor = 478;

std::string contents(const std::filesystem::path& path)
{
    std::ifstream file(path, std::ios::binary);
    return { std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>() };
}

std::vector<std::filesystem::path> scriptsIn(const std::filesystem::path& folder)
{
    std::vector<std::filesystem::path> paths;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        if (entry.path().extension() == ".test")
            paths.push_back(entry.path());
    }
    std::ranges::sort(paths);
    return paths;
}

std::filesystem::path publishedFolder()
{
    return test::sharedFolder() / "conformance" / "promql" / "testdata";
}

class OwnScript : public testing::TestWithParam<std::filesystem::path> { };

TEST_P(OwnScript, gives_what_it_says)
{
    TaskPool pool(2);
    // Scripts whose name says so are about names that are removed late.
    promql::Features features = kAllFeatures;
    features.delayedNameRemoval = GetParam().stem().string().starts_with("delayed");

    const auto outcome = runScript(contents(GetParam()), pool, features);

    EXPECT_GT(outcome.passed, 0U);
    for (const auto& failure : outcome.failures)
        ADD_FAILURE() << GetParam().filename().string() << ":" << failure.line << ": " << failure.expression << "\n    " << failure.reason;
}

INSTANTIATE_TEST_SUITE_P(Files, OwnScript, testing::ValuesIn(scriptsIn(test::sourceFolder() / "tests" / "conformance" / "promql")),
    [](const auto& script) { return script.param.stem().string(); });

TEST(PublishedScripts, pass_as_many_as_before)
{
    const auto scripts = scriptsIn(publishedFolder());
    if (scripts.empty())
        GTEST_SKIP() << "no scripts at " << publishedFolder().string() << ": skipped";
    TaskPool pool(2);
    std::size_t passed = 0;
    std::size_t total = 0;
    for (const auto& script : scripts) {
        const auto outcome = runScript(contents(script), pool, kAllFeatures);
        passed += outcome.passed;
        total += outcome.passed + outcome.failures.size();
        std::cout << script.filename().string() << ": " << outcome.passed << " of " << outcome.passed + outcome.failures.size() << '\n';
        for (const auto& failure : outcome.failures)
            std::cout << "  " << failure.line << ": " << failure.expression << "\n      " << failure.reason << '\n';
    }
    std::cout << passed << " of " << total << " evaluations passed\n";
    EXPECT_GE(passed, kPublishedFloor);
}

}

}
