#include "core/tsdb/journal.h"

#include <gtest/gtest.h>

#include <vector>

using namespace belvedere;
using namespace belvedere::tsdb;

namespace {

class JournalTest : public testing::Test {
protected:
    JournalTest()
    {
        for (const auto* name : { "a", "b", "c" })
            series.push_back(index.intern(model::Labels { { "__name__", name } }));
    }

    void read(const JournalEncoder::Records& records)
    {
        if (!records.definitions.empty()) {
            ASSERT_TRUE(reader.record(JournalKind::definitions, records.definitions));
        }
        ASSERT_TRUE(reader.record(JournalKind::rows, records.rows));
    }

    SeriesIndex index;
    std::vector<Handle> series;
    Head head;
    JournalReader reader { index, head };
};

constexpr auto kGroup = model::GroupId(7);

}

// A commit that failed must not leave numbers or values behind that later records build upon.
TEST_F(JournalTest, recordsThatWereNotStoredAreForgotten)
{
    JournalEncoder encoder(index);
    encoder.beginRecord();
    encoder.addRow(kGroup, std::span(series).first(1), 1000, {}, std::vector { 5.0 });
    read(encoder.takeRecords());

    encoder.beginRecord();
    encoder.addRow(kGroup, std::span(series).first(2), 2000, {}, std::vector { 6.0, 60.0 });
    const std::vector<HandleSample> lost { { series[2], 2000, 1.0 } };
    encoder.addTimed(lost);
    (void)encoder.takeRecords();
    encoder.undoRecords();

    encoder.beginRecord();
    const std::vector<HandleSample> timed { { series[2], 3000, 8.0 }, { series[2], 3500, 9.0 } };
    encoder.addTimed(timed);
    encoder.addRow(kGroup, std::span(series).first(2), 3000, {}, std::vector { 6.0, 60.0 });
    read(encoder.takeRecords());

    const auto& group = *head.groups().at(0);
    EXPECT_EQ(group.members, std::vector(series.begin(), series.begin() + 2));
    EXPECT_EQ(group.chunks.size(), 1U) << "the rows before the second member came";
    ASSERT_EQ(group.rowCount, 1U);
    EXPECT_EQ(group.rows->times[0], 3000);
    EXPECT_EQ(group.rows->value(0, 0), 6.0);
    EXPECT_EQ(group.rows->value(0, 1), 60.0);
    EXPECT_EQ(head.timed().at(series[2]).values, (std::vector { 8.0, 9.0 }));
}

TEST_F(JournalTest, anotherProcessGoesOnWithTheNumbersOfTheFirst)
{
    {
        JournalEncoder encoder(index);
        encoder.beginRecord();
        encoder.addRow(kGroup, series, 1000, {}, std::vector { 1.0, 2.0, 3.0 });
        read(encoder.takeRecords());
    }
    JournalEncoder encoder(index, reader.names());
    encoder.beginRecord();
    encoder.addRow(kGroup, series, 2000, std::vector<std::uint32_t> { 0, 2 }, std::vector { 1.0, 4.0 });
    const auto records = encoder.takeRecords();
    EXPECT_TRUE(records.definitions.empty());
    read(records);
    const auto& group = *head.groups().at(0);
    EXPECT_TRUE(group.rows->has(1, 0));
    EXPECT_FALSE(group.rows->has(1, 1));
    EXPECT_EQ(group.rows->value(1, 2), 4.0);
}

TEST_F(JournalTest, damagedRecordsAreErrors)
{
    JournalEncoder encoder(index);
    encoder.beginRecord();
    encoder.addRow(kGroup, series, 1000, {}, std::vector { 1.0, 2.0, 3.0 });
    const auto records = encoder.takeRecords();
    for (std::size_t size = 1; size < records.definitions.size(); ++size) {
        Head other;
        JournalReader some(index, other);
        // A cut between two entries leaves whole ones; then the row does not fit.
        const bool whole = some.record(JournalKind::definitions, records.definitions.substr(0, size)).has_value();
        EXPECT_FALSE(whole && some.record(JournalKind::rows, records.rows)) << size;
    }
    ASSERT_TRUE(reader.record(JournalKind::definitions, records.definitions));
    for (std::size_t size = 1; size < records.rows.size(); ++size)
        EXPECT_FALSE(reader.record(JournalKind::rows, records.rows.substr(0, size))) << size;
    ASSERT_TRUE(reader.record(JournalKind::rows, records.rows));
    EXPECT_FALSE(reader.record(JournalKind::rows, records.rows)) << "a time that was there";
    EXPECT_FALSE(reader.record(JournalKind::packed, records.rows)) << "a row among packed records";
}
