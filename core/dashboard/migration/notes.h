#pragma once

#include "core/dashboard/document.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace belvedere::dashboard {

/// Where a migration says what it did, and to which panel.
class Notes {
public:
    /// `report` must outlive the notes.
    explicit Notes(std::vector<Finding>& report)
        : m_report(report)
    {
    }

    /// What follows is about this panel; 0: about the dashboard.
    void setPanel(std::int64_t id) { m_panelId = id; }
    void add(Finding::Kind kind, std::string message) { m_report.push_back({ kind, m_panelId, std::move(message) }); }

private:
    std::vector<Finding>& m_report;
    std::int64_t m_panelId = 0;
};

}
