#include "core/scrape/discovery.h"

#include "core/base/format.h"
#include "core/base/text.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <chrono>
#include <utility>

#include <yaml-cpp/yaml.h>

namespace belvedere::scrape {

namespace {

std::string placeOf(const YAML::Mark& mark)
{
    return mark.is_null() ? std::string() : formatted("line {}, column {}: ", mark.line + 1, mark.column + 1);
}

std::unexpected<Error> wrong(const YAML::Node& node, std::string_view message)
{
    return failure(ErrorCode::parse, placeOf(node.Mark()) + std::string(message));
}

Result<ingest::TargetGroup> parseGroup(const YAML::Node& node)
{
    if (!node.IsMap())
        return wrong(node, "expected a group: a map with targets and labels");
    ingest::TargetGroup group;
    for (const auto& member : node) {
        const auto key = member.first.as<std::string>("");
        const auto& value = member.second;
        if (key == "targets") {
            if (!value.IsSequence())
                return wrong(value, "targets must be a list of host:port");
            for (const auto& target : value) {
                if (!target.IsScalar())
                    return wrong(target, "a target must be a text host:port");
                group.targets.push_back(target.Scalar());
            }
        } else if (key == "labels") {
            if (value.IsNull())
                continue;
            if (!value.IsMap())
                return wrong(value, "labels must be a map of names and values");
            for (const auto& label : value) {
                if (!label.first.IsScalar() || !label.second.IsScalar())
                    return wrong(label.second, "the value of a label must be a text");
                group.labels.push_back({ label.first.Scalar(), label.second.Scalar() });
            }
        } else {
            return wrong(member.first, formatted("unknown field '{}'; a group has targets and labels", key));
        }
    }
    return group;
}

}

Result<std::vector<ingest::TargetGroup>> parseTargetGroups(std::string_view text)
{
    // The YAML reader takes a NUL for the end of the document and would find no targets, which is not what was meant.
    if (const auto bad = findControlCharacter(text)) {
        const auto before = text.substr(0, *bad);
        return failure(ErrorCode::parse, formatted("line {}, column {}: there is a control character (0x{:02x}); this is no text file, or it is damaged",
            std::ranges::count(before, '\n') + 1, *bad - (before.rfind('\n') + 1) + 1, static_cast<unsigned char>(text[*bad])));
    }
    try {
        const auto root = YAML::Load(std::string(text));
        std::vector<ingest::TargetGroup> out;
        if (root.IsNull())
            return out;
        if (!root.IsSequence())
            return wrong(root, "expected a list of groups with targets and labels");
        for (const auto& node : root) {
            auto group = parseGroup(node);
            if (!group)
                return std::unexpected(group.error());
            out.push_back(std::move(*group));
        }
        return out;
    } catch (const YAML::Exception& error) {
        return failure(ErrorCode::parse, placeOf(error.mark) + error.msg);
    }
}

Discoverer::Discoverer(std::int64_t refreshIntervalMs, QObject* parent)
    : QObject(parent)
    , m_refresh(this)
{
    m_refresh.setInterval(std::chrono::milliseconds(refreshIntervalMs));
    connect(&m_refresh, &QTimer::timeout, this, [this] { refresh(); });
    m_refresh.start();
}

bool Discoverer::Place::take(Found found)
{
    auto now = found ? std::string() : found.error().message;
    const bool same = now == problem && (!found || *found == groups);
    problem = std::move(now);
    if (found)
        groups = std::move(*found);
    return !same;
}

void Discoverer::take(const std::string& place, Found found)
{
    if (m_places[place].take(std::move(found)))
        Q_EMIT changed();
}

void Discoverer::takeAll(std::map<std::string, Found> found)
{
    bool different = std::erase_if(m_places, [&](const auto& place) { return !found.contains(place.first); }) > 0;
    for (auto& [name, groups] : found) {
        const auto [place, isNew] = m_places.try_emplace(name);
        const bool other = place->second.take(std::move(groups));
        different = different || isNew || other;
    }
    if (different)
        Q_EMIT changed();
}

std::vector<ingest::TargetGroup> Discoverer::groups() const
{
    std::vector<ingest::TargetGroup> out;
    for (const auto& [name, place] : m_places)
        out.insert(out.end(), place.groups.begin(), place.groups.end());
    return out;
}

std::vector<std::string> Discoverer::problems() const
{
    std::vector<std::string> out;
    for (const auto& [name, place] : m_places) {
        if (!place.problem.empty())
            out.push_back(place.problem);
    }
    return out;
}

FileDiscoverer::FileDiscoverer(ingest::FileDiscovery config, QObject* parent)
    : Discoverer(config.refreshIntervalMs, parent)
    , m_config(std::move(config))
    , m_watcher(this)
    , m_settle(this)
{
    constexpr int kSettleMs = 50;
    m_settle.setSingleShot(true);
    m_settle.setInterval(kSettleMs);
    connect(&m_settle, &QTimer::timeout, this, &FileDiscoverer::refresh);
    connect(&m_watcher, &QFileSystemWatcher::fileChanged, &m_settle, qOverload<>(&QTimer::start));
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, &m_settle, qOverload<>(&QTimer::start));
    FileDiscoverer::refresh();
}

std::vector<std::string> FileDiscoverer::matchingFiles(const std::string& pattern)
{
    const QFileInfo info(QString::fromStdString(pattern));
    std::vector<std::string> out;
    for (const auto& entry : info.dir().entryInfoList({ info.fileName() }, QDir::Files, QDir::Name))
        out.push_back(entry.absoluteFilePath().toStdString());
    return out;
}

void FileDiscoverer::refresh()
{
    std::map<std::string, Found> found;
    for (const auto& pattern : m_config.files) {
        const QString folder = QFileInfo(QString::fromStdString(pattern)).dir().absolutePath();
        if (!m_watcher.directories().contains(folder))
            m_watcher.addPath(folder);
        for (const auto& path : matchingFiles(pattern)) {
            const QString name = QString::fromStdString(path);
            if (!m_watcher.files().contains(name)) // also after it was replaced, which ends a watch
                m_watcher.addPath(name);
            found.insert_or_assign(path, groupsOf(path));
        }
    }
    takeAll(std::move(found));
}

FileDiscoverer::Found FileDiscoverer::groupsOf(const std::string& path)
{
    QFile file(QString::fromStdString(path));
    if (!file.open(QIODevice::ReadOnly))
        return failure(ErrorCode::io, formatted("{}: {}", path, file.errorString().toStdString()));
    const QByteArray content = file.readAll();
    auto groups = parseTargetGroups({ content.constData(), static_cast<std::size_t>(content.size()) });
    if (!groups)
        return withContext(groups.error(), path);
    for (auto& group : *groups)
        group.labels.push_back({ "__meta_filepath", path });
    return groups;
}

HttpDiscoverer::HttpDiscoverer(ingest::HttpDiscovery config, HttpBuffers& buffers, QObject* parent)
    : Discoverer(config.refreshIntervalMs, parent)
    , m_config(std::move(config))
    , m_fetch(buffers, this)
{
    constexpr std::int64_t kTimeoutMs = 10'000;
    constexpr std::size_t kMostBytes = 64 << 20;
    m_fetch.setOptions({ .url = QUrl(QString::fromStdString(m_config.url)), .accept = "application/json", .timeoutMs = kTimeoutMs, .bodyLimit = kMostBytes });
    connect(&m_fetch, &HttpFetch::finished, this, [this](const HttpAnswer& answer) { take(m_config.url, groupsOf(answer)); });
    m_fetch.start();
}

void HttpDiscoverer::refresh()
{
    if (!m_fetch.isBusy())
        m_fetch.start();
}

HttpDiscoverer::Found HttpDiscoverer::groupsOf(const HttpAnswer& answer) const
{
    const auto context = "http_sd " + m_config.url;
    if (!answer.error.empty())
        return failure(ErrorCode::unavailable, formatted("{}: {}", context, answer.error));
    auto groups = parseTargetGroups(answer.body);
    if (!groups)
        return withContext(groups.error(), context);
    for (auto& group : *groups)
        group.labels.push_back({ "__meta_url", m_config.url });
    return groups;
}

namespace {

QDnsLookup::Type lookupType(ingest::DnsDiscovery::Type type)
{
    switch (type) {
    case ingest::DnsDiscovery::Type::srv:
        return QDnsLookup::SRV;
    case ingest::DnsDiscovery::Type::a:
        return QDnsLookup::A;
    case ingest::DnsDiscovery::Type::aaaa:
        return QDnsLookup::AAAA;
    case ingest::DnsDiscovery::Type::mx:
        return QDnsLookup::MX;
    case ingest::DnsDiscovery::Type::ns:
        break;
    }
    return QDnsLookup::NS;
}

std::string hostPort(const std::string& host, unsigned port)
{
    return host.find(':') == std::string::npos ? formatted("{}:{}", host, port) : formatted("[{}]:{}", host, port);
}

/// As DNS writes a name that is whole, and Prometheus its labels.
std::string rooted(const QString& name) { return name.toStdString() + '.'; }

}

DnsDiscoverer::DnsDiscoverer(ingest::DnsDiscovery config, std::optional<Nameserver> nameserver, QObject* parent)
    : Discoverer(config.refreshIntervalMs, parent)
    , m_config(std::move(config))
{
    for (const auto& name : m_config.names) {
        auto& lookup = m_lookups[name];
        lookup = std::make_unique<QDnsLookup>(lookupType(m_config.type), QString::fromStdString(name));
        if (nameserver) {
            lookup->setNameserver(nameserver->address);
            lookup->setNameserverPort(nameserver->port);
        }
        connect(lookup.get(), &QDnsLookup::finished, this, [this, name] { finished(name); });
    }
    DnsDiscoverer::refresh();
}

void DnsDiscoverer::refresh()
{
    for (const auto& [name, lookup] : m_lookups)
        lookup->lookup(); // one that still runs goes on
}

void DnsDiscoverer::finished(const std::string& name)
{
    const auto& lookup = *m_lookups.at(name);
    switch (lookup.error()) {
    case QDnsLookup::OperationCancelledError:
        return;
    case QDnsLookup::NoError:
    case QDnsLookup::NotFoundError:
        return take(name, targetsOf(name, lookup));
    default:
        take(name, failure(ErrorCode::unavailable, formatted("dns_sd {}: {}", name, lookup.errorString().toStdString())));
    }
}

std::vector<ingest::TargetGroup> DnsDiscoverer::targetsOf(const std::string& name, const QDnsLookup& lookup) const
{
    std::vector<ingest::TargetGroup> out;
    const auto add = [&](std::string target, std::vector<model::Label> labels) {
        labels.push_back({ "__meta_dns_name", name });
        out.push_back({ { std::move(target) }, std::move(labels) });
    };
    for (const auto& record : lookup.serviceRecords())
        add(hostPort(record.target().toStdString(), record.port()), { { "__meta_dns_srv_record_target", rooted(record.target()) }, { "__meta_dns_srv_record_port", std::to_string(record.port()) } });
    for (const auto& record : lookup.hostAddressRecords())
        add(hostPort(record.value().toString().toStdString(), m_config.port), {});
    for (const auto& record : lookup.mailExchangeRecords())
        add(hostPort(record.exchange().toStdString(), m_config.port), { { "__meta_dns_mx_record_target", rooted(record.exchange()) } });
    for (const auto& record : lookup.nameServerRecords())
        add(hostPort(record.value().toStdString(), m_config.port), { { "__meta_dns_ns_record_target", rooted(record.value()) } });
    // Servers rotate their records; the targets stay the same.
    std::ranges::sort(out, {}, [](const ingest::TargetGroup& group) { return group.targets.front(); });
    return out;
}

}
