#include "core/ingest/md5.h"
#include "core/ingest/relabel.h"

#include <gtest/gtest.h>

#include <optional>

namespace belvedere::ingest {
namespace {

using model::Labels;

/// What the rules make of `labels`; nothing if they drop it.
std::optional<Labels> relabelled(const Labels& labels, const std::vector<RelabelConfig>& configs)
{
    const auto rules = Relabeler::compile(configs);
    EXPECT_TRUE(rules) << (rules ? "" : rules.error().message);
    model::LabelsBuilder builder(labels);
    if (!rules || !rules->apply(builder))
        return std::nullopt;
    return builder.build();
}

const Labels kABC { { "a", "foo" }, { "b", "bar" }, { "c", "baz" } };

TEST(RelabelReplace, writesGroupsOfTheWholeMatch)
{
    EXPECT_EQ(relabelled(kABC, { { .sourceLabels = { "a" }, .regex = "f(.*)", .targetLabel = "d", .replacement = "ch${1}-ch${1}" } }),
        (Labels { { "a", "foo" }, { "b", "bar" }, { "c", "baz" }, { "d", "choo-choo" } }));
}

TEST(RelabelReplace, joinsSourcesWithTheSeparator)
{
    EXPECT_EQ(relabelled(kABC, { { .sourceLabels = { "a", "b" }, .regex = "f(.*);(.*)r", .targetLabel = "a", .replacement = "b$1$2m" } }),
        (Labels { { "a", "boo" }, { "b", "bar" }, { "c", "baz" } })) << "$2m is the group named 2m, which is not there";
    EXPECT_EQ(relabelled(kABC, { { .sourceLabels = { "a", "b" }, .separator = "/", .targetLabel = "d" } })->get("d"), "foo/bar");
}

TEST(RelabelReplace, isAnchoredAndLeavesWhatDoesNotMatch)
{
    EXPECT_EQ(relabelled(kABC, { { .sourceLabels = { "a" }, .regex = "fo", .targetLabel = "a", .replacement = "x" } }), kABC);
}

TEST(RelabelReplace, emptyReplacementRemovesTheTarget)
{
    EXPECT_EQ(relabelled(kABC, { { .sourceLabels = { "a" }, .regex = "(f).*", .targetLabel = "$1", .replacement = "$2" } }), kABC);
    EXPECT_EQ(relabelled(kABC, { { .sourceLabels = { "a" }, .targetLabel = "b", .replacement = "" } }), (Labels { { "a", "foo" }, { "c", "baz" } }));
}

TEST(RelabelReplace, takesTheTargetFromGroupsToo)
{
    EXPECT_EQ(relabelled({ { "a", "some-name-value" } }, { { .sourceLabels = { "a" }, .regex = "some-([^-]+)-([^,]+)", .targetLabel = "${1}", .replacement = "${2}" } }),
        (Labels { { "a", "some-name-value" }, { "name", "value" } }));
}

TEST(RelabelReplace, knowsNamedGroupsAndDoubledDollars)
{
    EXPECT_EQ(relabelled(kABC, { { .sourceLabels = { "a" }, .regex = "(?P<rest>f.*)", .targetLabel = "d", .replacement = "$$1 is ${rest}, $ is $" } })->get("d"),
        "$1 is foo, $ is $");
}

TEST(RelabelReplace, dotMatchesANewline)
{
    EXPECT_EQ(relabelled({ { "a", "x\ny" } }, { { .sourceLabels = { "a" }, .targetLabel = "b" } })->get("b"), "x\ny");
}

TEST(RelabelReplace, setsALabelWithoutAnySource)
{
    EXPECT_EQ(relabelled(kABC, { { .targetLabel = "d", .replacement = "static" } })->get("d"), "static");
}

TEST(RelabelKeepDrop, decideOnTheWholeValue)
{
    EXPECT_TRUE(relabelled(kABC, { { .sourceLabels = { "a" }, .regex = "foo|x", .action = "keep" } }));
    EXPECT_FALSE(relabelled(kABC, { { .sourceLabels = { "a" }, .regex = "fo", .action = "keep" } }));
    EXPECT_FALSE(relabelled(kABC, { { .sourceLabels = { "a" }, .regex = ".*o.*", .action = "drop" } }));
    EXPECT_TRUE(relabelled(kABC, { { .sourceLabels = { "a" }, .regex = "f", .action = "Drop" } }));
}

TEST(RelabelKeepDrop, stopAtTheFirstDrop)
{
    EXPECT_FALSE(relabelled(kABC, { { .sourceLabels = { "a" }, .regex = "foo", .action = "drop" }, { .targetLabel = "d", .replacement = "x" } }));
}

TEST(RelabelEqual, comparesWithAnotherLabel)
{
    const Labels same { { "__tmp_port", "1234" }, { "port", "1234" } };
    const Labels other { { "__tmp_port", "1234" }, { "port", "5678" } };
    const RelabelConfig keep { .sourceLabels = { "__tmp_port" }, .targetLabel = "port", .action = "keepequal" };
    const RelabelConfig drop { .sourceLabels = { "__tmp_port" }, .targetLabel = "port", .action = "dropequal" };
    EXPECT_TRUE(relabelled(same, { keep }));
    EXPECT_FALSE(relabelled(other, { keep }));
    EXPECT_FALSE(relabelled(same, { drop }));
    EXPECT_TRUE(relabelled(other, { drop }));
}

TEST(RelabelHashMod, countsWithTheLastBytesOfMd5)
{
    EXPECT_EQ(md5Tail(""), 0xe9800998ecf8427eULL);
    EXPECT_EQ(md5Tail("message digest"), 0x525a2f31aaf161d0ULL);
    EXPECT_EQ(md5Tail("12345678901234567890123456789012345678901234567890123456789012345678901234567890"), 0xac49da2e2107b67aULL);
    EXPECT_EQ(relabelled(kABC, { { .sourceLabels = { "c" }, .separator = ";", .modulus = 1000, .targetLabel = "d", .action = "hashmod" } })->get("d"), "976");
    EXPECT_EQ(relabelled({ { "a", "foo\nbar" } }, { { .sourceLabels = { "a" }, .modulus = 1000, .targetLabel = "b", .action = "hashmod" } })->get("b"), "734");
}

TEST(RelabelLabelMap, renamesByTheReplacement)
{
    EXPECT_EQ(relabelled({ { "__meta_my_bar", "aaa" }, { "__meta_my_baz", "bbb" }, { "__meta_other", "ccc" } }, { { .regex = "__meta_(my.*)", .action = "labelmap" } }),
        (Labels { { "__meta_my_bar", "aaa" }, { "__meta_my_baz", "bbb" }, { "__meta_other", "ccc" }, { "my_bar", "aaa" }, { "my_baz", "bbb" } }));
    EXPECT_EQ(relabelled({ { "a", "foo" }, { "b1", "bar" }, { "b2", "baz" } }, { { .regex = "(b.*)", .replacement = "bar_${1}", .action = "labelmap" } }),
        (Labels { { "a", "foo" }, { "b1", "bar" }, { "b2", "baz" }, { "bar_b1", "bar" }, { "bar_b2", "baz" } }));
}

TEST(RelabelLabelDropKeep, selectByName)
{
    EXPECT_EQ(relabelled({ { "a", "foo" }, { "b1", "bar" }, { "b2", "baz" } }, { { .regex = "(b.*)", .action = "labeldrop" } }), (Labels { { "a", "foo" } }));
    EXPECT_EQ(relabelled({ { "a", "foo" }, { "b1", "bar" }, { "b2", "baz" } }, { { .regex = "(b.*)", .action = "labelkeep" } }), (Labels { { "b1", "bar" }, { "b2", "baz" } }));
}

TEST(RelabelCase, changesLetters)
{
    EXPECT_EQ(relabelled({ { "foo", "bAr123Foo" } },
                  { { .sourceLabels = { "foo" }, .targetLabel = "lower", .action = "lowercase" }, { .sourceLabels = { "foo" }, .targetLabel = "upper", .action = "uppercase" } }),
        (Labels { { "foo", "bAr123Foo" }, { "lower", "bar123foo" }, { "upper", "BAR123FOO" } }));
}

TEST(RelabelCompile, refusesWhatPrometheusRefuses)
{
    const struct {
        RelabelConfig config;
        const char* message;
    } cases[] {
        { { .action = "sort" }, "relabel rule 1: unknown relabel action 'sort'; there are replace" },
        { { .sourceLabels = { "a" }, .action = "replace" }, "relabel rule 1: replace needs a target_label" },
        { { .sourceLabels = { "a" }, .targetLabel = "b", .action = "hashmod" }, "relabel rule 1: hashmod needs a modulus other than 0" },
        { { .regex = "(", .targetLabel = "b" }, "relabel rule 1: regex '(' is not valid: missing )" },
        { { .sourceLabels = { "a" }, .regex = "b", .action = "labeldrop" }, "relabel rule 1: labeldrop takes only regex" },
        { { .sourceLabels = { "a" }, .regex = "b", .targetLabel = "c", .action = "keepequal" }, "relabel rule 1: keepequal takes only source_labels and target_label" },
        { { .sourceLabels = { "a" }, .targetLabel = "b", .replacement = "x", .action = "lowercase" }, "relabel rule 1: lowercase takes no replacement" },
    };
    for (const auto& [config, message] : cases) {
        const auto rules = Relabeler::compile(std::vector { config });
        ASSERT_FALSE(rules) << message;
        EXPECT_EQ(rules.error().code, ErrorCode::parse);
        EXPECT_EQ(rules.error().message.substr(0, std::string_view(message).size()), message);
    }
}

}
}
