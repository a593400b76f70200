#pragma once

#include "core/ingest/scrape_config.h"

#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QObject>
#include <QTimer>
#include <QUrl>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace belvedere::scrape {

/// What a GET gave. `body` is decompressed.
struct HttpAnswer {
    std::string error; ///< empty: there is a body with status 200
    std::string body;
    std::string contentType;
};

/// The access managers of the scrape thread: kept-alive connections are shared by all targets.
struct HttpAccess {
    QNetworkAccessManager strict;
    QNetworkAccessManager lenient; ///< for insecure_skip_verify: connections are not mixed with those that were verified

    HttpAccess();
};

/// Fetches one address again and again, one request at a time.
///
/// The time-out is for the whole answer, as scrape_timeout means it. A body that grows beyond its limit, compressed or
/// not, ends the request at once. Lives in the scrape thread.
class HttpFetch : public QObject {
    Q_OBJECT

public:
    struct Options {
        QUrl url;
        std::string accept;
        std::int64_t timeoutMs = 0;
        std::size_t bodyLimit = 0; ///< 0: none but kMostBodyBytes
        std::vector<std::pair<std::string, std::string>> headers;
        ingest::ScrapeAuthorization authorization;
        bool insecureSkipVerify = false;
        bool followRedirects = true;
    };

    /// Keeps an endless body from eating the memory where no limit is configured.
    static constexpr std::size_t kMostBodyBytes = std::size_t { 512 } << 20;

    /// `access` must outlive this.
    explicit HttpFetch(HttpAccess& access, QObject* parent = nullptr);
    ~HttpFetch() override; ///< aborts

    void setOptions(Options options);
    [[nodiscard]] bool isBusy() const noexcept { return m_reply != nullptr; }

    /// Starts a request; must not be busy. finished() follows.
    void start();
    /// Ends the request without finished().
    void abort();

Q_SIGNALS:
    /// `answer` may be moved from.
    void finished(belvedere::scrape::HttpAnswer& answer);

private:
    void readSome();
    void finish();
    [[nodiscard]] std::string failureOf(const QNetworkReply& reply) const;
    [[nodiscard]] std::size_t bodyLimit() const { return m_options.bodyLimit != 0 ? m_options.bodyLimit : kMostBodyBytes; }
    void fail(std::string error);

    HttpAccess& m_access;
    Options m_options;
    QNetworkRequest m_request;
    QTimer m_timeout;
    QNetworkReply* m_reply = nullptr; // owned; deleted later
    std::string m_raw;                // reused
    std::string m_earlyError;         // why the reply was aborted here
    HttpAnswer m_answer;              // reused
};

}
