#pragma once

#include "core/datasource/data_source.h"

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace belvedere::datasource {

/// Hands everything on to another source; a source that changes one thing about another derives from it.
class ForwardingSource : public DataSource {
public:
    explicit ForwardingSource(std::shared_ptr<const DataSource> inner)
        : m_inner(std::move(inner))
    {
    }

    const Info& info() const override { return m_inner->info(); }
    Result<void> check(const std::string& expr) const override { return m_inner->check(expr); }
    Result<model::QueryValue> query(const QueryRequest& request, std::stop_token stop) const override { return m_inner->query(request, std::move(stop)); }
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

protected:
    [[nodiscard]] const DataSource& inner() const noexcept { return *m_inner; }

private:
    std::shared_ptr<const DataSource> m_inner;
};

}
