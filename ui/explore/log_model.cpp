#include "ui/explore/log_model.h"

#include "ui/format.h"
#include "ui/text.h"
#include "ui/theme.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>

namespace belvedere::ui {

QString levelWord(LogLevel level)
{
    static constexpr std::array kWords { QT_TRANSLATE_NOOP("belvedere::ui::LogLevel", "unknown"), QT_TRANSLATE_NOOP("belvedere::ui::LogLevel", "trace"), QT_TRANSLATE_NOOP("belvedere::ui::LogLevel", "debug"),
        QT_TRANSLATE_NOOP("belvedere::ui::LogLevel", "info"), QT_TRANSLATE_NOOP("belvedere::ui::LogLevel", "warn"), QT_TRANSLATE_NOOP("belvedere::ui::LogLevel", "error"), QT_TRANSLATE_NOOP("belvedere::ui::LogLevel", "critical"),
        QT_TRANSLATE_NOOP("belvedere::ui::LogLevel", "fatal") };
    return QCoreApplication::translate("belvedere::ui::LogLevel", kWords[static_cast<std::size_t>(level)]);
}

QColor levelColor(const Theme& theme, LogLevel level)
{
    switch (level) {
    case LogLevel::fatal:
    case LogLevel::critical:
    case LogLevel::error:
        return theme.stateColor(State::critical);
    case LogLevel::warning:
        return theme.stateColor(State::warning);
    case LogLevel::info:
        return theme.stateColor(State::info);
    case LogLevel::debug:
    case LogLevel::trace:
        return theme.colors().textFaint;
    case LogLevel::unknown:
        break;
    }
    return theme.colors().borderStrong;
}

std::vector<LogRow> rowsOf(const model::Streams& streams)
{
    std::vector<LogRow> rows;
    for (const auto& stream : streams) {
        for (const auto& line : stream.lines)
            rows.push_back({ stream.labels, line, levelOf(*stream.labels, line) });
    }
    std::ranges::stable_sort(rows, std::ranges::greater(), [](const LogRow& row) { return row.line.timeNs; });
    return rows;
}

void LogModel::setRows(std::vector<LogRow> rows)
{
    beginResetModel();
    m_forgotten = 0;
    m_rows.assign(std::make_move_iterator(rows.begin()), std::make_move_iterator(rows.end()));
    endResetModel();
}

void LogModel::addNewer(std::vector<LogRow> rows)
{
    if (rows.empty())
        return;
    if (rows.size() > kMaxRows) {
        m_forgotten += rows.size() - kMaxRows;
        rows.resize(kMaxRows);
    }
    beginInsertRows({}, 0, static_cast<int>(rows.size()) - 1);
    for (auto row = rows.rbegin(); row != rows.rend(); ++row)
        m_rows.push_front(std::move(*row));
    endInsertRows();
    if (m_rows.size() > kMaxRows) {
        beginRemoveRows({}, static_cast<int>(kMaxRows), static_cast<int>(m_rows.size()) - 1);
        m_forgotten += m_rows.size() - kMaxRows;
        m_rows.resize(kMaxRows);
        endRemoveRows();
    }
}

int LogModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(m_rows.size()); }

QVariant LogModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const auto& item = row(index.row());
    if (role == Qt::DisplayRole)
        return toQString(item.line.line);
    if (role == Qt::AccessibleTextRole)
        return QStringLiteral("%1 %2 %3").arg(clockText(item.line.timeNs / 1'000'000, true), levelWord(item.level), toQString(item.line.line));
    return {};
}

}
