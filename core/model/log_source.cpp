#include "core/model/log_source.h"

#include <future>

namespace belvedere::model {

Result<LogAppendSummary> LogSink::appendAndWait(std::vector<LogPush> pushes, std::vector<LogPosition> positions)
{
    std::promise<Result<LogAppendSummary>> promise;
    auto future = promise.get_future();
    append(std::move(pushes), std::move(positions), [&promise](const Result<LogAppendSummary>& result) { promise.set_value(result); });
    return future.get();
}

}
