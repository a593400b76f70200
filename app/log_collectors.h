#pragma once

#include "core/base/clock.h"
#include "core/base/logger.h"
#include "core/docker/follower.h"
#include "core/model/log_source.h"
#include "core/model/target_status.h"
#include "core/tail/follower.h"
#include "core/workspace/configuration.h"

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace belvedere::app {

/// Follows the logs of containers and files as a configuration wants it, and knows what there is to follow.
///
/// Threading: made, told what to follow and destroyed in one thread; what it knows is there for any, fileProblems() excepted.
class LogCollectors {
public:
    /// Both must outlive this.
    LogCollectors(const Clock& clock, Logger& logger);

    /// Each ends what was followed before. Lines go to `sink`, which must be there until stop().
    void followContainers(const workspace::DockerLogs& wanted, model::LogSink& sink);
    void followFiles(const std::vector<workspace::FileLogs>& wanted, model::LogSink& sink);
    /// Ends both. What they know, and the counters, stay.
    void stop();

    [[nodiscard]] std::shared_ptr<const std::vector<model::ContainerStatus>> containers() const;
    /// "" when connected, else why not and the remedy.
    [[nodiscard]] std::string dockerState() const;
    /// Files that cannot be read, and why. In the thread that made this.
    [[nodiscard]] std::vector<std::string> fileProblems() const;

    /// Over all that was followed since the start.
    [[nodiscard]] const docker::Counters& dockerCounters() const { return *m_dockerCounters; }
    [[nodiscard]] const tail::Counters& tailCounters() const { return *m_tailCounters; }

private:
    const Clock& m_clock;
    Logger& m_logger;
    const std::shared_ptr<docker::Counters> m_dockerCounters = std::make_shared<docker::Counters>();
    const std::shared_ptr<tail::Counters> m_tailCounters = std::make_shared<tail::Counters>();

    mutable std::mutex m_mutex;
    std::shared_ptr<const std::vector<model::ContainerStatus>> m_containers = std::make_shared<const std::vector<model::ContainerStatus>>(); // guarded by m_mutex
    std::string m_dockerState;                                                                                                                // guarded by m_mutex

    // Last, so that they end first: the containers' one tells of changes from its thread.
    std::unique_ptr<docker::Follower> m_docker;
    std::unique_ptr<tail::Follower> m_tail;
};

}
