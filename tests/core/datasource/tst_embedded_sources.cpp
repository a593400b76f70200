#include "core/datasource/embedded_sources.h"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <mutex>

using namespace belvedere;
using namespace belvedere::datasource;

namespace {

/// A log store that holds nothing and lets a test play the writer.
class ManualLogSource final : public model::LogSource {
public:
    [[nodiscard]] Result<std::unique_ptr<model::LogSelection>> select(const model::LogRequest&, std::stop_token) const override { return failure(ErrorCode::notFound, "empty"); }
    [[nodiscard]] Result<std::vector<std::string>> labelNames(std::span<const model::Matchers> sets, std::int64_t, std::int64_t) const override { return std::vector<std::string> { std::to_string(sets.size()) }; }
    [[nodiscard]] Result<std::vector<std::string>> labelValues(const std::string& name, std::span<const model::Matchers>, std::int64_t, std::int64_t) const override { return std::vector { name }; }
    [[nodiscard]] Result<std::vector<model::LabelsRef>> series(std::span<const model::Matchers>, std::int64_t, std::int64_t) const override { return std::vector<model::LabelsRef>(); }
    [[nodiscard]] Result<model::LogVolume> volume(const model::Matchers&, std::int64_t, std::int64_t) const override { return model::LogVolume(); }
    [[nodiscard]] std::shared_ptr<void> listen(Listener listener) override
    {
        m_listener = std::move(listener);
        return { this, [](void* self) { static_cast<ManualLogSource*>(self)->m_listener = {}; } };
    }

    void push(const model::LabelsRef& stream, const std::vector<model::LogEntry>& entries) const { m_listener(stream, entries); }
    [[nodiscard]] bool listenedTo() const { return static_cast<bool>(m_listener); }

private:
    Listener m_listener;
};

}

TEST(EmbeddedLogs, tailRunsTheWholePipelineOverCommittedLines)
{
    ManualLogSource store;
    TaskPool pool(1);
    const logql::Engine engine(store, pool, {});
    const auto source = makeEmbeddedLogs({ .uid = "logs", .name = "Logs" }, engine, store, pool);
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::string> lines;

    auto handle = source->tail(R"({app="api"} |= "error" | logfmt | code >= 500)", [&](const model::LabelsRef& labels, const model::LogLine& line) {
        const std::scoped_lock lock(mutex);
        lines.push_back(std::string(labels->get("app")) + ": " + line.line);
        changed.notify_one();
    });
    ASSERT_TRUE(handle) << handle.error().message;
    const auto api = model::makeLabels({ { "app", "api" } });
    store.push(api, { { 3, "error code=500 b", {} }, { 2, "error code=503 a", {} }, { 4, "error code=404", {} } });
    store.push(model::makeLabels({ { "app", "web" } }), { { 5, "error code=500 other", {} } });
    store.push(api, { { 6, "fine code=500", {} }, { 7, "error code=599 last", {} } });
    {
        std::unique_lock lock(mutex);
        ASSERT_TRUE(changed.wait_for(lock, std::chrono::seconds(20), [&] { return lines.size() >= 3; }));
    }
    handle->reset();

    EXPECT_EQ(lines, (std::vector<std::string> { "api: error code=503 a", "api: error code=500 b", "api: error code=599 last" }));
    EXPECT_FALSE(store.listenedTo()) << "the handle's end is the tail's end";
}

TEST(EmbeddedLogs, refusesATailOfAMetricQueryAndBrokenSelectors)
{
    ManualLogSource store;
    TaskPool pool(1);
    const logql::Engine engine(store, pool, {});
    const auto source = makeEmbeddedLogs({}, engine, store, pool);

    EXPECT_EQ(source->tail("rate({a=\"b\"}[1m])", {}).error().code, ErrorCode::invalidArgument);
    EXPECT_EQ(source->tail("{a=", {}).error().code, ErrorCode::parse);
    EXPECT_EQ(source->check("{a=").error().code, ErrorCode::parse);
    EXPECT_FALSE(source->labelNames({ "{a=\"b\"}", "{a" }, 0, 1, {}));
    EXPECT_EQ(*source->labelNames({ "{a=\"b\"}", "{c=~\"d+\"}" }, 0, 1, {}), std::vector<std::string> { "2" });
}
