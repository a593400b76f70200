#pragma once

#include "core/base/result.h"
#include "core/ingest/scrape_config.h"
#include "core/scrape/http_fetch.h"

#include <QDnsLookup>
#include <QFileSystemWatcher>
#include <QHostAddress>
#include <QObject>
#include <QTimer>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace belvedere::scrape {

/// Reads target groups as discovery files and HTTP discovery give them, YAML or JSON:
/// `[{"targets": ["host:port", ...], "labels": {name: value}}, ...]`. The error names line and column.
[[nodiscard]] Result<std::vector<ingest::TargetGroup>> parseTargetGroups(std::string_view text);

/// Finds the targets of one entry of a job's discovery, again and again.
///
/// What is found is kept by the place that it comes from: a file, an address, a name. A place that fails keeps the groups
/// that it gave last.
class Discoverer : public QObject {
    Q_OBJECT

public:
    [[nodiscard]] std::vector<ingest::TargetGroup> groups() const;
    [[nodiscard]] std::vector<std::string> problems() const; ///< one sentence a place that is not usable

Q_SIGNALS:
    void changed();

protected:
    using Found = Result<std::vector<ingest::TargetGroup>>;

    /// Calls refresh() after each interval, not at once.
    Discoverer(std::int64_t refreshIntervalMs, QObject* parent);

    virtual void refresh() = 0;
    /// What one place has now.
    void take(const std::string& place, Found found);
    /// What there is now in all places; those that are not named are gone.
    void takeAll(std::map<std::string, Found> found);

private:
    struct Place {
        std::vector<ingest::TargetGroup> groups;
        std::string problem;

        /// True if that changed it.
        bool take(Found found);
    };

    std::map<std::string, Place> m_places;
    QTimer m_refresh;
};

/// Watches the files of one `file_sd_configs` entry. A change is picked up when the file system reports it, and at the
/// latest with the next refresh. Each target gets __meta_filepath.
class FileDiscoverer final : public Discoverer {
    Q_OBJECT

public:
    explicit FileDiscoverer(ingest::FileDiscovery config, QObject* parent = nullptr);

private:
    void refresh() override;
    [[nodiscard]] static std::vector<std::string> matchingFiles(const std::string& pattern);
    [[nodiscard]] static Found groupsOf(const std::string& path);

    const ingest::FileDiscovery m_config;
    QFileSystemWatcher m_watcher;
    QTimer m_settle; // editors write in several steps
};

/// Asks an `http_sd_configs` address for target groups. Each target gets __meta_url.
class HttpDiscoverer final : public Discoverer {
    Q_OBJECT

public:
    /// `buffers` must outlive this.
    HttpDiscoverer(ingest::HttpDiscovery config, HttpBuffers& buffers, QObject* parent = nullptr);

private:
    void refresh() override;
    [[nodiscard]] Found groupsOf(const HttpAnswer& answer) const;

    const ingest::HttpDiscovery m_config;
    HttpFetch m_fetch;
};

/// Looks the names of one `dns_sd_configs` entry up: a target for each record.
///
/// A name that does not exist has no targets. Each target gets __meta_dns_name, and the record's name as
/// __meta_dns_srv_record_target (with _port), __meta_dns_mx_record_target or __meta_dns_ns_record_target.
class DnsDiscoverer final : public Discoverer {
    Q_OBJECT

public:
    struct Nameserver {
        QHostAddress address;
        std::uint16_t port = 53;
    };
    /// Without `nameserver` the system's are asked.
    explicit DnsDiscoverer(ingest::DnsDiscovery config, std::optional<Nameserver> nameserver = {}, QObject* parent = nullptr);

private:
    void refresh() override;
    void finished(const std::string& name);
    [[nodiscard]] std::vector<ingest::TargetGroup> targetsOf(const std::string& name, const QDnsLookup& lookup) const;

    const ingest::DnsDiscovery m_config;
    std::map<std::string, std::unique_ptr<QDnsLookup>> m_lookups; // by name
};

}
