#include "core/datasource/data_source.h"

#include <algorithm>

namespace belvedere::datasource {

Registry::Registry(std::vector<std::shared_ptr<const DataSource>> sources)
    : m_sources(std::move(sources))
{
}

std::shared_ptr<const DataSource> Registry::find(const std::string& uidOrName) const
{
    for (const auto& source : m_sources) {
        if (source->info().uid == uidOrName)
            return source;
    }
    for (const auto& source : m_sources) {
        if (source->info().name == uidOrName)
            return source;
    }
    return nullptr;
}

std::shared_ptr<const DataSource> Registry::defaultFor(const std::string& type) const
{
    std::shared_ptr<const DataSource> first;
    for (const auto& source : m_sources) {
        if (source->info().type != type)
            continue;
        if (source->info().isDefault)
            return source;
        if (!first)
            first = source;
    }
    return first;
}

}
