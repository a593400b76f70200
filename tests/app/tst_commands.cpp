#include "app/command_line.h"
#include "app/commands.h"

#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <sstream>

// The commands as a person runs them: what goes in, what comes out on which stream, and with which status.

namespace belvedere::app {
namespace {

struct Outcome {
    ExitStatus status;
    std::string out;
    std::string err;
};

/// Replaces a standard stream's buffer for as long as it lives.
class Redirected {
public:
    Redirected(std::ios& stream, std::streambuf* buffer)
        : m_stream(stream)
        , m_before(stream.rdbuf(buffer))
    {
    }
    ~Redirected()
    {
        m_stream.rdbuf(m_before);
        m_stream.clear();
    }
    Redirected(const Redirected&) = delete;
    Redirected& operator=(const Redirected&) = delete;

private:
    std::ios& m_stream;
    std::streambuf* m_before;
};

Outcome run(const std::vector<std::string>& words, const std::string& input = {})
{
    const std::vector<Command> commands { importMetricsCommand(), importLogsCommand(), queryCommand(), logsCommand(), dashboardCheckCommand(), dashboardConvertCommand(), rulesCheckCommand(), configCheckCommand() };
    std::istringstream in(input);
    std::ostringstream out, err;
    const Redirected cin(std::cin, in.rdbuf()), cout(std::cout, out.rdbuf()), cerr(std::cerr, err.rdbuf());
    const auto status = dispatch(commands, {}, words);
    return { status, out.str(), err.str() };
}

class Commands : public testing::Test {
protected:
    std::string file(const std::string& name, const std::string& content) const
    {
        const auto path = folder.path() / name;
        std::ofstream(path, std::ios::binary) << content;
        return path.string();
    }
    [[nodiscard]] std::string workspace() const { return (folder.path() / "w").string(); }

    test::TemporaryFolder folder;
};

std::string gzip(const std::string& text)
{
    std::string packed(compressBound(text.size()) + 32, '\0');
    z_stream stream {};
    EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    return packed;
}

const std::string kMetrics = "# TYPE a counter\na_total{x=\"1\"} 1 1748779200\na_total{x=\"1\"} 5 1748779260\n# EOF\n";
const std::string kRules = "groups:\n- name: g\n  rules:\n  - {record: a, expr: sum(up)}\n";

}

TEST_F(Commands, importMetricsFromFilesGzipAndStandardInput)
{
    const auto first = run({ "import", "metrics", "--workspace", workspace(), file("a.om", kMetrics), file("b.prom.gz", gzip("b 1 1748779200000\n")) });
    EXPECT_EQ(first.status, ExitStatus::fine);
    EXPECT_NE(first.err.find("a.om: 2 samples of 1 series read, 2 stored"), std::string::npos) << first.err;
    for (const auto& input : { std::string("c 7 1748779200000\n"), gzip("d 8 1748779200000\n") }) {
        const auto piped = run({ "import", "metrics", "--workspace", workspace(), "-" }, input);
        EXPECT_EQ(piped.status, ExitStatus::fine);
        EXPECT_EQ(piped.err, "(standard input): 1 sample of 1 series read, 1 stored\n");
    }
    EXPECT_EQ(run({ "query", "--workspace", workspace(), "--at", "1748779260", "--format", "csv", "sum({__name__=~\"a_total|b|c|d\"})" }).out, "time,value\n2025-06-01T12:01:00Z,21\n");
}

TEST_F(Commands, aFileThatCannotBeReadKeepsNoOtherFromBeingImported)
{
    const auto absent = (folder.path() / "absent").string();
    const auto metrics = run({ "import", "metrics", "--workspace", workspace(), absent, folder.path().string(), file("a.om", kMetrics) });
    EXPECT_EQ(metrics.status, ExitStatus::failed);
    EXPECT_NE(metrics.err.find("absent: cannot be read; check that it exists and is readable\n"), std::string::npos) << metrics.err;
    EXPECT_NE(metrics.err.find("a.om: 2 samples"), std::string::npos) << metrics.err;
    const auto logs = run({ "import", "logs", "--workspace", workspace(), absent, file("l.log", "2025-06-01T12:00:00Z a\n") });
    EXPECT_EQ(logs.status, ExitStatus::failed);
    EXPECT_NE(logs.err.find("absent: cannot be read; check that it exists and is readable\n"), std::string::npos) << logs.err;
    EXPECT_NE(logs.err.find("l.log: 1 line stored"), std::string::npos) << logs.err;
}

TEST_F(Commands, importLogsRawAndPushBodiesFromEverywhere)
{
    const std::string push = "\n{\"streams\":[{\"stream\":{\"job\":\"push\"},\"values\":[[\"1748779202000000000\",\"pushed\"]]}]}\n";
    EXPECT_EQ(run({ "import", "logs", "--workspace", workspace(), file("l.log", "2025-06-01T12:00:00Z one\n  more of it\n"), file("p.json", push.substr(1)) }).status, ExitStatus::fine);
    EXPECT_EQ(run({ "import", "logs", "--workspace", workspace(), "-" }, gzip("[2025-06-01 12:00:03] piped")).err, "(standard input): 1 line stored\n");
    const auto all = run({ "logs", "--workspace", workspace(), "{job=~\".+\"}", "--from", "2025-06-01T11:00:00Z", "--to", "2025-06-01T13:00:00Z" });
    EXPECT_EQ(all.status, ExitStatus::fine);
    EXPECT_EQ(std::ranges::count(all.out, '\n'), 4) << all.out;
    EXPECT_NE(all.out.find("2025-06-01T12:00:03Z  {job=\"import\"}  [2025-06-01 12:00:03] piped\n"), std::string::npos) << all.out;
    EXPECT_EQ(all.err, "");
    const auto limited = run({ "logs", "--workspace", workspace(), "{job=~\".+\"}", "--from", "2025-06-01T11:00:00Z", "--to", "2025-06-01T13:00:00Z", "--limit", "2" });
    EXPECT_EQ(std::ranges::count(limited.out, '\n'), 2) << limited.out;
    EXPECT_EQ(limited.err, "info: these are the newest 2 lines; there may be more: raise --limit or shorten the time\n");
}

TEST_F(Commands, aBrokenPushBodyNamesItsLine)
{
    const auto broken = run({ "import", "logs", "--workspace", workspace(), "-" }, "{\"streams\":[]}\n{\"streams\":[{\n");
    EXPECT_EQ(broken.status, ExitStatus::failed);
    EXPECT_NE(broken.err.find("(standard input): line 2: "), std::string::npos) << broken.err;
}

TEST_F(Commands, checksReadStandardInput)
{
    EXPECT_EQ(run({ "rules", "check", "-" }, kRules).err, "(standard input): 1 rule in 1 group\n");
    const auto rules = run({ "rules", "check", "-" }, "groups:\n- name: g\n  rules:\n  - {record: a, expr: 'sum('}\n");
    EXPECT_EQ(rules.status, ExitStatus::failed);
    EXPECT_TRUE(rules.out.starts_with("(standard input):4:")) << rules.out;
    EXPECT_EQ(run({ "config", "check", "-" }, "scrape_configs: []\n").err, "(standard input): a valid prometheus.yml, 0 remarks\n");
    const auto config = run({ "config", "check", "-" }, "scrape_configs: {}\n");
    EXPECT_EQ(config.status, ExitStatus::failed);
    EXPECT_TRUE(config.out.starts_with("(standard input):1:")) << config.out;
    EXPECT_EQ(run({ "dashboard", "check", "-" }, "{\"title\": \"T\", \"panels\": []}").err, "(standard input): \"T\", 0 panels\n");
    const auto dashboard = run({ "dashboard", "check", "-" }, "{\n\"title\": ");
    EXPECT_EQ(dashboard.status, ExitStatus::failed);
    EXPECT_TRUE(dashboard.out.starts_with("(standard input): ")) << dashboard.out;
    EXPECT_NE(dashboard.out.find("line 2"), std::string::npos) << dashboard.out;
    const std::string document = "{\n  \"title\": \"T\",\n  \"panels\": []\n}\n";
    EXPECT_EQ(run({ "dashboard", "convert", "-" }, document).out, document);
}

TEST_F(Commands, aServerThatIsNotThereIsTold)
{
    for (const auto& words : std::vector<std::vector<std::string>> { { "query", "up" }, { "logs", "{a=\"b\"}" }, { "logs", "{a=\"b\"}", "--follow" } }) {
        auto asked = words;
        asked.insert(asked.end(), { "--url", "http://127.0.0.1:1" });
        const auto outcome = run(asked);
        EXPECT_EQ(outcome.status, ExitStatus::failed);
        EXPECT_NE(outcome.err.find("is the server running"), std::string::npos) << outcome.err;
    }
}

TEST_F(Commands, wrongUsageIsTwoAndAbsentFilesAreOne)
{
    for (const auto& words : std::vector<std::vector<std::string>> { { "query" }, { "query", "a", "b" }, { "query", "up", "--format", "xml" }, { "query", "up", "--at", "1", "--from", "2" },
             { "query", "up", "--from", "now", "--step", "0" }, { "query", "up", "--at", "yesterday" }, { "logs", "{}", "--limit", "x" }, { "logs", "{}", "--follow" }, { "logs", "{}", "--from", "2", "--to", "1" },
             { "import" }, { "import", "metrics" }, { "rules", "check" }, { "dashboard", "convert", "x", "--to", "v9" }, { "config", "check", "--nope", "x" } }) {
        const auto outcome = run(words);
        EXPECT_EQ(outcome.status, ExitStatus::usage) << testing::PrintToString(words) << outcome.err;
        EXPECT_EQ(outcome.out, "");
        EXPECT_NE(outcome.err, "");
    }
    const auto absent = (folder.path() / "absent").string();
    for (const auto& words : std::vector<std::vector<std::string>> { { "query", "up", "--workspace", absent }, { "logs", "{a=\"b\"}", "--workspace", absent }, { "rules", "check", absent }, { "config", "check", absent },
             { "dashboard", "check", absent }, { "dashboard", "convert", absent } }) {
        const auto outcome = run(words);
        EXPECT_EQ(outcome.status, ExitStatus::failed) << testing::PrintToString(words);
        EXPECT_NE((outcome.out + outcome.err).find("absent"), std::string::npos) << outcome.err;
    }
    EXPECT_FALSE(std::filesystem::exists(absent)) << "asking makes no workspace";
}

}
