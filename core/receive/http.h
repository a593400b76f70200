#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace belvedere::receive {

enum class Method : std::uint8_t { get, head, post, put, del, options, other };

[[nodiscard]] std::string_view toString(Method method) noexcept;

/// Names and values as they stood in a query string or a form, in order; names may repeat.
class Parameters {
public:
    /// Appends `name=value&…` in percent encoding with `+` for blanks. Broken escapes stay as they are.
    void addEncoded(std::string_view text);
    void add(std::string name, std::string value) { m_list.emplace_back(std::move(name), std::move(value)); }

    /// The first value of `name`, "" if there is none. Valid as long as this object.
    [[nodiscard]] std::string_view get(std::string_view name) const noexcept;
    [[nodiscard]] bool has(std::string_view name) const noexcept;
    /// Every value of `name`.
    [[nodiscard]] std::vector<std::string_view> all(std::string_view name) const;

private:
    std::vector<std::pair<std::string, std::string>> m_list;
};

/// `text` with its percent escapes undone; `plusIsBlank` for query strings and forms, not for paths.
[[nodiscard]] std::string percentDecoded(std::string_view text, bool plusIsBlank);

/// A whole request, as a handler sees it: the body has been read and its size checked, its encoding is not undone.
struct Request {
    Method method = Method::get;
    std::string target;              ///< as it came: path and query string
    std::string path;                ///< decoded, without the query string
    Parameters parameters;           ///< of the form first, then of the query string
    std::vector<std::pair<std::string, std::string>> headers; ///< names in lower case
    std::string body;                ///< empty for a form: that is in `parameters`
    std::vector<std::string> captured; ///< what the `{name}` parts of the route matched, in order
    std::stop_token stop;            ///< requested when the client hangs up or the server stops

    /// The first header of that name (give it in lower case), "" if there is none.
    [[nodiscard]] std::string_view header(std::string_view lowerCaseName) const noexcept;
};

/// Where a handler writes an answer that it does not want to hold as a whole.
class BodyWriter {
public:
    virtual ~BodyWriter() = default;
    /// Sends `chunk` and returns when the connection has taken it. False when the client is gone: stop then.
    [[nodiscard]] virtual bool write(std::string chunk) = 0;
};

/// Collects the chunks in one string.
class StringBodyWriter final : public BodyWriter {
public:
    /// `out` must outlive the writer.
    explicit StringBodyWriter(std::string& out)
        : m_out(out)
    {
    }
    [[nodiscard]] bool write(std::string chunk) override
    {
        if (m_out.empty())
            m_out = std::move(chunk);
        else
            m_out += chunk;
        return true;
    }

private:
    std::string& m_out;
};

struct Response {
    int status = 200;
    std::string contentType = "application/json";
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers; ///< besides type and length
    /// When set, `body` is not used: called once, on the handler's thread, to write the body in chunks.
    std::function<void(BodyWriter&)> stream;
};

[[nodiscard]] Response textResponse(int status, std::string text);

/// An error in the form that Prometheus' clients read; `errorType` is one of Prometheus' words (bad_data, execution, …).
[[nodiscard]] Response errorResponse(int status, std::string_view errorType, std::string_view message);

using Handler = std::function<Response(const Request&)>;

}
