#pragma once

#include "core/model/rule_status.h"
#include "ui/theme.h"
#include "ui/widgets/row_model.h"

#include <QListView>

#include <span>
#include <string>
#include <vector>

namespace belvedere::ui {

/// One time that an alert fired, from its beginning to its end.
struct AlertEpisode {
    std::string rule;
    model::Labels labels;
    qint64 fromMs = 0;
    qint64 toMs = 0;     ///< 0: no end is recorded
    bool firing = false; ///< still
    double value = 0;    ///< at the beginning

    bool operator==(const AlertEpisode&) const = default;
};

/// Pairs beginnings with ends. `changes` newest first, as the state database answers them; `groups` tell what still
/// fires. Newest first.
[[nodiscard]] std::vector<AlertEpisode> episodesOf(const std::vector<model::AlertChange>& changes, const std::vector<model::RuleGroupStatus>& groups);

/// Critical unless the labels say less.
[[nodiscard]] State severityOf(const model::Labels& labels);
/// The values that tell an alert from its siblings: "api, 127.0.0.1:8000".
[[nodiscard]] QString alertSubject(const model::Labels& labels);

/// One row an episode.
class AlertHistoryModel : public RowModel {
    Q_OBJECT

public:
    enum Column { StateColumn, NameColumn, SubjectColumn, BeganColumn, DurationColumn, ValueColumn, ColumnCount };

    using RowModel::RowModel;

    void setEpisodes(std::vector<AlertEpisode> episodes, qint64 nowMs);
    [[nodiscard]] const AlertEpisode& episode(int row) const { return m_episodes[static_cast<std::size_t>(row)]; }
    [[nodiscard]] const std::vector<AlertEpisode>& episodes() const { return m_episodes; }

protected:
    [[nodiscard]] std::span<const TableColumn> columns() const override;
    [[nodiscard]] int rows() const override { return static_cast<int>(m_episodes.size()); }
    [[nodiscard]] QVariant cell(int row, int column, int role) const override;

private:
    [[nodiscard]] QString text(const AlertEpisode& episode, int column) const;

    std::vector<AlertEpisode> m_episodes;
    qint64 m_nowMs = 0;
};

/// The same, narrow: two lines an episode, for the side of a page.
class RecentAlerts : public QListView {
    Q_OBJECT

public:
    /// `model` outlives the view.
    RecentAlerts(const Theme& theme, AlertHistoryModel& model, QWidget* parent = nullptr);

Q_SIGNALS:
    void chosen(const QString& rule);

protected:
    void keyPressEvent(QKeyEvent* event) override;
};

}
