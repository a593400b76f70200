#include "core/docker/log_frames.h"

#include "core/base/text.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace belvedere::docker {

namespace {

constexpr std::size_t kFrameHeader = 8;
/// Docker's messages are at most this long, without time and end.
constexpr std::size_t kMessageBytes = 16 * 1024;
/// A length beyond this means that the bytes are no frames.
constexpr std::size_t kLongestFrame = std::size_t { 16 } << 20;
constexpr std::size_t kLongestTime = 35;

/// Splits "2025-06-01T00:00:00.5Z text". False if it does not begin with a time.
bool splitTime(std::string_view message, std::int64_t& timeNs, std::string_view& text)
{
    const auto space = message.substr(0, kLongestTime + 1).find(' ');
    if (space == std::string_view::npos)
        return false;
    const auto time = parseRfc3339Ns(message.substr(0, space));
    if (!time)
        return false;
    timeNs = *time;
    text = message.substr(space + 1);
    return true;
}

}

bool LogFrames::feed(std::string_view bytes, const Visitor& visitor)
{
    m_rest += bytes;
    std::string_view rest = m_rest;
    while (true) {
        if (m_terminal) {
            const auto end = rest.find('\n');
            if (end == std::string_view::npos)
                break;
            if (!terminalLine(rest.substr(0, end), visitor))
                return false;
            rest.remove_prefix(end + 1);
            continue;
        }
        if (rest.size() < kFrameHeader)
            break;
        const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(rest[i])); };
        const auto length = byte(4) << 24 | byte(5) << 16 | byte(6) << 8 | byte(7);
        if (byte(0) > 2 || length > kLongestFrame)
            return false;
        if (rest.size() - kFrameHeader < length)
            break;
        const auto stream = byte(0) == 2 ? Stream::standardError : Stream::standardOutput;
        if (!message(stream, rest.substr(kFrameHeader, length), visitor))
            return false;
        rest.remove_prefix(kFrameHeader + length);
    }
    m_rest.erase(0, m_rest.size() - rest.size());
    return true;
}

bool LogFrames::message(Stream stream, std::string_view message, const Visitor& visitor)
{
    std::int64_t timeNs = 0;
    std::string_view text;
    if (!splitTime(message, timeNs, text))
        return false;
    auto& pending = m_pending[static_cast<std::size_t>(stream)];
    if (!pending.open) {
        pending.open = true;
        pending.timeNs = timeNs;
    }
    const bool ends = text.ends_with('\n');
    if (ends)
        text.remove_suffix(1);
    pending.text += text;
    if (ends)
        endLine(stream, visitor);
    return true;
}

// The messages of a long line stand one behind the other, each with its time in front.
bool LogFrames::terminalLine(std::string_view line, const Visitor& visitor)
{
    auto& pending = m_pending[0];
    std::string_view text;
    if (!splitTime(line, pending.timeNs, text))
        return false;
    pending.open = true;
    std::int64_t ignoredNs = 0;
    for (std::string_view next; text.size() > kMessageBytes && splitTime(text.substr(kMessageBytes), ignoredNs, next); text = next)
        pending.text += text.substr(0, kMessageBytes);
    if (text.ends_with('\r'))
        text.remove_suffix(1);
    pending.text += text;
    endLine(Stream::standardOutput, visitor);
    return true;
}

void LogFrames::endLine(Stream stream, const Visitor& visitor)
{
    auto& pending = m_pending[static_cast<std::size_t>(stream)];
    visitor({ stream, pending.timeNs, pending.text });
    pending.text.clear();
    pending.open = false;
}

void LogFrames::finish(const Visitor& visitor)
{
    if (m_terminal && !m_rest.empty())
        (void)terminalLine(std::exchange(m_rest, {}), visitor);
    for (const auto stream : { Stream::standardOutput, Stream::standardError }) {
        if (m_pending[static_cast<std::size_t>(stream)].open)
            endLine(stream, visitor);
    }
    m_rest.clear();
}

std::int64_t LogFrames::oldestUnfinishedNs() const
{
    auto oldest = std::numeric_limits<std::int64_t>::max();
    for (const auto& pending : m_pending) {
        if (pending.open)
            oldest = std::min(oldest, pending.timeNs);
    }
    return oldest;
}

}
