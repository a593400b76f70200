#pragma once

#include "core/alert/rule_manager.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace belvedere::test {

/// Alert states in a map, as last saved, and how many changes were recorded.
class MemoryAlertStates final : public alert::AlertStateStore {
public:
    std::vector<alert::StoredAlert> load(const std::string& key) override { return kept[key]; }
    void save(const std::string& key, const std::vector<alert::StoredAlert>& alerts) override { kept[key] = alerts; }
    void recordChange(const model::AlertStatus&, std::int64_t) override { ++changes; }

    std::map<std::string, std::vector<alert::StoredAlert>> kept;
    int changes = 0;
};

}
