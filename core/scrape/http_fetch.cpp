#include "core/scrape/http_fetch.h"

#include "core/base/format.h"
#include "core/base/text.h"
#include "core/ingest/compress.h"

#include <QNetworkProxy>
#include <QSslConfiguration>

#include <algorithm>
#include <charconv>
#include <chrono>

// A scrape is the simplest of HTTP requests, made a hundred times a second. The socket's bytes go into one buffer that
// is reused, and are parsed there.

namespace belvedere::scrape {

namespace {

constexpr std::size_t kMostHeadBytes = 64 << 10;
constexpr int kMostRedirects = 10;
constexpr std::size_t kSpareBuffers = 8;

/// Two places have the same connection.
bool sameOrigin(const QUrl& a, const QUrl& b) { return a.scheme() == b.scheme() && a.host() == b.host() && a.port() == b.port(); }

bool isFieldText(std::string_view text) { return text.find_first_of(std::string_view("\r\n\0", 3)) == text.npos; }

}

std::string HttpBuffers::take()
{
    if (m_spare.empty())
        return {};
    auto out = std::move(m_spare.back());
    m_spare.pop_back();
    out.clear();
    return out;
}

void HttpBuffers::giveBack(std::string buffer)
{
    if (m_spare.size() < kSpareBuffers)
        m_spare.push_back(std::move(buffer));
}

HttpFetch::HttpFetch(HttpBuffers& buffers, QObject* parent)
    : QObject(parent)
    , m_buffers(buffers)
    , m_timeout(this)
{
    m_timeout.setSingleShot(true);
    m_timeout.setTimerType(Qt::PreciseTimer);
    connect(&m_timeout, &QTimer::timeout, this, [this] {
        complete(get(formatted("context deadline exceeded: no complete answer within {}; the target is too slow for its scrape_timeout", formatDurationMs(m_options.timeoutMs))));
    });
}

HttpFetch::~HttpFetch() { abort(); }

void HttpFetch::setOptions(Options options)
{
    if (options == m_options)
        return;
    dropSocket();
    m_options = std::move(options);
    m_fields.clear();
    const auto add = [this](std::string_view name, std::string_view value) {
        if (!isFieldText(name) || !isFieldText(value))
            return;
        m_fields.append(name.data(), static_cast<qsizetype>(name.size())).append(": ");
        m_fields.append(value.data(), static_cast<qsizetype>(value.size())).append("\r\n");
    };
    add("User-Agent", "Belvedere");
    add("Accept", m_options.accept);
    add("Accept-Encoding", "gzip");
    add("X-Prometheus-Scrape-Timeout-Seconds", formatted("{}", static_cast<double>(m_options.timeoutMs) / 1000));
    const auto& authorization = m_options.authorization;
    if (!authorization.basicUser.empty()) {
        const auto pair = QByteArray::fromStdString(authorization.basicUser + ":" + authorization.basicPassword);
        add("Authorization", "Basic " + pair.toBase64().toStdString());
    } else if (!authorization.credentials.empty()) {
        add("Authorization", authorization.type + " " + authorization.credentials);
    }
    for (const auto& [name, value] : m_options.headers)
        add(name, value);
}

std::string HttpFetch::get(std::string_view what) const
{
    return formatted("Get \"{}\": {}", m_options.url.toString(QUrl::FullyEncoded).toStdString(), what);
}

void HttpFetch::start()
{
    m_redirects = 0;
    m_url = m_options.url;
    m_timeout.start(std::chrono::milliseconds(m_options.timeoutMs));
    send();
}

/// Sends the request for m_url, over the open connection if it leads there.
void HttpFetch::send()
{
    m_received.clear();
    m_chunks = {};
    m_reused = m_socket && m_socket->state() == QAbstractSocket::ConnectedState && sameOrigin(m_connectedTo, m_url);
    if (m_reused) {
        writeRequest();
        return;
    }
    connectTo(m_url);
}

void HttpFetch::connectTo(const QUrl& url)
{
    dropSocket();
    m_phase = Phase::connecting;
    m_connectedTo = url;
    const auto host = url.host();
    if (url.scheme() == u"https") {
        auto socket = std::make_unique<QSslSocket>();
        if (m_options.insecureSkipVerify)
            socket->setPeerVerifyMode(QSslSocket::VerifyNone);
        connect(socket.get(), &QSslSocket::encrypted, this, &HttpFetch::writeRequest);
        socket->setProxy(QNetworkProxy::NoProxy);
        socket->connectToHostEncrypted(host, static_cast<quint16>(url.port(443)));
        m_socket = std::move(socket);
    } else {
        m_socket = std::make_unique<QTcpSocket>();
        connect(m_socket.get(), &QTcpSocket::connected, this, &HttpFetch::writeRequest);
        m_socket->setProxy(QNetworkProxy::NoProxy);
        m_socket->connectToHost(host, static_cast<quint16>(url.port(80)));
    }
    connect(m_socket.get(), &QTcpSocket::readyRead, this, &HttpFetch::readSome);
    // Queued: a socket can fail within connectToHost(). By then it may have been replaced.
    connect(m_socket.get(), &QTcpSocket::errorOccurred, this, [this, failed = m_socket.get()] {
        if (m_socket.get() == failed && failed->error() != QAbstractSocket::UnknownSocketError)
            closed();
    }, Qt::QueuedConnection);
}

void HttpFetch::writeRequest()
{
    m_phase = Phase::head;
    m_socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    QByteArray request = "GET " + m_url.toEncoded(QUrl::RemoveScheme | QUrl::RemoveAuthority | QUrl::RemoveFragment) + " HTTP/1.1\r\nHost: " + m_url.host(QUrl::FullyEncoded).toLatin1();
    if (m_url.port() > 0)
        request += ':' + QByteArray::number(m_url.port());
    m_socket->write(request + "\r\n" + m_fields + "\r\n");
}

void HttpFetch::readSome()
{
    while (isBusy() && m_socket && m_socket->bytesAvailable() > 0) {
        if (m_phase == Phase::connecting)
            return;
        if (auto done = m_phase == Phase::head ? readHead() : readBody(); !done) {
            dropSocket();
            complete(done.error().code == ErrorCode::limit ? formatted("body size limit exceeded: {}", done.error().message) : get(done.error().message));
        }
    }
    if (!isBusy() && m_socket && m_socket->bytesAvailable() > 0)
        dropSocket(); // an answer without a question
}

Result<void> HttpFetch::readHead()
{
    constexpr qint64 kPiece = 4096;
    char piece[kPiece];
    const auto size = m_socket->read(piece, kPiece);
    if (size <= 0)
        return {};
    m_received.append(piece, static_cast<std::size_t>(size));
    do {
        const auto end = m_received.find("\r\n\r\n");
        if (end == m_received.npos)
            return m_received.size() < kMostHeadBytes ? Result<void> {} : failure(ErrorCode::parse, "the head of the answer does not end");
        auto head = ingest::HttpHead::parse(std::string_view(m_received).substr(0, end));
        if (!head)
            return std::unexpected(head.error());
        m_head = std::move(*head);
        m_received.erase(0, end + 4);
    } while (m_head.status < 200); // 100 Continue and the like: the answer comes behind it
    m_phase = Phase::body;
    m_body = m_buffers.take();
    if (m_head.status == 204 || m_head.status == 304)
        m_head.contentLength = 0;
    if (!m_head.chunked && m_head.contentLength >= 0) {
        if (static_cast<std::uint64_t>(m_head.contentLength) > bodyLimit())
            return failure(ErrorCode::limit, formatted("the answer has {} bytes, the limit is {}", m_head.contentLength, bodyLimit()));
        m_body.reserve(static_cast<std::size_t>(m_head.contentLength));
    }
    if (!m_head.chunked) {
        m_body += m_received;
        m_received.clear();
    }
    return readBody();
}

Result<void> HttpFetch::readBody()
{
    const auto available = static_cast<std::size_t>(std::max<qint64>(0, m_socket->bytesAvailable()));
    if (m_head.chunked) {
        const auto before = m_received.size();
        m_received.resize_and_overwrite(before + available, [&](char* data, std::size_t) {
            return before + static_cast<std::size_t>(std::max<qint64>(0, m_socket->read(data + before, static_cast<qint64>(available))));
        });
        std::string_view input = m_received;
        if (auto fed = m_chunks.feed(input, bodyLimit(), m_body); !fed)
            return fed;
        m_received.clear();
        if (m_chunks.finished())
            complete(statusError(), true);
        return {};
    }
    const bool sized = m_head.contentLength >= 0;
    const auto wanted = sized ? static_cast<std::size_t>(m_head.contentLength) : bodyLimit() + 1;
    if (m_body.size() < wanted && available > 0) {
        const auto before = m_body.size();
        const auto part = std::min(available, wanted - before);
        m_body.resize_and_overwrite(before + part, [&](char* data, std::size_t) {
            return before + static_cast<std::size_t>(std::max<qint64>(0, m_socket->read(data + before, static_cast<qint64>(part))));
        });
    }
    if (m_body.size() > bodyLimit())
        return failure(ErrorCode::limit, formatted("the answer is larger than {} bytes", bodyLimit()));
    if (sized && m_body.size() >= wanted) {
        if (m_body.size() > wanted) { // more than was announced
            m_body.resize(wanted);
            m_head.keepAlive = false;
        }
        complete(statusError(), true);
    }
    return {};
}

/// The socket reported an error, the other side's end among them.
void HttpFetch::closed()
{
    readSome();
    if (!isBusy() || !m_socket) {
        dropSocket();
        return;
    }
    const auto error = m_socket->error();
    const auto text = m_socket->errorString().toStdString();
    const bool nothingYet = m_phase == Phase::head && m_received.empty();
    dropSocket();
    if (m_reused && nothingYet) {
        // It closed the idle connection while the request was on its way; that says nothing about the target.
        send();
        return;
    }
    switch (error) {
    case QAbstractSocket::ConnectionRefusedError:
        complete(get("connection refused; nothing listens there: is the target running, and is the port right?"));
        return;
    case QAbstractSocket::HostNotFoundError:
        complete(get("no such host; check the name, or use a published port on localhost for a container"));
        return;
    case QAbstractSocket::SslHandshakeFailedError:
        complete(get(formatted("TLS handshake failed: {}; if the certificate is self-signed, set tls_config.insecure_skip_verify", text)));
        return;
    case QAbstractSocket::RemoteHostClosedError:
        if (m_phase != Phase::body)
            complete(get("EOF: the connection closed without an answer"));
        else if (m_head.chunked || m_head.contentLength >= 0)
            complete(formatted("unexpected EOF: the connection closed after {} bytes of the body{}", m_body.size(),
                m_head.contentLength >= 0 ? formatted(" of {}", m_head.contentLength) : std::string()));
        else
            complete(statusError(), true); // the close is the end of the body
        return;
    default: complete(get(text));
    }
}

/// "" for 200.
std::string HttpFetch::statusError() const
{
    const auto status = m_head.status;
    if (status == 200)
        return {};
    auto text = formatted("server returned HTTP status {} {}", status, m_head.reason);
    if (status == 401 || status == 403)
        text += "; check basic_auth or authorization of this scrape job";
    else if (status == 404)
        text += "; check metrics_path of this scrape job";
    else if (status >= 300 && status < 400 && !m_options.followRedirects)
        text += "; the target redirects and follow_redirects is off";
    return text;
}

/// Ends the request. `whole`: the answer was read to its end, so the connection can carry another.
void HttpFetch::complete(std::string error, bool whole)
{
    if (!whole || !m_head.keepAlive)
        dropSocket();
    if (whole && m_head.status >= 301 && m_head.status <= 308 && m_options.followRedirects && !m_head.location.empty() && m_redirects < kMostRedirects) {
        redirect();
        return;
    }
    m_timeout.stop();
    m_phase = Phase::idle;
    HttpAnswer answer;
    answer.error = std::move(error);
    if (answer.error.empty()) {
        answer.contentType = m_head.contentType;
        const auto encoding = ingest::parseContentEncoding(m_head.contentEncoding);
        if (!encoding) {
            answer.error = encoding.error().message;
        } else if (*encoding == ingest::Encoding::identity) {
            answer.body = std::move(m_body);
        } else {
            answer.body = m_buffers.take();
            if (const auto done = ingest::decompress(*encoding, m_body, bodyLimit(), answer.body); !done)
                answer.error = done.error().code == ErrorCode::limit ? formatted("body size limit exceeded: {}", done.error().message) : done.error().message;
        }
    }
    if (m_body.capacity() != 0)
        m_buffers.giveBack(std::exchange(m_body, {}));
    Q_EMIT finished(answer);
    if (answer.body.capacity() != 0)
        m_buffers.giveBack(std::move(answer.body));
}

void HttpFetch::redirect()
{
    ++m_redirects;
    m_buffers.giveBack(std::exchange(m_body, {}));
    const auto next = m_url.resolved(QUrl::fromEncoded(QByteArray::fromStdString(m_head.location)));
    const bool safe = next.scheme() == u"https" || (next.scheme() == u"http" && m_url.scheme() == u"http");
    if (!next.isValid() || !safe) {
        m_head.location.clear();
        complete(get(formatted("redirected to {}, which is no safe http address", goQuoted(next.toString().toStdString()))));
        return;
    }
    // Credentials are for the host that they were given for.
    if (next.host() != m_options.url.host() && m_fields.contains("Authorization: ")) {
        m_head.location.clear();
        complete(get(formatted("redirected to another host, {}, where the credentials of this job must not go", goQuoted(next.host().toStdString()))));
        return;
    }
    m_url = next;
    m_phase = Phase::head;
    // Not from within the socket's signal.
    QMetaObject::invokeMethod(this, [this] {
        if (isBusy())
            send();
    }, Qt::QueuedConnection);
}

void HttpFetch::dropSocket()
{
    if (!m_socket)
        return;
    m_socket->disconnect(this);
    m_socket->abort();
    m_socket.release()->deleteLater(); // it may be in one of its own signals
}

void HttpFetch::abort()
{
    m_timeout.stop();
    dropSocket();
    m_phase = Phase::idle;
}

}
