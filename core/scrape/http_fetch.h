#pragma once

#include "core/ingest/http_answer.h"
#include "core/ingest/scrape_config.h"

#include <QByteArray>
#include <QObject>
#include <QSslSocket>
#include <QTcpSocket>
#include <QTimer>
#include <QUrl>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace belvedere::scrape {

/// What a GET gave. `body` is decompressed.
struct HttpAnswer {
    std::string error; ///< empty: there is a body with status 200
    std::string body;
    std::string contentType;
};

/// Body buffers that nobody uses just now: some hundred kilobytes each, of which few are needed at once.
class HttpBuffers {
public:
    [[nodiscard]] std::string take();
    void giveBack(std::string buffer);

private:
    std::vector<std::string> m_spare;
};

/// Fetches one address again and again with GET over HTTP/1.1, one request at a time, on a connection of its own that is
/// kept alive. Why not QNetworkAccessManager: docs/decisions/0004-scraping-over-a-plain-socket.md.
///
/// The time-out is for the whole answer, as scrape_timeout means it. A body that grows beyond its limit, compressed or
/// not, ends the request at once. Lives in the scrape thread.
class HttpFetch : public QObject {
    Q_OBJECT

public:
    struct Options {
        QUrl url = {};
        std::string accept = {};
        std::int64_t timeoutMs = 0;
        std::size_t bodyLimit = 0; ///< 0: none but kMostBodyBytes
        std::vector<std::pair<std::string, std::string>> headers = {};
        ingest::ScrapeAuthorization authorization = {};
        bool insecureSkipVerify = false;
        bool followRedirects = true;

        bool operator==(const Options&) const = default;
    };

    /// Keeps an endless body from eating the memory where no limit is configured.
    static constexpr std::size_t kMostBodyBytes = std::size_t { 512 } << 20;

    /// `buffers` must outlive this.
    explicit HttpFetch(HttpBuffers& buffers, QObject* parent = nullptr);
    ~HttpFetch() override; ///< aborts

    /// Must not be busy.
    void setOptions(Options options);
    [[nodiscard]] bool isBusy() const noexcept { return m_phase != Phase::idle; }

    /// Starts a request; must not be busy. finished() follows, never from within this call.
    void start();
    /// Ends the request without finished().
    void abort();

Q_SIGNALS:
    void finished(const belvedere::scrape::HttpAnswer& answer);

private:
    enum class Phase : std::uint8_t { idle, connecting, head, body };

    void send();
    void connectTo(const QUrl& url);
    void writeRequest();
    void readSome();
    Result<void> readHead();
    Result<void> readBody();
    void closed();
    void complete(std::string error, bool whole = false);
    void redirect();
    void dropSocket();
    [[nodiscard]] std::string statusError() const;
    [[nodiscard]] std::string get(std::string_view what) const;
    [[nodiscard]] std::size_t bodyLimit() const { return m_options.bodyLimit != 0 ? m_options.bodyLimit : kMostBodyBytes; }

    HttpBuffers& m_buffers;
    Options m_options;
    QTimer m_timeout;
    std::unique_ptr<QTcpSocket> m_socket; // a QSslSocket for https
    QUrl m_connectedTo;                   // of m_socket
    QUrl m_url;                           // of the request; changes with redirects
    QByteArray m_fields;                  // of the request, but for Host
    Phase m_phase = Phase::idle;
    bool m_reused = false; // the connection carried an answer before: the other side may just be closing it
    int m_redirects = 0;
    std::string m_received; // head, or chunks, not yet understood
    ingest::HttpHead m_head;
    ingest::ChunkDecoder m_chunks;
    std::string m_body;
};

}
