#include "app/configuration_problems.h"

#include "core/base/format.h"

#include <utility>

namespace belvedere::app {

std::string joined(const workspace::Faults& faults)
{
    std::string text;
    for (const auto& fault : faults)
        text += (text.empty() ? "" : "\n") + fault;
    return text;
}

ConfigurationProblems::ConfigurationProblems(Logger& logger)
    : m_logger(logger)
{
}

void ConfigurationProblems::forgetFaults()
{
    const std::scoped_lock lock(m_mutex);
    m_faults.clear();
}

void ConfigurationProblems::reportFaults(std::string_view category, std::string_view consequence, const workspace::Faults& faults)
{
    m_logger.log(Logger::Level::error, category, formatted("{}: {}", consequence, joined(faults)));
    const std::scoped_lock lock(m_mutex);
    m_faults.push_back(std::string(consequence));
    m_faults.insert(m_faults.end(), faults.begin(), faults.end());
}

void ConfigurationProblems::takeRemarks(const workspace::Parsed& parsed)
{
    auto remarks = parsed.unknownKeys;
    remarks.insert(remarks.end(), parsed.warnings.begin(), parsed.warnings.end());
    for (const auto& remark : remarks)
        m_logger.log(Logger::Level::warning, "workspace", remark);
    const std::scoped_lock lock(m_mutex);
    m_remarks = std::move(remarks);
}

std::vector<std::string> ConfigurationProblems::all() const
{
    const std::scoped_lock lock(m_mutex);
    auto problems = m_faults;
    problems.insert(problems.end(), m_remarks.begin(), m_remarks.end());
    return problems;
}

}
