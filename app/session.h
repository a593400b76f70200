#pragma once

#include "core/base/clock.h"
#include "core/base/logger.h"
#include "core/base/result.h"
#include "core/base/task_pool.h"
#include "core/datasource/data_source.h"
#include "core/model/rule_status.h"
#include "core/model/target_status.h"
#include "core/promql/engine.h"
#include "core/workspace/configuration.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace belvedere::tsdb {
class Store;
}
namespace belvedere::logs {
class Store;
}

namespace belvedere::workspace {
class StateDatabase;
}
namespace belvedere::app {

struct SessionOptions {
    std::filesystem::path folder;                     ///< of the workspace; made when it does not exist
    std::optional<std::filesystem::path> configFile;  ///< in place of the folder's workspace.yml
    std::optional<workspace::Listen> listen;          ///< in place of what the configuration says; its token stays
    promql::Features features;
    bool demo = false; ///< watches the pretend stack, and nothing else of this machine
    /// Starts without what has faults, and tells of it in configurationProblems(): for the window, where a person can see
    /// and mend it. Without it such a start fails.
    bool openWithFaults = false;

    /// The workspace.yml or prometheus.yml that is read.
    [[nodiscard]] std::filesystem::path configurationFile() const { return configFile.value_or(folder / "workspace.yml"); }
};

/// Everything that runs, put together: stores, engines, collectors, rules and the API, for the window and for
/// `belvedere serve` alike.
///
/// Start, in this order: folder and configuration; stores (their locks tell when the workspace is open elsewhere); query
/// pool and engines; the API, so that a port that is taken ends the start before anything is collected; collectors.
/// Shutdown is the reverse: collectors stop first, so that nothing is lost between socket and store; then the API, which
/// lets running requests finish; then rules and pool; the stores last, committing what is queued.
///
/// Threading: open, reload and destroy in one thread with an event loop, the application's; the values from any.
class Session {
public:
    /// Counters since the start, and sizes.
    struct Stats {
        std::uint64_t samples = 0;
        std::uint64_t lines = 0;
        std::uint64_t series = 0;
        std::uint64_t metricBytes = 0;
        std::uint64_t logBytes = 0;
        std::uint64_t diskFreeBytes = 0;
        std::uint64_t droppedSamples = 0;
        std::uint64_t droppedLines = 0;
    };

    /// `logger` must outlive the session. Fails with what keeps it from starting, naming place and remedy.
    [[nodiscard]] static Result<std::unique_ptr<Session>> open(SessionOptions options, Logger& logger);
    ~Session();

    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// "http://127.0.0.1:9797"
    [[nodiscard]] std::string url() const;

    /// Reads the configuration again and takes over what changed. When it has faults, they are reported and everything
    /// goes on as before.
    Result<void> reload();

    [[nodiscard]] const SessionOptions& options() const noexcept;
    [[nodiscard]] tsdb::Store& metrics();
    [[nodiscard]] logs::Store& logs();
    [[nodiscard]] TaskPool& queryPool();
    /// Query history, alert states: what outlives a start. Whoever works on the pool holds it as long as that takes.
    [[nodiscard]] std::shared_ptr<workspace::StateDatabase> state() const;
    [[nodiscard]] std::shared_ptr<const datasource::Registry> dataSources() const;
    [[nodiscard]] std::shared_ptr<const model::TargetList> targets() const;
    [[nodiscard]] std::shared_ptr<const std::vector<model::ContainerStatus>> containers() const;
    [[nodiscard]] std::shared_ptr<const std::vector<model::RuleGroupStatus>> rules() const;
    /// Called on a pool thread when an alert began to fire or ended; set it before anything can fire, right after open().
    void onAlertChanged(std::function<void(const model::AlertStatus&)> listener);
    /// The newest alerts that began to fire or ended, newest first. Waits for the state database; not for the window's thread.
    [[nodiscard]] Result<std::vector<model::AlertChange>> alertChanges(int limit) const;
    /// Grows with each of them.
    [[nodiscard]] std::uint64_t alertChangeCount() const;
    /// What of the configuration and the rule files is not in use, or has no effect, and where: "file:line:column: what; remedy".
    [[nodiscard]] std::vector<std::string> configurationProblems() const;
    /// Log files that cannot be read, and why. In the thread that opened the session.
    [[nodiscard]] std::vector<std::string> fileProblems() const;
    /// A folder of which every *.yml is read as rules; nothing if the configuration has none. In the thread that opened the session.
    [[nodiscard]] std::optional<std::filesystem::path> rulesFolder() const;
    /// Whether the configuration asks for the logs of containers.
    [[nodiscard]] bool followsContainers() const;
    /// "" when connected, else why not and the remedy.
    [[nodiscard]] std::string dockerState() const;
    [[nodiscard]] Stats stats() const;

private:
    class Impl;
    explicit Session(std::unique_ptr<Impl> impl);

    std::unique_ptr<Impl> m_impl;
};

}
