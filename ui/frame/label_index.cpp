#include "ui/frame/label_index.h"

#include "ui/async.h"
#include "ui/backend.h"
#include "ui/text.h"
#include "ui/time_context.h"

#include <stop_token>

namespace belvedere::ui {

LabelIndex::LabelIndex(const Backend& backend, const TimeContext& time, QObject* parent)
    : QObject(parent)
    , m_backend(backend)
    , m_time(time)
{
}

void LabelIndex::renew()
{
    if (m_age.isValid() && m_age.elapsed() < kKeptMs)
        return;
    m_age.start();
    const auto range = m_time.range();
    runAsync(
        m_backend.queryPool(), this,
        [registry = m_backend.dataSources(), range] {
            std::vector<Label> labels;
            const auto read = [&](const char* type, const char* language, const char* query) {
                const auto source = registry->defaultFor(type);
                const auto names = source ? source->labelNames({}, range.fromMs * 1'000'000, range.toMs * 1'000'000, std::stop_token()) : Result<std::vector<std::string>>();
                if (!names)
                    return; // the page that is led to says why nothing can be asked
                for (const auto& name : *names) {
                    if (name != "__name__")
                        labels.push_back({ toQString(name), QString::fromLatin1(language), QString::fromLatin1(query).arg(toQString(name)) });
                }
            };
            read("prometheus", "promql", "count by (%1) ({%1!=\"\"})");
            read("loki", "logql", "sum by (%1) (count_over_time({%1=~\".+\"}[5m]))");
            return labels;
        },
        [this](std::vector<Label> labels) {
            m_labels = std::move(labels);
            Q_EMIT changed();
        });
}

}
