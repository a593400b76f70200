#pragma once

#include "core/model/log_level.h"
#include "core/model/query_value.h"

#include <QAbstractListModel>
#include <QColor>
#include <QString>

#include <deque>
#include <vector>

namespace belvedere::ui {

class Theme;

using model::LogLevel;

[[nodiscard]] QString levelWord(LogLevel level);
[[nodiscard]] QColor levelColor(const Theme& theme, LogLevel level);

/// A line as the list shows it.
struct LogRow {
    model::LabelsRef stream;
    model::LogLine line;
    LogLevel level = LogLevel::unknown;
};

/// Rows of an answer, newest first. Runs in the worker.
[[nodiscard]] std::vector<LogRow> rowsOf(const model::Streams& streams);

/// Log lines, newest first. Takes a whole answer, or what a live tail adds; keeps a bounded number of the newest.
class LogModel : public QAbstractListModel {
    Q_OBJECT

public:
    static constexpr std::size_t kMaxRows = 100'000;

    using QAbstractListModel::QAbstractListModel;

    void setRows(std::vector<LogRow> rows);
    /// `rows` newest first, all newer than what is there.
    void addNewer(std::vector<LogRow> rows);
    void clear() { setRows({}); }

    [[nodiscard]] const LogRow& row(int row) const { return m_rows[static_cast<std::size_t>(row)]; }
    /// Rows that a tail pushed out at the old end.
    [[nodiscard]] std::size_t forgotten() const { return m_forgotten; }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;

private:
    std::deque<LogRow> m_rows;
    std::size_t m_forgotten = 0;
};

}
