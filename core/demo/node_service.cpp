#include "core/demo/service.h"

#include <algorithm>
#include <array>
#include <cmath>

// The machine under the stack, with the series names of node_exporter.

namespace belvedere::demo {

namespace {

constexpr std::size_t kCpus = 4;
constexpr std::array<std::string_view, 8> kModes { "idle", "iowait", "irq", "nice", "softirq", "steal", "system", "user" };
constexpr double kMemory = 16.0 * 1024 * 1024 * 1024;
constexpr double kDisk = 250e9;

class Node final : public Service {
public:
    explicit Node(std::int64_t bootMs)
        : Service("node", "node", "node-exporter:9100", "quay.io/prometheus/node-exporter:v1.9.1")
    {
        auto& r = m_registry;
        const auto one = [&](const char* family, const char* type, const char* help, std::vector<model::Label> labels = {}) {
            r.family(family, type, help);
            return r.add(std::move(labels));
        };
        r.set(one("node_uname_info", "gauge", "Labeled system information as provided by the uname system call.",
                  { { "nodename", "laptop" }, { "sysname", "Linux" }, { "release", "6.12.9" }, { "machine", "x86_64" } }),
            1);
        r.set(one("node_boot_time_seconds", "gauge", "Node boot time, in unixtime."), static_cast<double>(bootMs / 1000 - 86400 * 3));
        m_time = one("node_time_seconds", "gauge", "System time in seconds since epoch (1970).");
        r.family("node_cpu_seconds_total", "counter", "Seconds the CPUs spent in each mode.");
        for (std::size_t cpu = 0; cpu < kCpus; ++cpu) {
            for (std::size_t mode = 0; mode < kModes.size(); ++mode)
                m_cpu[cpu][mode] = r.add({ { "cpu", std::to_string(cpu) }, { "mode", std::string(kModes[mode]) } });
        }
        m_load1 = one("node_load1", "gauge", "1m load average.");
        m_load5 = one("node_load5", "gauge", "5m load average.");
        m_load15 = one("node_load15", "gauge", "15m load average.");
        r.set(one("node_memory_MemTotal_bytes", "gauge", "Memory information field MemTotal_bytes."), kMemory);
        m_available = one("node_memory_MemAvailable_bytes", "gauge", "Memory information field MemAvailable_bytes.");
        m_free = one("node_memory_MemFree_bytes", "gauge", "Memory information field MemFree_bytes.");
        m_cached = one("node_memory_Cached_bytes", "gauge", "Memory information field Cached_bytes.");
        m_buffers = one("node_memory_Buffers_bytes", "gauge", "Memory information field Buffers_bytes.");
        r.set(one("node_memory_SwapTotal_bytes", "gauge", "Memory information field SwapTotal_bytes."), 4294967296);
        r.set(one("node_memory_SwapFree_bytes", "gauge", "Memory information field SwapFree_bytes."), 4187593113);
        const std::vector<model::Label> root { { "device", "/dev/nvme0n1p2" }, { "fstype", "ext4" }, { "mountpoint", "/" } };
        r.set(one("node_filesystem_size_bytes", "gauge", "Filesystem size in bytes.", root), kDisk);
        m_diskAvailable = one("node_filesystem_avail_bytes", "gauge", "Filesystem space available to non-root users in bytes.", root);
        m_diskFree = one("node_filesystem_free_bytes", "gauge", "Filesystem free space in bytes.", root);
        const std::vector<model::Label> disk { { "device", "nvme0n1" } };
        m_read = one("node_disk_read_bytes_total", "counter", "The total number of bytes read successfully.", disk);
        m_written = one("node_disk_written_bytes_total", "counter", "The total number of bytes written successfully.", disk);
        m_io = one("node_disk_io_time_seconds_total", "counter", "Total seconds spent doing I/Os.", disk);
        const std::vector<model::Label> network { { "device", "eth0" } };
        m_received = one("node_network_receive_bytes_total", "counter", "Network device statistic receive_bytes.", network);
        m_sent = one("node_network_transmit_bytes_total", "counter", "Network device statistic transmit_bytes.", network);
        m_switches = one("node_context_switches_total", "counter", "Total number of context switches.");
        m_processes = one("node_procs_running", "gauge", "Number of processes in runnable state.");
    }

    void advance(const Conditions& c, Random& random, std::vector<model::LogEntry>&) override
    {
        auto& r = m_registry;
        const bool heavy = c.incident == Incident::slowQuery || c.incident == Incident::queueBacklog;
        double busy = 0;
        for (std::size_t cpu = 0; cpu < kCpus; ++cpu) {
            const double user = std::clamp(0.11 * c.load + (heavy ? 0.34 : 0) + uniform(random, -0.03, 0.06), 0.01, 0.9);
            const double system = user * uniform(random, 0.25, 0.4);
            const double wait = c.incident == Incident::slowQuery ? uniform(random, 0.08, 0.2) : uniform(random, 0.001, 0.012);
            const double soft = uniform(random, 0.001, 0.004);
            const double idle = std::max(0.0, 1 - user - system - wait - soft);
            const std::array<double, 8> share { idle, wait, 0, 0.0004, soft, 0, system, user };
            for (std::size_t mode = 0; mode < kModes.size(); ++mode)
                r.increase(m_cpu[cpu][mode], std::round(share[mode] * c.seconds * 100) / 100);
            busy += 1 - idle;
        }
        r.set(m_time, static_cast<double>(c.nowMs) / 1000);
        const auto follow = [&](double& value, double minutes) { value += (busy - value) * std::min(1.0, c.seconds / (minutes * 60)); };
        follow(m_loads[0], 1);
        follow(m_loads[1], 5);
        follow(m_loads[2], 15);
        r.set(m_load1, std::round(m_loads[0] * 100) / 100);
        r.set(m_load5, std::round(m_loads[1] * 100) / 100);
        r.set(m_load15, std::round(m_loads[2] * 100) / 100);
        const double used = kMemory * (0.41 + 0.05 * c.load + (heavy ? 0.06 : 0)) + uniform(random, 0, 4e7);
        const auto pages = [](double bytes) { return std::round(bytes / 4096) * 4096; };
        r.set(m_available, pages(kMemory - used));
        r.set(m_cached, pages(kMemory * 0.27));
        r.set(m_buffers, pages(kMemory * 0.02));
        r.set(m_free, pages(std::max(2e8, kMemory * 0.68 - used)));
        m_usedDisk += 21000 * c.seconds * c.load;
        r.set(m_diskAvailable, pages(kDisk * 0.38 - m_usedDisk));
        r.set(m_diskFree, pages(kDisk * 0.43 - m_usedDisk));
        const double reads = c.incident == Incident::slowQuery ? uniform(random, 6e7, 1.1e8) : uniform(random, 2e5, 1.4e6);
        const double writes = uniform(random, 1.5e6, 4e6) * c.load;
        r.increase(m_read, std::round(reads * c.seconds / 512) * 512);
        r.increase(m_written, std::round(writes * c.seconds / 512) * 512);
        r.increase(m_io, std::round(std::min(0.98, (reads + writes) / 1.2e8) * c.seconds * 1000) / 1000);
        r.increase(m_received, std::round(uniform(random, 2.1e5, 2.9e5) * c.load * c.seconds));
        r.increase(m_sent, std::round(uniform(random, 4.5e5, 6.2e5) * c.load * c.seconds));
        r.increase(m_switches, std::round(uniform(random, 5200, 7400) * c.load * c.seconds));
        r.set(m_processes, std::round(busy + uniform(random, 0, 2)));
    }

private:
    std::array<std::array<Registry::Handle, kModes.size()>, kCpus> m_cpu {};
    Registry::Handle m_time = 0, m_load1 = 0, m_load5 = 0, m_load15 = 0, m_available = 0, m_free = 0, m_cached = 0, m_buffers = 0, m_diskAvailable = 0, m_diskFree = 0;
    Registry::Handle m_read = 0, m_written = 0, m_io = 0, m_received = 0, m_sent = 0, m_switches = 0, m_processes = 0;
    std::array<double, 3> m_loads { 0.6, 0.6, 0.6 };
    double m_usedDisk = 0;
};

}

std::unique_ptr<Service> makeNode(std::int64_t bootMs) { return std::make_unique<Node>(bootMs); }

}
