#pragma once

#include "core/datasource/data_source.h"

#include <atomic>
#include <string>

namespace belvedere::tests {

/// A data source that answers every query with smooth series made from the text of the query: the same each time.
/// `up == broken` fails, `empty` has no series. Log queries get lines.
class MadeUpSource : public datasource::DataSource {
public:
    explicit MadeUpSource(datasource::Info info, int seriesPerQuery = 3)
        : m_info(std::move(info))
        , m_series(seriesPerQuery)
    {
    }

    [[nodiscard]] const datasource::Info& info() const override { return m_info; }
    [[nodiscard]] Result<model::QueryValue> query(const datasource::QueryRequest& request, std::stop_token stop) const override;
    [[nodiscard]] Result<void> check(const std::string&) const override { return {}; }
    [[nodiscard]] Result<std::vector<std::string>> labelNames(const std::vector<std::string>& selectors, std::int64_t fromNs, std::int64_t toNs, std::stop_token stop) const override;
    [[nodiscard]] Result<std::vector<std::string>> labelValues(const std::string& label, const std::vector<std::string>& selectors, std::int64_t fromNs, std::int64_t toNs, std::stop_token stop) const override;
    [[nodiscard]] Result<std::vector<model::LabelsRef>> series(const std::vector<std::string>& selectors, std::int64_t fromNs, std::int64_t toNs, std::stop_token stop) const override;
    [[nodiscard]] Result<std::vector<model::MetricMetadata>> metadata(const std::string&, std::stop_token) const override { return std::vector<model::MetricMetadata>(); }
    [[nodiscard]] Result<std::shared_ptr<void>> tail(const std::string&, OnLine, OnDropped) const override { return failure(ErrorCode::invalidArgument, "there is no live tail here"); }

    /// Queries answered so far.
    [[nodiscard]] int queryCount() const { return m_queries; }

private:
    datasource::Info m_info;
    int m_series;
    mutable std::atomic<int> m_queries = 0;
};

}
