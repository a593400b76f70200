#include "core/ingest/http_answer.h"

#include "core/base/format.h"
#include "core/base/text.h"
#include "core/model/labels.h"

#include <algorithm>
#include <charconv>

namespace belvedere::ingest {

namespace {

constexpr std::size_t kMostLineBytes = 4096; // of a chunk's size

}

Result<HttpHead> HttpHead::parse(std::string_view text)
{
    HttpHead out;
    bool first = true;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const auto line = trim(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (first) {
            first = false;
            // HTTP/1.1 200 OK
            const bool good = line.size() >= 12 && line.starts_with("HTTP/1.") && line[8] == ' '
                && std::from_chars(line.data() + 9, line.data() + 12, out.status).ptr == line.data() + 12 && out.status >= 100;
            if (!good)
                return failure(ErrorCode::parse, formatted("the answer is not HTTP: it begins with {}", goQuoted(toValidUtf8(line.substr(0, 40)))));
            out.keepAlive = !line.starts_with("HTTP/1.0");
            out.reason = toValidUtf8(trim(line.substr(12)));
            continue;
        }
        const auto colon = line.find(':');
        if (colon == line.npos)
            continue;
        const auto name = toLowerAscii(trim(line.substr(0, colon)));
        const auto value = trim(line.substr(colon + 1));
        if (name == "content-length") {
            const auto [at, error] = std::from_chars(value.data(), value.data() + value.size(), out.contentLength);
            if (error != std::errc() || at != value.data() + value.size() || out.contentLength < 0)
                return failure(ErrorCode::parse, formatted("the answer's Content-Length {} is not a number", goQuoted(toValidUtf8(value))));
        } else if (name == "transfer-encoding") {
            out.chunked = toLowerAscii(value).ends_with("chunked");
        } else if (name == "connection") {
            const auto how = toLowerAscii(value);
            out.keepAlive = how.contains("close") ? false : how.contains("keep-alive") ? true : out.keepAlive;
        } else if (name == "content-type") {
            out.contentType = toValidUtf8(value);
        } else if (name == "content-encoding") {
            out.contentEncoding = toValidUtf8(value);
        } else if (name == "location") {
            out.location = value;
        }
    }
    if (first)
        return failure(ErrorCode::parse, "the answer is empty");
    return out;
}

Result<void> ChunkDecoder::feed(std::string_view& input, std::size_t limit, std::string& out)
{
    while (!input.empty() && m_state != State::end) {
        if (m_state == State::data) {
            const auto part = std::min(m_left, input.size());
            if (out.size() + part > limit)
                return failure(ErrorCode::limit, formatted("the answer is larger than {} bytes", limit));
            out += input.substr(0, part);
            input.remove_prefix(part);
            m_left -= part;
            if (m_left == 0)
                m_state = State::dataEnd;
            continue;
        }
        const auto newline = input.find('\n');
        const auto part = input.substr(0, newline);
        if (m_line.size() + part.size() > kMostLineBytes)
            return failure(ErrorCode::parse, "a chunk of the answer begins with an endless line");
        m_line += part;
        if (newline == input.npos) {
            input = {};
            break;
        }
        input.remove_prefix(newline + 1);
        const auto line = trim(m_line);
        switch (m_state) {
        case State::size: {
            const auto [at, error] = std::from_chars(line.data(), line.data() + line.size(), m_left, 16);
            if (error != std::errc() || (at != line.data() + line.size() && *at != ';' && *at != ' '))
                return failure(ErrorCode::parse, "a chunk of the answer begins without its size");
            m_state = m_left == 0 ? State::trailer : State::data;
            break;
        }
        case State::dataEnd:
            if (!line.empty())
                return failure(ErrorCode::parse, "a chunk of the answer is longer than it says");
            m_state = State::size;
            break;
        default:
            if (line.empty())
                m_state = State::end;
        }
        m_line.clear();
    }
    return {};
}

}
