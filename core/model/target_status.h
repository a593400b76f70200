#pragma once

#include "core/model/labels.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace belvedere::model {

/// What the Targets page and /api/v1/targets show of one endpoint. A value; made by the scrape thread.
struct TargetStatus {
    enum class Health : std::uint8_t { unknown, up, down };

    std::string job; ///< scrape pool
    std::string url;
    Labels labels;           ///< after relabelling
    Labels discoveredLabels; ///< before relabelling, with __meta_ and __address__
    Health health = Health::unknown;
    std::string error;
    std::int64_t lastScrapeMs = 0; ///< 0: never
    double lastDurationSeconds = 0;
    std::size_t samplesScraped = 0;
    std::int64_t intervalMs = 0;
    std::int64_t timeoutMs = 0;
};

/// A target that relabelling dropped.
struct DroppedTarget {
    std::string job;
    Labels discoveredLabels;
};

/// A scrape pool, or one of its sources of targets, that could not be used: a discovery file that does not parse.
struct TargetProblem {
    std::string job;
    std::string message; ///< names the place; what was known before keeps being scraped
};

struct TargetList {
    std::vector<TargetStatus> active;
    std::vector<DroppedTarget> dropped;
    std::vector<TargetProblem> problems;
};

/// What the Containers page shows of one container.
struct ContainerStatus {
    std::string id;
    std::string name;
    std::string image;
    std::string state;  ///< created, running, paused, restarting, exited, dead
    std::string status; ///< Docker's sentence: "Up 3 hours (healthy)"
    std::string health; ///< healthy, unhealthy, starting, ""
    std::string composeProject;
    std::string composeService;
    std::vector<std::string> ports; ///< "127.0.0.1:8080→80/tcp"
    std::int64_t createdMs = 0;
    std::int64_t startedMs = 0;
    std::int64_t finishedMs = 0;
    std::int64_t restartCount = 0;
    bool logsFollowed = false;
    std::string logsError; ///< why its logs are not read, e.g. the log driver
    std::uint64_t linesRead = 0;
};

}
