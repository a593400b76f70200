#pragma once

#include "app/log_collectors.h"
#include "core/alert/rule_manager.h"
#include "core/logs/store.h"
#include "core/receive/http_server.h"
#include "core/receive/ignored_pushes.h"
#include "core/receive/self_metrics.h"
#include "core/scrape/scrape_manager.h"
#include "core/tsdb/store.h"

#include <cstdint>

namespace belvedere::app {

/// What Belvedere's own figures are taken of. Borrowed for one call.
struct OwnFigures {
    const tsdb::Store& metrics;
    const logs::Store& logs;
    const scrape::ScrapeManager& scrape;
    const alert::RuleManager& rules;
    const LogCollectors& collectors;
    receive::ServerCounters server;
    receive::IgnoredPushes ignored;
    std::uint64_t reloads = 0; ///< configurations taken over while running
    std::uint64_t failedReloads = 0;
};

/// Writes them as docs/api.md describes them.
void appendOwnMetrics(receive::MetricsText& metrics, const OwnFigures& figures);

}
