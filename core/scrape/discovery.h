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

/// Watches the files of one `file_sd_configs` entry.
///
/// A change is picked up when the file system reports it, and at the latest with the next refresh. A file that cannot be
/// read or parsed keeps the groups it gave last. Each target gets __meta_filepath.
class FileDiscoverer : public QObject {
    Q_OBJECT

public:
    explicit FileDiscoverer(ingest::FileDiscovery config, QObject* parent = nullptr);

    [[nodiscard]] std::vector<ingest::TargetGroup> groups() const;
    [[nodiscard]] std::vector<std::string> problems() const; ///< one sentence a file that is not usable

Q_SIGNALS:
    void changed();

private:
    struct File {
        std::vector<ingest::TargetGroup> groups;
        std::string problem;

        bool operator==(const File&) const = default;
    };

    void refresh();
    [[nodiscard]] static std::vector<std::string> matchingFiles(const std::string& pattern);

    const ingest::FileDiscovery m_config;
    QFileSystemWatcher m_watcher;
    QTimer m_refresh;
    QTimer m_settle; // editors write in several steps
    std::map<std::string, File> m_files;
};

/// Asks an `http_sd_configs` address for target groups again and again. An answer that is no list of groups keeps what
/// came last. Each target gets __meta_url.
class HttpDiscoverer : public QObject {
    Q_OBJECT

public:
    /// `buffers` must outlive this.
    HttpDiscoverer(ingest::HttpDiscovery config, HttpBuffers& buffers, QObject* parent = nullptr);

    [[nodiscard]] const std::vector<ingest::TargetGroup>& groups() const noexcept { return m_groups; }
    [[nodiscard]] const std::string& problem() const noexcept { return m_problem; }

Q_SIGNALS:
    void changed();

private:
    void take(const HttpAnswer& answer);

    const ingest::HttpDiscovery m_config;
    HttpFetch m_fetch;
    QTimer m_refresh;
    std::vector<ingest::TargetGroup> m_groups;
    std::string m_problem;
};

/// Looks the names of one `dns_sd_configs` entry up again and again: a target for each record.
///
/// A name that does not exist has no targets; one that cannot be asked for keeps those that it had. Each target gets
/// __meta_dns_name, and the record's name as __meta_dns_srv_record_target (with _port), __meta_dns_mx_record_target or
/// __meta_dns_ns_record_target.
class DnsDiscoverer : public QObject {
    Q_OBJECT

public:
    struct Nameserver {
        QHostAddress address;
        std::uint16_t port = 53;
    };
    /// Without `nameserver` the system's are asked.
    explicit DnsDiscoverer(ingest::DnsDiscovery config, std::optional<Nameserver> nameserver = {}, QObject* parent = nullptr);

    [[nodiscard]] std::vector<ingest::TargetGroup> groups() const;
    [[nodiscard]] std::vector<std::string> problems() const; ///< one sentence a name that could not be looked up

Q_SIGNALS:
    void changed();

private:
    struct Name {
        std::unique_ptr<QDnsLookup> lookup;
        std::vector<ingest::TargetGroup> groups;
        std::string problem;
    };

    void refresh();
    void take(const std::string& name);
    [[nodiscard]] std::vector<ingest::TargetGroup> targetsOf(const std::string& name, const QDnsLookup& lookup) const;

    const ingest::DnsDiscovery m_config;
    std::map<std::string, Name> m_names;
    QTimer m_refresh;
};

}
