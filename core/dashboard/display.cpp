#include "core/dashboard/display.h"

#include "core/dashboard/number_format.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace belvedere::dashboard {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

bool isDateUnit(std::string_view unit)
{
    return unit.starts_with("dateTime") || unit.starts_with("time:");
}

bool isBooleanUnit(std::string_view unit)
{
    return unit == "bool" || unit.starts_with("bool_") || unit.starts_with("bool:");
}

/// A browser's string hash: 32 bits over UTF-16 units.
std::int32_t hashOf(std::string_view utf8)
{
    std::uint32_t hash = 0;
    const auto add = [&hash](std::uint32_t unit) { hash = hash * 31 + unit; };
    for (std::size_t i = 0; i < utf8.size();) {
        const auto lead = static_cast<unsigned char>(utf8[i]);
        const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        std::uint32_t code = length == 1 ? lead : lead & (0xFFu >> (length + 1));
        for (std::size_t k = 1; k < length && i + k < utf8.size(); ++k)
            code = code << 6 | (static_cast<unsigned char>(utf8[i + k]) & 0x3F);
        i += length;
        if (code >= 0x10000) {
            add(0xD800 + ((code - 0x10000) >> 10));
            add(0xDC00 + ((code - 0x10000) & 0x3FF));
        } else {
            add(code);
        }
    }
    return static_cast<std::int32_t>(hash);
}

}

ValueRange rangeOf(const model::Field& field, const FieldConfig& config)
{
    if (field.type != model::Field::Type::number)
        return {};
    double low = kInfinity;
    double high = -kInfinity;
    const auto& numbers = std::get<std::vector<double>>(field.values);
    for (std::size_t row = 0; row < numbers.size(); ++row) {
        if (field.isNull(row) || std::isnan(numbers[row]))
            continue;
        low = std::min(low, numbers[row]);
        high = std::max(high, numbers[row]);
    }
    const bool empty = low > high;
    return { config.min.value_or(empty ? 0 : low), config.max.value_or(empty ? (numbers.empty() ? 100 : 0) : high) };
}

Display::Display(FieldConfig config, model::Field::Type type, ValueRange range, DisplayContext context)
    : m_config(std::move(config))
    , m_type(type)
    , m_range(range)
    , m_context(std::move(context))
    , m_unit(m_config.unit)
{
    using Type = model::Field::Type;
    m_dateUnit = isDateUnit(m_unit);
    if (type == Type::time && !m_dateUnit) {
        m_unit = "dateTimeAsSystem";
        m_dateUnit = true;
    } else if (type == Type::boolean && !isBooleanUnit(m_unit)) {
        m_unit = "bool";
    } else if (type == Type::string && m_unit.empty()) {
        m_unit = "string";
    } else if (m_unit.empty()) {
        m_unit = "none";
    }
    m_trimZeros = type == Type::number && !m_dateUnit && !m_config.decimals && !m_unit.starts_with("currency") && !isBooleanUnit(m_unit) && m_unit != "locale";
    m_ramp = m_context.palette.continuous(m_config.color.mode);
}

double Display::percentAt(double value) const
{
    if (value == -kInfinity)
        return 0;
    const double percent = (value - m_range.min) / m_range.delta();
    return std::isnan(percent) ? 0 : percent;
}

Color Display::colorAt(double value) const
{
    const auto& mode = m_config.color.mode;
    if (m_type == model::Field::Type::boolean) {
        const bool truth = value != 0 && !std::isnan(value);
        if (!m_ramp.empty())
            return truth ? m_ramp.back() : m_ramp.front();
        return m_context.palette.named(truth ? "green" : "red");
    }
    if (mode == "fixed" || mode == "shades")
        return m_config.color.fixedColor.empty() ? kNeutralColor : m_context.palette.named(m_config.color.fixedColor);
    if (!m_ramp.empty())
        return blend(m_ramp, percentAt(value));
    if (mode.starts_with("palette")) {
        const auto colors = m_context.palette.series(mode);
        const auto index = mode == "palette-classic-by-name" ? static_cast<std::size_t>(std::abs(static_cast<std::int64_t>(hashOf(m_context.seriesName)))) : m_context.seriesIndex;
        return colors[index % colors.size()];
    }
    if (!m_config.thresholds)
        return kNeutralColor;
    const auto* step = activeThreshold(m_config.thresholds->steps, m_config.thresholds->percentage ? percentAt(value) * 100 : value);
    return step ? m_context.palette.named(step->color) : kNeutralColor;
}

FormattedValue Display::format(double number, std::optional<int> adjacent) const
{
    if (m_dateUnit && m_milliseconds && m_unit == "dateTimeAsSystem")
        return formatUnit("time:YYYY-MM-DD HH:mm:ss.SSS", number, std::nullopt, m_context.format);
    auto out = formatUnit(m_unit, number, m_config.decimals ? m_config.decimals : adjacent, m_context.format);
    if (m_trimZeros && adjacent && out.text.find('.') != std::string::npos && out.text.find('e') == std::string::npos) {
        out.text.erase(out.text.find_last_not_of('0') + 1);
        if (out.text.ends_with('.'))
            out.text.pop_back();
    }
    return out;
}

std::string Display::axisText(double value, int decimals) const
{
    if (const auto mapped = mapValue(m_config.mappings, value); mapped && mapped->text)
        return *mapped->text;
    return formatUnit(m_unit, value, m_config.decimals.value_or(decimals), m_context.format).toString();
}

DisplayValue Display::operator()(const Value& value, std::optional<int> adjacent) const
{
    DisplayValue out;
    out.numeric = m_unit == "string" ? std::numeric_limits<double>::quiet_NaN() : numberOf(value);
    std::optional<std::string> text;
    std::optional<Color> color;
    if (auto mapped = mapValue(m_config.mappings, value)) {
        text = std::move(mapped->text);
        if (!mapped->color.empty())
            color = m_context.palette.named(mapped->color);
        out.icon = std::move(mapped->icon);
    }
    const bool isNumber = !std::isnan(out.numeric);
    if (isNumber && !text && !std::holds_alternative<bool>(value)) {
        auto formatted = format(out.numeric, adjacent);
        text = std::move(formatted.text);
        out.prefix = std::move(formatted.prefix);
        out.suffix = std::move(formatted.suffix);
    }
    if (!text) {
        text = textOf(value);
        if (text->empty())
            text = m_config.noValue;
    }
    const double scaled = isNumber ? out.numeric : -kInfinity;
    out.text = std::move(*text);
    out.percent = m_type == model::Field::Type::boolean ? (scaled != 0 ? 1 : 0) : percentAt(scaled);
    out.color = color ? *color : colorAt(scaled);
    return out;
}

}
