#include "core/datasource/http_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <memory>
#include <mutex>

// curl's easy interface looks at its progress callback once a second while nothing arrives. A person who presses Stop
// should not wait for that, so each request runs in a multi handle and the stop callback wakes its poll.

namespace belvedere::datasource {

namespace {

    struct EasyDeleter {
        void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
    };
    struct MultiDeleter {
        void operator()(CURLM* handle) const { curl_multi_cleanup(handle); }
    };
    struct ListDeleter {
        void operator()(curl_slist* list) const { curl_slist_free_all(list); }
    };

    struct Body {
        std::string text;
        std::size_t limit = 0;
        bool tooLarge = false;
    };

    std::size_t appendToBody(char* data, std::size_t size, std::size_t count, void* user)
    {
        auto& body = *static_cast<Body*>(user);
        if (body.text.size() + size * count > body.limit) {
            body.tooLarge = true;
            return 0;
        }
        body.text.append(data, size * count);
        return size * count;
    }

    /// The multi handle keeps connections open, so a thread that asks the same server again does not connect again.
    CURLM* multiOfThisThread()
    {
        static std::once_flag once;
        std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
        thread_local const std::unique_ptr<CURLM, MultiDeleter> multi(curl_multi_init());
        return multi.get();
    }

    void appendEncoded(std::string& out, std::string_view text)
    {
        static constexpr char kHex[] = "0123456789ABCDEF";
        for (const char c : text) {
            const auto byte = static_cast<unsigned char>(c);
            const bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9')
                || byte == '-' || byte == '_' || byte == '.' || byte == '~';
            if (plain) {
                out += c;
            } else {
                out += '%';
                out += kHex[byte >> 4];
                out += kHex[byte & 15];
            }
        }
    }

    std::string percentDecoded(const std::string& text)
    {
        int length = 0;
        const std::unique_ptr<char, decltype(&curl_free)> plain(curl_easy_unescape(nullptr, text.c_str(), static_cast<int>(text.size()), &length), &curl_free);
        return plain ? std::string(plain.get(), static_cast<std::size_t>(length)) : text;
    }

    Error transferError(CURLcode code, const std::string& url, const char* detail)
    {
        const std::string place = url.substr(0, url.find('?'));
        const std::string reason = *detail ? detail : curl_easy_strerror(code);
        switch (code) {
        case CURLE_OPERATION_TIMEDOUT:
            return { ErrorCode::timeout, place + ": no complete answer in time: " + reason };
        case CURLE_URL_MALFORMAT:
        case CURLE_UNSUPPORTED_PROTOCOL:
            return { ErrorCode::invalidArgument, "\"" + place + "\" is not an http or https address; write it like http://host:9090" };
        case CURLE_COULDNT_CONNECT:
            return { ErrorCode::unavailable, place + ": " + reason + "; is the server running, and is this its address?" };
        case CURLE_COULDNT_RESOLVE_HOST:
            return { ErrorCode::unavailable, place + ": " + reason + "; check the name in the address" };
        case CURLE_SSL_CONNECT_ERROR:
            return { ErrorCode::unavailable, place + ": " + reason + "; a server without TLS has an address with http://" };
        default:
            return { ErrorCode::unavailable, place + ": " + reason };
        }
    }

}

std::string encodeForm(const Parameters& parameters)
{
    std::string out;
    for (const auto& [name, value] : parameters) {
        if (!out.empty())
            out += '&';
        appendEncoded(out, name);
        out += '=';
        appendEncoded(out, value);
    }
    return out;
}

HttpClient::HttpClient(RemoteOptions options)
    : m_options(std::move(options))
{
    auto& url = m_options.url;
    while (url.ends_with('/'))
        url.pop_back();
    // What is before the @ goes to the server, and never into a message.
    const auto scheme = url.find("://");
    const auto host = scheme == std::string::npos ? 0 : scheme + 3;
    const auto at = url.substr(0, url.find('/', host)).rfind('@');
    if (at == std::string::npos || at < host)
        return;
    const auto login = url.substr(host, at - host);
    url.erase(host, at + 1 - host);
    if (!m_options.user.empty())
        return;
    const auto colon = login.find(':');
    m_options.user = percentDecoded(login.substr(0, colon));
    m_options.password = colon == std::string::npos ? std::string() : percentDecoded(login.substr(colon + 1));
}

Result<HttpAnswer> HttpClient::get(const std::string& path, const Parameters& parameters, std::stop_token stop) const
{
    std::string url = m_options.url + path;
    if (!parameters.empty())
        url += "?" + encodeForm(parameters);
    return run(url, nullptr, std::move(stop));
}

Result<HttpAnswer> HttpClient::post(const std::string& path, const Parameters& form, std::stop_token stop) const
{
    const std::string body = encodeForm(form);
    return run(m_options.url + path, &body, std::move(stop));
}

Result<HttpAnswer> HttpClient::run(const std::string& url, const std::string* form, std::stop_token stop) const
{
    if (stop.stop_requested())
        return failure(ErrorCode::cancelled, "cancelled");
    if (!url.starts_with("http://") && !url.starts_with("https://"))
        return std::unexpected(transferError(CURLE_UNSUPPORTED_PROTOCOL, url, ""));
    CURLM* const multi = multiOfThisThread();
    const std::unique_ptr<CURL, EasyDeleter> easy(curl_easy_init());
    if (!multi || !easy)
        return failure(ErrorCode::unavailable, "libcurl could not be set up");

    Body body { .text = {}, .limit = m_options.maxAnswerBytes };
    char detail[CURL_ERROR_SIZE] = "";
    std::unique_ptr<curl_slist, ListDeleter> headers;
    const auto addHeader = [&headers](const std::string& line) {
        headers.reset(curl_slist_append(headers.release(), line.c_str()));
    };
    for (const auto& [name, value] : m_options.headers)
        addHeader(name + ": " + value);

    CURL* const handle = easy.get();
    curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, detail);
    curl_easy_setopt(handle, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(m_options.timeoutMs));
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::min<std::int64_t>(m_options.timeoutMs, 10'000)));
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, appendToBody);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, &body);
    curl_easy_setopt(handle, CURLOPT_USERAGENT, "belvedere");
    if (!m_options.bearerToken.empty()) {
        curl_easy_setopt(handle, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
        curl_easy_setopt(handle, CURLOPT_XOAUTH2_BEARER, m_options.bearerToken.c_str());
    } else if (!m_options.user.empty()) {
        curl_easy_setopt(handle, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
        curl_easy_setopt(handle, CURLOPT_USERNAME, m_options.user.c_str());
        curl_easy_setopt(handle, CURLOPT_PASSWORD, m_options.password.c_str());
    }
    if (form) {
        curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(form->size()));
        curl_easy_setopt(handle, CURLOPT_POSTFIELDS, form->data());
        addHeader("Expect:"); // no round trip before the body
    }
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());

    curl_multi_add_handle(multi, handle);
    CURLcode code = CURLE_OK;
    {
        const std::stop_callback wake(stop, [multi] { curl_multi_wakeup(multi); });
        int running = 1;
        while (running > 0 && !stop.stop_requested()) {
            if (curl_multi_perform(multi, &running) != CURLM_OK) {
                code = CURLE_RECV_ERROR;
                break;
            }
            if (running > 0)
                curl_multi_poll(multi, nullptr, 0, 1000, nullptr);
        }
    }
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
        if (message->msg == CURLMSG_DONE && message->easy_handle == handle)
            code = message->data.result;
    }
    curl_multi_remove_handle(multi, handle);

    if (stop.stop_requested())
        return failure(ErrorCode::cancelled, "cancelled");
    if (body.tooLarge)
        return failure(ErrorCode::limit, url.substr(0, url.find('?')) + ": the answer is larger than " + std::to_string(m_options.maxAnswerBytes)
                + " bytes; ask for a shorter range or a longer step");
    if (code != CURLE_OK)
        return std::unexpected(transferError(code, url, detail));
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    HttpAnswer answer { static_cast<int>(status), std::move(body.text), {} };
    const char* elsewhere = nullptr;
    if (curl_easy_getinfo(handle, CURLINFO_REDIRECT_URL, &elsewhere) == CURLE_OK && elsewhere)
        answer.redirect = elsewhere;
    return answer;
}

}
