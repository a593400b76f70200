#pragma once

#include "core/model/query_value.h"
#include "core/model/rule_status.h"
#include "core/model/target_status.h"
#include "ui/overview/service_kinds.h"
#include "ui/theme.h"

#include <QString>
#include <QStringList>

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace belvedere::ui {

/// Everything that is known of one service, and what follows from it.
struct ServiceHealth {
    struct Figure {
        QString caption;
        FigureUnit unit = FigureUnit::number;
        double value = 0;
        State state = State::ok;
    };
    /// The main figure over the page's range; times increase, gaps are left out.
    struct Graph {
        double fromMs = 0; ///< the range
        double toMs = 0;
        QString caption;
        FigureUnit unit = FigureUnit::number;
        QString expr; ///< in PromQL; "" where lines are counted
        std::vector<double> timesMs;
        std::vector<double> values;
    };

    QString name;
    QString kind;      ///< "PostgreSQL"; "" where there is no word for it
    QString dashboard; ///< uid of the shipped one about its kind; "" if there is none
    QString job;  ///< of its targets; "" if it has none
    QString instance; ///< of its first target
    int containers = 0;
    QString containerText;               ///< state of the worst one
    std::optional<State> containerState; ///< of the worst one
    QString worstContainer;
    int targets = 0;
    int targetsUp = 0;
    int targetsDown = 0;
    std::vector<Figure> figures; ///< the most telling first
    Graph graph;
    std::optional<double> logErrors; ///< in the last five minutes
    QStringList firing;              ///< rule names
    bool firingCritical = false;
    /// What it was over the range, in equal parts from its beginning on: a target down or an alert firing. Unknown where
    /// nothing was recorded; empty if nothing is known at all.
    std::vector<State> history;

    State state = State::unknown;
    QStringList reasons; ///< all that is wrong, the worst first
};

/// Answers to the page's queries. Absent ones leave the fact out.
struct ServiceMetrics {
    struct Answer {
        const FigureSpec* figure; ///< of serviceKinds()
        model::Matrix values;     ///< by job and instance
    };

    qint64 fromMs = 0;
    qint64 toMs = 0;
    model::Vector markers; ///< markerQuery()'s
    std::vector<Answer> answers;
    model::Matrix up;      ///< by job and instance
    model::Matrix alerts;  ///< ALERTS that fire
    model::Matrix logRate; ///< lines a second by compose_service
    model::Vector logErrors; ///< by compose_service
};

/// One entry a service: containers by their compose service, targets by their labels or address, else their job; those
/// that have the same name are one. An alert belongs to the service that its labels name or whose target they name, else
/// to the only one whose kind its expression is about. Worst first, then by name.
[[nodiscard]] std::vector<ServiceHealth> assembleServices(const model::TargetList& targets, const std::vector<model::ContainerStatus>& containers, const std::vector<model::RuleGroupStatus>& rules, const ServiceMetrics& metrics);

/// Indexes of serviceKinds(): of each target the most telling one.
[[nodiscard]] std::set<std::size_t> presentKinds(const model::Vector& markers);

}
