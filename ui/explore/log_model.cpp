#include "ui/explore/log_model.h"

#include "core/base/text.h"
#include "ui/format.h"
#include "ui/text.h"
#include "ui/theme.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <cctype>
#include <functional>
#include <iterator>

namespace belvedere::ui {

namespace {

    /// The value after `key` in `line`, quoted or bare: `"level":"warn"`, `level=warn`, `"severity": "INFO"`.
    std::string_view valueAfter(std::string_view line, std::string_view key)
    {
        for (auto at = line.find(key); at != std::string_view::npos; at = line.find(key, at + 1)) {
            if (at > 0 && (std::isalnum(static_cast<unsigned char>(line[at - 1])) || line[at - 1] == '_'))
                continue;
            auto i = at + key.size();
            if (i < line.size() && line[i] == '"')
                ++i;
            while (i < line.size() && line[i] == ' ')
                ++i;
            if (i >= line.size() || (line[i] != '=' && line[i] != ':'))
                continue;
            ++i;
            while (i < line.size() && (line[i] == ' ' || line[i] == '"'))
                ++i;
            auto end = i;
            while (end < line.size() && std::isalpha(static_cast<unsigned char>(line[end])))
                ++end;
            if (end > i)
                return line.substr(i, end - i);
        }
        return {};
    }

    /// A level that stands alone near the beginning: "[warn]", "ERROR:", "2025-11-21 INFO …".
    LogLevel leadingWord(std::string_view line)
    {
        const auto head = line.substr(0, 80);
        for (std::size_t i = 0; i < head.size();) {
            if (!std::isalpha(static_cast<unsigned char>(head[i]))) {
                ++i;
                continue;
            }
            auto end = i;
            while (end < head.size() && std::isalpha(static_cast<unsigned char>(head[end])))
                ++end;
            const auto word = head.substr(i, end - i);
            const bool loud = std::ranges::all_of(word, [](char c) { return std::isupper(static_cast<unsigned char>(c)); });
            const bool bracketed = i > 0 && (head[i - 1] == '[' || head[i - 1] == '<') && end < head.size() && (head[end] == ']' || head[end] == '>' || head[end] == ':');
            if (word.size() >= 4 && (loud || bracketed)) {
                if (const auto level = levelFromText(word); level != LogLevel::unknown)
                    return level;
            }
            i = end;
        }
        return LogLevel::unknown;
    }

}

QString levelWord(LogLevel level)
{
    static constexpr std::array kWords { QT_TRANSLATE_NOOP("belvedere::ui::LogLevel", "unknown"), QT_TRANSLATE_NOOP("belvedere::ui::LogLevel", "trace"), QT_TRANSLATE_NOOP("belvedere::ui::LogLevel", "debug"),
        QT_TRANSLATE_NOOP("belvedere::ui::LogLevel", "info"), QT_TRANSLATE_NOOP("belvedere::ui::LogLevel", "warn"), QT_TRANSLATE_NOOP("belvedere::ui::LogLevel", "error"), QT_TRANSLATE_NOOP("belvedere::ui::LogLevel", "critical") };
    return QCoreApplication::translate("belvedere::ui::LogLevel", kWords[static_cast<std::size_t>(level)]);
}

QColor levelColor(const Theme& theme, LogLevel level)
{
    switch (level) {
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

LogLevel levelFromText(std::string_view text)
{
    const std::string word = toLowerAscii(trim(text));
    static constexpr std::array kNames {
        std::pair { "trace", LogLevel::trace },
        std::pair { "debug", LogLevel::debug },
        std::pair { "dbg", LogLevel::debug },
        std::pair { "info", LogLevel::info },
        std::pair { "information", LogLevel::info },
        std::pair { "notice", LogLevel::info },
        std::pair { "log", LogLevel::info },
        std::pair { "warn", LogLevel::warning },
        std::pair { "warning", LogLevel::warning },
        std::pair { "error", LogLevel::error },
        std::pair { "err", LogLevel::error },
        std::pair { "eror", LogLevel::error },
        std::pair { "critical", LogLevel::critical },
        std::pair { "crit", LogLevel::critical },
        std::pair { "fatal", LogLevel::critical },
        std::pair { "panic", LogLevel::critical },
        std::pair { "alert", LogLevel::critical },
        std::pair { "emerg", LogLevel::critical },
        std::pair { "emergency", LogLevel::critical },
    };
    for (const auto& [name, level] : kNames) {
        if (word == name)
            return level;
    }
    return LogLevel::unknown;
}

LogLevel levelOf(const model::Labels& stream, const model::LogLine& line)
{
    for (const std::string_view name : { "level", "detected_level", "severity", "severity_text", "lvl" }) {
        for (const auto* labels : { &line.parsed, &line.metadata, &stream.list() }) {
            for (const auto& label : *labels) {
                if (label.name == name) {
                    if (const auto level = levelFromText(label.value); level != LogLevel::unknown)
                        return level;
                }
            }
        }
    }
    const auto head = std::string_view(line.line).substr(0, 4096);
    for (const std::string_view key : { "level", "severity", "lvl" }) {
        if (const auto level = levelFromText(valueAfter(head, key)); level != LogLevel::unknown)
            return level;
    }
    return leadingWord(head);
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
