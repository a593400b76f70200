#include "core/datasource/sharing_source.h"

#include <condition_variable>
#include <map>
#include <mutex>
#include <tuple>
#include <utility>

namespace belvedere::datasource {
namespace {

class SharingSource final : public DataSource {
public:
    explicit SharingSource(std::shared_ptr<const DataSource> inner)
        : m_inner(std::move(inner))
    {
    }

    const Info& info() const override { return m_inner->info(); }
    Result<void> check(const std::string& expr) const override { return m_inner->check(expr); }
    Result<std::vector<std::string>> labelNames(const std::vector<std::string>& selectors, std::int64_t fromNs, std::int64_t toNs, std::stop_token stop) const override
    {
        return m_inner->labelNames(selectors, fromNs, toNs, std::move(stop));
    }
    Result<std::vector<std::string>> labelValues(const std::string& label, const std::vector<std::string>& selectors, std::int64_t fromNs, std::int64_t toNs, std::stop_token stop) const override
    {
        return m_inner->labelValues(label, selectors, fromNs, toNs, std::move(stop));
    }
    Result<std::vector<model::LabelsRef>> series(const std::vector<std::string>& selectors, std::int64_t fromNs, std::int64_t toNs, std::stop_token stop) const override
    {
        return m_inner->series(selectors, fromNs, toNs, std::move(stop));
    }
    Result<std::vector<model::MetricMetadata>> metadata(const std::string& metric, std::stop_token stop) const override { return m_inner->metadata(metric, std::move(stop)); }
    Result<std::shared_ptr<void>> tail(const std::string& expr, OnLine onLine, OnDropped onDropped) const override { return m_inner->tail(expr, std::move(onLine), std::move(onDropped)); }

    Result<model::QueryValue> query(const QueryRequest& request, std::stop_token stop) const override
    {
        const Key key { request.expr, request.instant, request.fromNs, request.toNs, request.stepNs, request.limit, request.forward };
        std::shared_ptr<const model::QueryValue> answer;
        {
            std::unique_lock lock(m_mutex);
            Flight& flight = m_flights[key];
            // False too when the asker stops waiting before the answer is there.
            const auto canGoOn = [&flight] { return !flight.running; };
            if (!m_landed.wait(lock, stop, canGoOn))
                return failure(ErrorCode::cancelled, "the query was stopped");
            if (!flight.answer) {
                flight.running = true;
                lock.unlock();
                auto value = m_inner->query(request, std::move(stop));
                lock.lock();
                flight.running = false;
                if (value)
                    flight.answer = std::make_shared<const model::QueryValue>(std::move(*value));
                m_landed.notify_all();
                if (!value)
                    return std::unexpected(value.error());
            }
            answer = flight.answer;
        }
        return *answer;
    }

private:
    using Key = std::tuple<std::string, bool, std::int64_t, std::int64_t, std::int64_t, std::size_t, bool>;

    struct Flight {
        bool running = false;
        std::shared_ptr<const model::QueryValue> answer; ///< null until a query succeeded
    };

    std::shared_ptr<const DataSource> m_inner;
    mutable std::mutex m_mutex;
    mutable std::condition_variable_any m_landed;
    mutable std::map<Key, Flight> m_flights; // guarded by m_mutex; nodes stay where they are
};

}

std::shared_ptr<const Registry> sharingRegistry(const Registry& registry)
{
    std::vector<std::shared_ptr<const DataSource>> sources;
    for (const auto& source : registry.all())
        sources.push_back(std::make_shared<SharingSource>(source));
    return std::make_shared<const Registry>(std::move(sources));
}

}
