#include "core/model/labels.h"

#include <gtest/gtest.h>

using namespace belvedere::model;

TEST(Labels, sortsAndLeavesOutEmptyValues)
{
    const Labels labels { { "job", "a" }, { "__name__", "up" }, { "zone", "" }, { "job", "b" } };
    EXPECT_EQ(labels.size(), 2U);
    EXPECT_EQ(labels.get("job"), "b");
    EXPECT_EQ(labels.get("zone"), "");
    EXPECT_EQ(labels.toString(), R"(up{job="b"})");
}

TEST(Labels, quotesWhatIsNotAnIdentifier)
{
    EXPECT_EQ((Labels { { "__name__", "http.requests" }, { "k8s.pod", "a\"b" } }).toString(), R"({__name__="http.requests", "k8s.pod"="a\"b"})");
    EXPECT_EQ(Labels().toString(), "{}");
}

TEST(Labels, hashSeparatesNamesFromValues)
{
    EXPECT_NE((Labels { { "a", "bc" } }).hash(), (Labels { { "ab", "c" } }).hash());
    EXPECT_EQ((Labels { { "a", "b" }, { "c", "d" } }).hash(), (Labels { { "c", "d" }, { "a", "b" } }).hash());
}

TEST(LabelsBuilder, settingEmptyRemoves)
{
    LabelsBuilder builder(Labels { { "a", "1" }, { "b", "2" } });
    builder.set("a", "").set("c", "3").set("b", "4");
    EXPECT_EQ(builder.build(), (Labels { { "b", "4" }, { "c", "3" } }));
}
