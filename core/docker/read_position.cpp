#include "core/docker/read_position.h"

#include <xxhash.h>

#include <algorithm>

namespace belvedere::docker {

namespace {

constexpr char kVersion = 1;
/// Far more than two goroutines of the daemon ever are apart, also on a machine that is busy with a build.
constexpr std::int64_t kOverlapNs = 1'000'000'000;
/// Bounds a position to 128 KB when a container writes a hundred thousand lines a second.
constexpr std::size_t kMostTaken = 8'192;

std::uint64_t hashOf(const Line& line)
{
    return XXH3_64bits_withSeed(line.text.data(), line.text.size(), static_cast<std::uint64_t>(line.timeNs) * 2 + static_cast<std::uint64_t>(line.stream));
}

void put(std::string& out, std::uint64_t value)
{
    for (int shift = 0; shift < 64; shift += 8)
        out += static_cast<char>(value >> shift);
}

bool get(std::string_view& bytes, std::uint64_t& value)
{
    if (bytes.size() < 8)
        return false;
    value = 0;
    for (std::size_t i = 0; i < 8; ++i)
        value |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
    bytes.remove_prefix(8);
    return true;
}

}

bool ReadPosition::take(const Line& line, std::int64_t unfinishedNs)
{
    const auto hash = hashOf(line);
    if (const auto it = m_expected.find(hash); it != m_expected.end()) {
        if (--it->second == 0)
            m_expected.erase(it);
        return false;
    }
    if (line.timeNs < m_sinceNs) {
        // The machine's clock was put back. From here on the times are these; what is then read twice the store drops.
        m_sinceNs = line.timeNs;
        m_newestNs = line.timeNs;
    }
    m_taken.emplace_back(line.timeNs, hash);
    m_newestNs = std::max(m_newestNs, line.timeNs);
    forgetOld(unfinishedNs);
    return true;
}

void ReadPosition::forgetOld(std::int64_t unfinishedNs)
{
    while (!m_taken.empty()) {
        const auto oldest = m_taken.front().first;
        if (oldest >= unfinishedNs || (oldest >= m_newestNs - kOverlapNs && m_taken.size() <= kMostTaken))
            break;
        m_sinceNs = std::max(m_sinceNs, std::min(oldest + 1, m_newestNs));
        m_taken.pop_front();
    }
}

void ReadPosition::rewind()
{
    m_expected.clear();
    for (const auto& [timeNs, hash] : m_taken) {
        if (timeNs >= m_sinceNs)
            ++m_expected[hash];
    }
}

std::string ReadPosition::encode() const
{
    std::string out(1, kVersion);
    put(out, static_cast<std::uint64_t>(m_sinceNs));
    put(out, static_cast<std::uint64_t>(m_newestNs));
    put(out, m_finishedRun.size());
    out += m_finishedRun;
    for (const auto& [timeNs, hash] : m_taken) {
        put(out, static_cast<std::uint64_t>(timeNs));
        put(out, hash);
    }
    return out;
}

ReadPosition ReadPosition::decode(std::string_view bytes)
{
    ReadPosition position;
    std::uint64_t since = 0;
    std::uint64_t newest = 0;
    std::uint64_t finishedBytes = 0;
    if (bytes.empty() || bytes.front() != kVersion)
        return position;
    bytes.remove_prefix(1);
    if (!get(bytes, since) || !get(bytes, newest) || !get(bytes, finishedBytes) || bytes.size() < finishedBytes)
        return position;
    position.m_sinceNs = static_cast<std::int64_t>(since);
    position.m_newestNs = static_cast<std::int64_t>(newest);
    position.m_finishedRun = bytes.substr(0, finishedBytes);
    bytes.remove_prefix(finishedBytes);
    for (std::uint64_t time = 0, hash = 0; get(bytes, time) && get(bytes, hash);)
        position.m_taken.emplace_back(static_cast<std::int64_t>(time), hash);
    position.rewind();
    return position;
}

}
