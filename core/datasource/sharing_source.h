#pragma once

#include "core/datasource/data_source.h"

namespace belvedere::datasource {

/// The same sources, but equal queries run once: whoever asks what another asks at the moment waits for that answer, and
/// whoever asks later gets it too. For the panels of one refresh of a dashboard; the answers are kept as long as the registry.
///
/// A query that was stopped or failed is asked again by the next one who wants it.
[[nodiscard]] std::shared_ptr<const Registry> sharingRegistry(const Registry& registry);

}
