#pragma once

#include "core/base/clock.h"
#include "core/base/logger.h"
#include "core/base/result.h"
#include "core/demo/stack.h"
#include "core/ingest/scrape_config.h"
#include "core/model/log_source.h"
#include "core/model/metric_source.h"
#include "core/model/target_status.h"

#include <QTimer>

#include <memory>
#include <mutex>
#include <vector>

namespace belvedere::app {

/// The pretend stack as a session has it: with a history in the stores, jobs to scrape it, and containers to show.
///
/// Threading: made, used and destroyed in one thread with an event loop; containers() from any.
class Demo {
public:
    /// Begins to live, once its history is written. Everything must outlive the demo.
    [[nodiscard]] static Result<std::unique_ptr<Demo>> start(model::MetricSink& metrics, model::LogSink& logs, const Clock& clock, Logger& logger);

    [[nodiscard]] std::vector<ingest::ScrapeJob> scrapeJobs() const;
    [[nodiscard]] std::shared_ptr<const std::vector<model::ContainerStatus>> containers() const;

private:
    explicit Demo(std::unique_ptr<demo::Stack> stack);
    void look();

    const std::unique_ptr<demo::Stack> m_stack;
    QTimer m_watch; ///< as often as Docker's events would tell
    mutable std::mutex m_mutex;
    std::shared_ptr<const std::vector<model::ContainerStatus>> m_containers; // guarded by m_mutex
};

}
