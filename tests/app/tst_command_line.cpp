#include "app/command_line.h"

#include <gtest/gtest.h>

#include <limits>

namespace belvedere::app {
namespace {

Command example()
{
    return { .name = "query", .synopsis = "EXPR", .summary = "Asks.", .options = { { "at", "T", "when" }, { "follow", "", "on" } }, .minPositional = 1, .maxPositional = 2, .run = {} };
}

std::string faultOf(const std::vector<std::string>& words)
{
    const auto parsed = parseArguments(example(), words);
    return parsed ? "none" : parsed.error().message;
}

TEST(CommandLine, readsOptionsInBothSpellings)
{
    const auto parsed = parseArguments(example(), { "--at", "5", "--follow", "up" });
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->get("at"), "5");
    EXPECT_TRUE(parsed->has("follow"));
    EXPECT_EQ(parsed->positional(), std::vector<std::string> { "up" });
    EXPECT_EQ(parseArguments(example(), { "up", "--at=now-1h" })->get("at"), "now-1h");
}

TEST(CommandLine, expressionsMayBeginWithADash)
{
    EXPECT_EQ(parseArguments(example(), { "-1" })->positional().front(), "-1");
    EXPECT_EQ(parseArguments(example(), { "--", "-up" })->positional().front(), "-up");
    EXPECT_NE(faultOf({ "-up" }).find("put --"), std::string::npos);
}

TEST(CommandLine, namesWhatIsWrong)
{
    EXPECT_EQ(faultOf({ "up", "--nope" }), "unknown option '--nope'");
    EXPECT_EQ(faultOf({ "up", "--at" }), "option '--at' needs a value: T");
    EXPECT_EQ(faultOf({ "up", "--follow=yes" }), "option '--follow' takes no value");
    EXPECT_EQ(faultOf({}), "missing argument: belvedere query [options] EXPR");
    EXPECT_EQ(faultOf({ "a", "b", "c" }), "unexpected argument 'c'");
}

TEST(CommandLine, findsCommandsOfOneAndTwoWords)
{
    std::string ran;
    const auto command = [&](const std::string& name) {
        return Command { .name = name, .synopsis = {}, .summary = {}, .options = {}, .maxPositional = std::numeric_limits<std::size_t>::max(), .run = [&ran, name](const Arguments&) {
                            ran = name;
                            return ExitStatus::fine;
                        } };
    };
    const std::vector<Command> commands { command("serve"), command("import metrics"), command("import logs") };
    EXPECT_EQ(dispatch(commands, command("window"), { "import", "logs", "f" }), ExitStatus::fine);
    EXPECT_EQ(ran, "import logs");
    EXPECT_EQ(dispatch(commands, command("window"), {}), ExitStatus::fine);
    EXPECT_EQ(ran, "window");
    EXPECT_EQ(dispatch(commands, command("window"), { "import" }), ExitStatus::usage);
    EXPECT_EQ(dispatch(commands, command("window"), { "nonsense" }), ExitStatus::usage);
}

TEST(CommandLine, readsTimes)
{
    constexpr std::int64_t kNow = 1'748'779'200'000'000'000;
    EXPECT_EQ(parseTimeArgument("now", kNow), kNow);
    EXPECT_EQ(parseTimeArgument("now-1h", kNow), kNow - 3'600'000'000'000);
    EXPECT_EQ(parseTimeArgument("1748779200", 0), kNow);
    EXPECT_EQ(parseTimeArgument("2025-06-01T12:00:00Z", 0), kNow);
    EXPECT_FALSE(parseTimeArgument("yesterday", kNow));
}

}
}
