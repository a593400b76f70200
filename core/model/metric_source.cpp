#include "core/model/metric_source.h"

#include <future>

namespace belvedere::model {

Result<AppendSummary> MetricSink::appendAndWait(MetricBatch batch)
{
    std::promise<Result<AppendSummary>> promise;
    auto future = promise.get_future();
    append(std::move(batch), [&promise](const Result<AppendSummary>& result) { promise.set_value(result); });
    return future.get();
}

}
