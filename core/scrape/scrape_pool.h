#pragma once

#include "core/scrape/discovery.h"
#include "core/scrape/scrape_target.h"

#include <QObject>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace belvedere::scrape {

/// The targets of one job: collects what the discoveries give, relabels it, and starts, keeps and ends targets.
/// A target whose url and labels stay the same is kept over every change, with what it remembers.
class ScrapePool : public QObject {
    Q_OBJECT

public:
    ScrapePool(ScrapeContext& context, ingest::ScrapeJob job, QObject* parent = nullptr);
    ~ScrapePool() override;

    /// Goes on with a changed job of the same name.
    void setJob(ingest::ScrapeJob job);
    /// Targets that somebody else discovered; an empty list takes them away.
    void setTargets(const std::string& source, std::vector<ingest::TargetGroup> groups);

    /// Scrapes the target with this url, all for "".
    void scrapeNow(const std::string& url);
    /// Ends all targets with stale markers.
    void end();

    void addTo(model::TargetList& list) const;

private:
    void startDiscovery();
    void sync();
    [[nodiscard]] std::set<std::string> discoveryProblems() const;
    [[nodiscard]] std::vector<ingest::TargetGroup> groups() const;
    static std::shared_ptr<const JobSettings> compile(ingest::ScrapeJob job, const JobSettings* before);

    ScrapeContext& m_context;
    std::shared_ptr<const JobSettings> m_settings;
    std::vector<std::unique_ptr<Discoverer>> m_discoverers;
    std::map<std::string, std::vector<ingest::TargetGroup>> m_external;
    std::map<std::string, std::unique_ptr<ScrapeTarget>> m_targets; // by url and labels
    std::vector<model::TargetStatus> m_unusable;                    // that cannot be scraped, and why
    std::vector<model::DroppedTarget> m_dropped;
    std::set<std::string> m_reported; ///< problems of discovery that stand in the log
};

}
