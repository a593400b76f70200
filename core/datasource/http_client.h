#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace belvedere::datasource {

/// How to reach a remote server.
struct RemoteOptions {
    std::string url = {}; ///< "http://host:9090", with a path in front of the API if it has one; may hold user:password@
    std::string user = {}; ///< basic auth, if not empty
    std::string password = {};
    std::string bearerToken = {}; ///< if not empty; wins over basic auth
    std::vector<std::pair<std::string, std::string>> headers = {}; ///< e.g. X-Scope-OrgID
    std::int64_t timeoutMs = 60'000; ///< for one whole answer
    std::size_t maxAnswerBytes = std::size_t { 512 } << 20;
};

struct HttpAnswer {
    int status = 0;
    std::string body;
    std::string redirect = {}; ///< where a 3xx status points to; it is not followed, a form would get lost
};

/// Names and values of a query string or form; repeated names are allowed.
using Parameters = std::vector<std::pair<std::string, std::string>>;

/// `parameters` as application/x-www-form-urlencoded.
[[nodiscard]] std::string encodeForm(const Parameters& parameters);

/// Blocking HTTP over libcurl. A request ends at once when `stop` is requested, not at the next byte.
/// Threading: every call from any thread; each uses a connection of its own thread.
class HttpClient {
public:
    explicit HttpClient(RemoteOptions options);

    [[nodiscard]] const RemoteOptions& options() const noexcept { return m_options; }

    /// Any HTTP status is an answer; failing to get one is an error: unavailable, timeout, limit, cancelled.
    [[nodiscard]] Result<HttpAnswer> get(const std::string& path, const Parameters& parameters, std::stop_token stop) const;
    [[nodiscard]] Result<HttpAnswer> post(const std::string& path, const Parameters& form, std::stop_token stop) const;

    /// Headers beside those of the options, for one kind of server.
    void addHeader(std::string name, std::string value) { m_options.headers.emplace_back(std::move(name), std::move(value)); }

private:
    [[nodiscard]] Result<HttpAnswer> run(const std::string& url, const std::string* form, std::stop_token stop) const;

    RemoteOptions m_options;
};

}
