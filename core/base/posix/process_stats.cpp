#include "core/base/process_stats.h"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace belvedere {

namespace {

std::string contentOf(const char* file)
{
    std::ifstream stream(file, std::ios::binary);
    return { std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>() };
}

double bootTimeSeconds()
{
    const auto text = contentOf("/proc/stat");
    const auto at = text.find("\nbtime ");
    return at == std::string::npos ? 0 : std::strtod(text.c_str() + at + 7, nullptr);
}

}

void useAllDescriptors()
{
    rlimit limit {};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max)
        return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit); // what is refused leaves it as it was
}

ProcessStats processStats()
{
    ProcessStats stats;
    rusage usage {};
    if (getrusage(RUSAGE_SELF, &usage) == 0) {
        const auto seconds = [](const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; };
        stats.cpuSeconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    }
    rlimit limit {};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
        stats.maxDescriptors = limit.rlim_cur;

    // /proc is Linux' own; elsewhere the fields stay 0.
    const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    std::istringstream memory(contentOf("/proc/self/statm"));
    std::uint64_t virtualPages = 0, residentPages = 0;
    if (memory >> virtualPages >> residentPages) {
        stats.virtualBytes = virtualPages * page;
        stats.residentBytes = residentPages * page;
    }
    // The program's name, the second field of stat, may hold blanks and ends with the last parenthesis.
    const auto stat = contentOf("/proc/self/stat");
    if (const auto nameEnd = stat.rfind(')'); nameEnd != std::string::npos) {
        std::istringstream fields(stat.substr(nameEnd + 1));
        std::string field;
        for (int number = 3; fields >> field; ++number) {
            if (number == 20)
                stats.threads = std::strtoull(field.c_str(), nullptr, 10);
            if (number == 22) {
                static const double bootTime = bootTimeSeconds();
                stats.startTimeSeconds = bootTime + std::strtod(field.c_str(), nullptr) / static_cast<double>(sysconf(_SC_CLK_TCK));
                break;
            }
        }
    }
    std::error_code none;
    for (auto entry = std::filesystem::directory_iterator("/proc/self/fd", none); !none && entry != std::filesystem::directory_iterator(); entry.increment(none))
        ++stats.openDescriptors;
    return stats;
}

}
