#pragma once

#include "core/base/json.h"
#include "core/dashboard/display.h"
#include "core/model/frame.h"
#include "core/model/query_value.h"

#include <memory>
#include <string>
#include <vector>

namespace belvedere::ui {

/// A column of a panel and how it is shown.
struct PanelColumn {
    std::string name; ///< after overrides
    std::shared_ptr<const dashboard::Display> display;
};

/// What a panel draws: finished in a worker, shared, never changed.
struct PanelContent {
    std::vector<model::Frame> frames;
    std::vector<std::vector<PanelColumn>> columns; ///< one list a frame, one entry a field
    std::vector<model::Remark> remarks;
    std::string incomplete; ///< not empty: what was cut, and how much
    std::int64_t fromMs = 0;
    std::int64_t toMs = 0;

    [[nodiscard]] bool empty() const;
};
using PanelContentPtr = std::shared_ptr<const PanelContent>;

/// Decides for every column of `frames` how it is shown: the panel's defaults with the overrides that match, later ones
/// winning. `fieldConfig` is the panel's member of that name.
[[nodiscard]] PanelContent arrange(std::vector<model::Frame> frames, const Json& fieldConfig, const dashboard::DisplayContext& context);

/// One number of a stat, gauge or bar gauge.
struct ShownValue {
    std::string name;
    dashboard::DisplayValue value;
    const model::Field* field = nullptr; ///< for a sparkline; lives as long as the content
    const dashboard::Display* display = nullptr;
};

/// What `reduceOptions` of a panel makes of the content: a value a series, or a value a row.
[[nodiscard]] std::vector<ShownValue> shownValues(const PanelContent& content, const Json& reduceOptions);

}
