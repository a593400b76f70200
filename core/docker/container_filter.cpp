#include "core/docker/container_filter.h"

#include <QRegularExpression>

#include <algorithm>
#include <map>

namespace belvedere::docker {

namespace {

bool hasLabel(const Container& container, std::string_view key, std::string_view value, bool anyValue)
{
    return std::ranges::any_of(container.labels, [&](const auto& label) { return label.first == key && (anyValue || label.second == value); });
}

bool matchesLabels(const std::vector<std::string>& values, const Container& container)
{
    std::map<std::string_view, bool> passed; // by key
    for (const std::string_view text : values) {
        const auto equals = text.find('=');
        const auto key = text.substr(0, equals);
        const bool anyValue = equals == std::string_view::npos;
        passed[key] |= hasLabel(container, key, anyValue ? std::string_view() : text.substr(equals + 1), anyValue);
    }
    return std::ranges::all_of(passed, [](const auto& entry) { return entry.second; });
}

}

bool isKnownFilter(std::string_view name) noexcept { return name == "label" || name == "name" || name == "status" || name == "id"; }

bool matches(std::span<const ContainerFilter> filters, const Container& container)
{
    return std::ranges::all_of(filters, [&](const ContainerFilter& filter) {
        if (!isKnownFilter(filter.name))
            return true;
        if (filter.name == "label")
            return matchesLabels(filter.values, container);
        return std::ranges::any_of(filter.values, [&](const std::string& value) {
            if (filter.name == "status")
                return container.status.state == value;
            if (filter.name == "id")
                return container.status.id.starts_with(value);
            return QRegularExpression(QString::fromStdString(value)).match(QString::fromStdString(container.status.name)).hasMatch();
        });
    });
}

}
