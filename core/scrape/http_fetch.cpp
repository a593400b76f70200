#include "core/scrape/http_fetch.h"

#include "core/base/text.h"
#include "core/ingest/compress.h"

#include <QHttp1Configuration>
#include <QNetworkProxy>
#include <QSslConfiguration>
#include <QSslSocket>

#include <format>
#include <utility>

namespace belvedere::scrape {

namespace {

std::string utf8(const QByteArray& bytes) { return toValidUtf8({ bytes.constData(), static_cast<std::size_t>(bytes.size()) }); }

}

HttpAccess::HttpAccess()
{
    for (auto* const manager : { &strict, &lenient }) {
        manager->setProxy(QNetworkProxy::NoProxy);
        manager->setAutoDeleteReplies(false);
    }
}

HttpFetch::HttpFetch(HttpAccess& access, QObject* parent)
    : QObject(parent)
    , m_access(access)
    , m_timeout(this)
{
    m_timeout.setSingleShot(true);
    m_timeout.setTimerType(Qt::PreciseTimer);
    connect(&m_timeout, &QTimer::timeout, this, [this] {
        fail(std::format("Get \"{}\": context deadline exceeded: no complete answer within {}; the target is too slow for its scrape_timeout",
            m_options.url.toString().toStdString(), formatDurationMs(m_options.timeoutMs)));
    });
}

HttpFetch::~HttpFetch() { abort(); }

void HttpFetch::setOptions(Options options)
{
    m_options = std::move(options);
    m_request = QNetworkRequest(m_options.url);
    m_request.setAttribute(QNetworkRequest::CacheLoadControlAttribute, QNetworkRequest::AlwaysNetwork);
    m_request.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    m_request.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    m_request.setAttribute(QNetworkRequest::AuthenticationReuseAttribute, QNetworkRequest::Manual);
    m_request.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
    m_request.setAttribute(QNetworkRequest::RedirectPolicyAttribute,
        m_options.followRedirects ? QNetworkRequest::NoLessSafeRedirectPolicy : QNetworkRequest::ManualRedirectPolicy);
    // Targets of one host, as in a compose stack, must not wait for each other.
    QHttp1Configuration http1;
    http1.setNumberOfConnectionsPerHost(16);
    m_request.setHttp1Configuration(http1);
    if (m_options.insecureSkipVerify && QSslSocket::supportsSsl()) {
        auto ssl = QSslConfiguration::defaultConfiguration();
        ssl.setPeerVerifyMode(QSslSocket::VerifyNone);
        m_request.setSslConfiguration(ssl);
    }
    m_request.setRawHeader("Accept", QByteArray::fromStdString(m_options.accept));
    m_request.setRawHeader("Accept-Encoding", "gzip"); // decompressed here, with a limit
    m_request.setRawHeader("User-Agent", "Belvedere");
    m_request.setRawHeader("X-Prometheus-Scrape-Timeout-Seconds", QByteArray::number(static_cast<double>(m_options.timeoutMs) / 1000));
    const auto& authorization = m_options.authorization;
    if (!authorization.basicUser.empty()) {
        const auto pair = QByteArray::fromStdString(authorization.basicUser + ":" + authorization.basicPassword);
        m_request.setRawHeader("Authorization", "Basic " + pair.toBase64());
    } else if (!authorization.credentials.empty()) {
        m_request.setRawHeader("Authorization", QByteArray::fromStdString(authorization.type + " " + authorization.credentials));
    }
    for (const auto& [name, value] : m_options.headers)
        m_request.setRawHeader(QByteArray::fromStdString(name), QByteArray::fromStdString(value));
}

void HttpFetch::start()
{
    m_raw.clear();
    m_earlyError.clear();
    auto& manager = m_options.insecureSkipVerify ? m_access.lenient : m_access.strict;
    m_reply = manager.get(m_request);
    connect(m_reply, &QNetworkReply::readyRead, this, &HttpFetch::readSome);
    connect(m_reply, &QNetworkReply::finished, this, &HttpFetch::finish);
    m_timeout.start(std::chrono::milliseconds(m_options.timeoutMs));
}

void HttpFetch::abort()
{
    m_timeout.stop();
    if (auto* const reply = std::exchange(m_reply, nullptr)) {
        reply->disconnect(this);
        reply->abort();
        reply->deleteLater();
    }
}

void HttpFetch::fail(std::string error)
{
    m_earlyError = std::move(error);
    if (m_reply)
        m_reply->abort(); // finish() follows
}

void HttpFetch::readSome()
{
    const auto waiting = m_reply->bytesAvailable();
    if (waiting <= 0)
        return;
    const auto before = m_raw.size();
    if (before + static_cast<std::size_t>(waiting) > bodyLimit()) {
        fail(std::format("body size limit exceeded: the answer is larger than {} bytes", bodyLimit()));
        return;
    }
    m_raw.resize_and_overwrite(before + static_cast<std::size_t>(waiting), [&](char* data, std::size_t) {
        return before + static_cast<std::size_t>(std::max<qint64>(0, m_reply->read(data + before, waiting)));
    });
}

std::string HttpFetch::failureOf(const QNetworkReply& reply) const
{
    const auto status = reply.attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    const auto get = [&](std::string_view what) { return std::format("Get \"{}\": {}", m_options.url.toString().toStdString(), what); };
    if (status != 0 && status != 200) {
        auto text = std::format("server returned HTTP status {} {}", status, utf8(reply.attribute(QNetworkRequest::HttpReasonPhraseAttribute).toByteArray()));
        if (status == 401 || status == 403)
            text += "; check basic_auth or authorization of this scrape job";
        else if (status == 404)
            text += "; check metrics_path of this scrape job";
        else if (status >= 300 && status < 400)
            text += "; the target redirects and follow_redirects is off";
        return text;
    }
    switch (reply.error()) {
    case QNetworkReply::NoError: return {};
    case QNetworkReply::ConnectionRefusedError: return get("connection refused; nothing listens there: is the target running, and is the port right?");
    case QNetworkReply::HostNotFoundError: return get("no such host; check the name, or use a published port on localhost for a container");
    case QNetworkReply::RemoteHostClosedError:
        return status == 200 ? std::format("unexpected EOF: the connection closed after {} bytes of the body", m_raw.size())
                             : get("EOF: the connection closed without an answer");
    case QNetworkReply::SslHandshakeFailedError:
        return get(std::format("TLS handshake failed: {}; if the certificate is self-signed, set tls_config.insecure_skip_verify", reply.errorString().toStdString()));
    default: return get(reply.errorString().toStdString());
    }
}

void HttpFetch::finish()
{
    m_timeout.stop();
    if (m_earlyError.empty())
        readSome();
    auto* const reply = std::exchange(m_reply, nullptr);
    reply->deleteLater();
    m_answer.body.clear();
    m_answer.contentType = utf8(reply->rawHeader("Content-Type"));
    m_answer.error = !m_earlyError.empty() ? m_earlyError : failureOf(*reply);
    if (m_answer.error.empty()) {
        const auto encoding = ingest::parseContentEncoding(utf8(reply->rawHeader("Content-Encoding")));
        if (!encoding) {
            m_answer.error = encoding.error().message;
        } else if (*encoding == ingest::Encoding::identity) {
            std::swap(m_answer.body, m_raw);
        } else if (const auto done = ingest::decompress(*encoding, m_raw, bodyLimit(), m_answer.body); !done) {
            m_answer.error = done.error().code == ErrorCode::limit ? std::format("body size limit exceeded: {}", done.error().message) : done.error().message;
        }
    }
    Q_EMIT finished(m_answer);
}

}
