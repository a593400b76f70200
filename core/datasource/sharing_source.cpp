#include "core/datasource/sharing_source.h"

#include "core/datasource/forwarding_source.h"

#include <condition_variable>
#include <map>
#include <mutex>
#include <tuple>
#include <utility>

namespace belvedere::datasource {
namespace {

class SharingSource final : public ForwardingSource {
public:
    using ForwardingSource::ForwardingSource;

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
                auto value = inner().query(request, std::move(stop));
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
