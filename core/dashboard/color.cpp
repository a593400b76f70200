#include "core/dashboard/color.h"

#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace belvedere::dashboard {
namespace {

struct NamedColor {
    std::string_view name;
    std::uint32_t dark;
    std::uint32_t light;
};

constexpr NamedColor kNamed[] = {
    { "super-light-red", 0xffa6b0, 0xff7383 },
    { "light-red", 0xff7383, 0xf2495c },
    { "red", 0xf2495c, 0xe02f44 },
    { "semi-dark-red", 0xe02f44, 0xc4162a },
    { "dark-red", 0xc4162a, 0xad0317 },
    { "super-light-orange", 0xffcb7d, 0xffb357 },
    { "light-orange", 0xffb357, 0xff9830 },
    { "orange", 0xff9830, 0xff780a },
    { "semi-dark-orange", 0xff780a, 0xfa6400 },
    { "dark-orange", 0xfa6400, 0xe55400 },
    { "super-light-yellow", 0xfff899, 0xffee52 },
    { "light-yellow", 0xffee52, 0xfade2a },
    { "yellow", 0xfade2a, 0xf2cc0c },
    { "semi-dark-yellow", 0xf2cc0c, 0xe0b400 },
    { "dark-yellow", 0xe0b400, 0xcc9d00 },
    { "super-light-green", 0xc8f2c2, 0x96d98d },
    { "light-green", 0x96d98d, 0x73bf69 },
    { "green", 0x73bf69, 0x56a64b },
    { "semi-dark-green", 0x56a64b, 0x37872d },
    { "dark-green", 0x37872d, 0x19730e },
    { "super-light-blue", 0xc0d8ff, 0x8ab8ff },
    { "light-blue", 0x8ab8ff, 0x5794f2 },
    { "blue", 0x5794f2, 0x3274d9 },
    { "semi-dark-blue", 0x3274d9, 0x1f60c4 },
    { "dark-blue", 0x1f60c4, 0x1250b0 },
    { "super-light-purple", 0xdeb6f2, 0xca95e5 },
    { "light-purple", 0xca95e5, 0xb877d9 },
    { "purple", 0xb877d9, 0xa352cc },
    { "semi-dark-purple", 0xa352cc, 0x8f3bb8 },
    { "dark-purple", 0x8f3bb8, 0x7c2ea3 },
    { "panel-bg", 0x181b1f, 0xffffff },
    { "text", 0xccccdc, 0x24292e },
};

/// CSS names that occur in dashboards and mean the same on any ground.
constexpr std::pair<std::string_view, std::uint32_t> kCssNames[] = { { "white", 0xffffff }, { "black", 0x000000 }, { "gray", 0x808080 }, { "grey", 0x808080 },
    { "lightgray", 0xd3d3d3 }, { "lightgrey", 0xd3d3d3 }, { "darkgray", 0xa9a9a9 }, { "darkgrey", 0xa9a9a9 }, { "cyan", 0x00ffff }, { "magenta", 0xff00ff },
    { "brown", 0xa52a2a }, { "pink", 0xffc0cb }, { "lime", 0x00ff00 }, { "navy", 0x000080 }, { "teal", 0x008080 }, { "olive", 0x808000 }, { "maroon", 0x800000 },
    { "aqua", 0x00ffff }, { "fuchsia", 0xff00ff }, { "silver", 0xc0c0c0 }, { "gold", 0xffd700 }, { "indigo", 0x4b0082 }, { "violet", 0xee82ee } };

/// The order in which series take their colours.
constexpr std::string_view kClassic[] = {
    "green", "semi-dark-yellow", "blue", "orange", "red", "purple", "dark-green", "dark-yellow", "dark-blue", "dark-orange", "dark-red", "dark-purple",
    "super-light-green", "super-light-yellow", "super-light-blue", "super-light-orange", "super-light-red", "super-light-purple", "#447EBC", "#C15C17",
    "#890F02", "#0A437C", "#6D1F62", "#584477", "#B7DBAB", "#F4D598", "#70DBED", "#F9BA8F", "#F29191", "#82B5D8", "#E5A8E2", "#AEA2E0", "#629E51",
    "#E5AC0E", "#64B0C8", "#E0752D", "#BF1B00", "#0A50A1", "#962D82", "#614D93", "#9AC48A", "#F2C96D", "#65C5DB", "#F9934E", "#EA6460", "#5195CE",
    "#D683CE", "#806EB7", "#3F6833", "#967302", "#2F575E", "#99440A", "#58140C", "#052B51", "#511749", "#3F2B5B", "#E0F9D7", "#FCEACA", "#CFFAFF",
    "#F9E2D2", "#FCE2DE", "#BADFF4", "#F9D9F9", "#DEDAF7"
};

/// M. Okabe and K. Ito, "Color Universal Design", 2008. The last is white on dark ground and black on light.
constexpr std::uint32_t kColorBlindSafe[] = { 0x0072b2, 0xe69f00, 0x009e73, 0xcc79a7, 0x56b4e9, 0xd55e00, 0xf0e442 };

constexpr std::uint32_t kViridis[] = { 0x440154, 0x472d7b, 0x3b528b, 0x2c728e, 0x21918c, 0x28ae80, 0x5ec962, 0xaddc30, 0xfde725 };
constexpr std::uint32_t kMagma[] = { 0x000004, 0x1d1147, 0x51127c, 0x832681, 0xb73779, 0xe75263, 0xfc8961, 0xfec488, 0xfcfdbf };
constexpr std::uint32_t kPlasma[] = { 0x0d0887, 0x4c02a1, 0x7e03a8, 0xaa2395, 0xcc4778, 0xe66c5c, 0xf89540, 0xfdc527, 0xf0f921 };
constexpr std::uint32_t kInferno[] = { 0x000004, 0x210c4a, 0x57106e, 0x8a226a, 0xbc3754, 0xe45a31, 0xf98e09, 0xf9cb35, 0xfcffa4 };
constexpr std::uint32_t kCividis[] = { 0x002051, 0x11366c, 0x3c4d6e, 0x62646f, 0x7f7c75, 0x9a9478, 0xbbaf71, 0xe2cb5c, 0xfdea45 };

constexpr Color fromRgb(std::uint32_t rgb)
{
    return { static_cast<std::uint8_t>(rgb >> 16), static_cast<std::uint8_t>(rgb >> 8), static_cast<std::uint8_t>(rgb), 255 };
}

/// Relative luminance and contrast of WCAG 2.
double luminance(Color color)
{
    const auto linear = [](std::uint8_t channel) {
        const double c = channel / 255.0;
        return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(color.red) + 0.7152 * linear(color.green) + 0.0722 * linear(color.blue);
}

double contrast(Color a, Color b)
{
    const double first = luminance(a) + 0.05;
    const double second = luminance(b) + 0.05;
    return std::max(first, second) / std::min(first, second);
}

std::uint8_t channelOf(double value)
{
    return static_cast<std::uint8_t>(std::clamp(std::lround(value), 0L, 255L));
}

Color fromHsl(double hue, double saturation, double lightness)
{
    const double chroma = (1 - std::abs(2 * lightness - 1)) * saturation;
    const auto channel = [&](double n) {
        const double k = std::fmod(n + hue / 30, 12);
        return channelOf(255 * (lightness - chroma / 2 * std::max(-1.0, std::min({ k - 3, 9 - k, 1.0 }))));
    };
    return { channel(0), channel(8), channel(4), 255 };
}

/// The numbers between the brackets; percentages as fractions of `whole`.
std::vector<double> arguments(std::string_view text)
{
    std::vector<double> out;
    const auto open = text.find('(');
    for (std::size_t i = open + 1; i < text.size();) {
        double value = 0;
        const auto [end, error] = std::from_chars(text.data() + i, text.data() + text.size(), value);
        if (error != std::errc()) {
            ++i;
            continue;
        }
        i = static_cast<std::size_t>(end - text.data());
        if (i < text.size() && text[i] == '%')
            value /= 100;
        out.push_back(value);
    }
    return out;
}

std::optional<Color> parseHex(std::string_view digits)
{
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (error != std::errc() || end != digits.data() + digits.size())
        return std::nullopt;
    const auto nibble = [value](int shift) { return static_cast<std::uint8_t>((value >> shift & 0xF) * 17); };
    switch (digits.size()) {
    case 3:
        return Color { nibble(8), nibble(4), nibble(0), 255 };
    case 4:
        return Color { nibble(12), nibble(8), nibble(4), nibble(0) };
    case 6:
        return fromRgb(value);
    case 8: {
        auto color = fromRgb(value >> 8);
        color.alpha = static_cast<std::uint8_t>(value);
        return color;
    }
    default:
        return std::nullopt;
    }
}

/// Cubic B-spline through four neighbouring values; t 0 … 1.
double basis(double t, double v0, double v1, double v2, double v3)
{
    const double t2 = t * t;
    const double t3 = t2 * t;
    return ((1 - 3 * t + 3 * t2 - t3) * v0 + (4 - 6 * t2 + 3 * t3) * v1 + (1 + 3 * t + 3 * t2 - 3 * t3) * v2 + t3 * v3) / 6;
}

std::vector<Color> rampOf(std::span<const std::uint32_t> rgb)
{
    std::vector<Color> out;
    for (const auto value : rgb)
        out.push_back(fromRgb(value));
    return out;
}

/// Series colours that stand out from the ground.
std::vector<Color> readable(std::span<const Color> colors, const Palette& palette)
{
    std::vector<Color> out;
    std::ranges::copy_if(colors, std::back_inserter(out), [ground = palette.named("panel-bg")](Color color) { return contrast(color, ground) >= 3; });
    return out;
}

struct SeriesColors {
    explicit SeriesColors(Brightness brightness)
    {
        const Palette palette(brightness);
        for (const auto name : kClassic)
            classic.push_back(palette.named(name));
        byName = readable(classic, palette);
        auto safe = rampOf(kColorBlindSafe);
        safe.push_back(fromRgb(brightness == Brightness::dark ? 0xffffff : 0x000000));
        colorBlindSafe = std::move(safe);
    }

    std::vector<Color> classic;
    std::vector<Color> byName;
    std::vector<Color> colorBlindSafe;
};

}

std::optional<Color> parseCssColor(std::string_view text)
{
    const auto lower = toLowerAscii(trim(text));
    if (lower.starts_with('#'))
        return parseHex(std::string_view(lower).substr(1));
    if (lower == "transparent")
        return Color { 0, 0, 0, 0 };
    if (lower.starts_with("rgb") || lower.starts_with("hsl")) {
        const auto values = arguments(lower);
        if (values.size() < 3)
            return std::nullopt;
        auto color = lower.starts_with("hsl") ? fromHsl(values[0], values[1], values[2]) : Color { channelOf(values[0]), channelOf(values[1]), channelOf(values[2]), 255 };
        if (values.size() > 3)
            color.alpha = channelOf(std::clamp(values[3], 0.0, 1.0) * 255);
        return color;
    }
    for (const auto& [name, rgb] : kCssNames) {
        if (name == lower)
            return fromRgb(rgb);
    }
    return std::nullopt;
}

std::string cssText(Color color)
{
    char buffer[16];
    if (color.alpha == 255)
        std::snprintf(buffer, sizeof buffer, "#%02x%02x%02x", color.red, color.green, color.blue);
    else
        std::snprintf(buffer, sizeof buffer, "#%02x%02x%02x%02x", color.red, color.green, color.blue, color.alpha);
    return buffer;
}

Color Palette::named(std::string_view name) const
{
    for (const auto& entry : kNamed) {
        if (entry.name == name)
            return fromRgb(m_brightness == Brightness::dark ? entry.dark : entry.light);
    }
    return parseCssColor(name).value_or(kNeutralColor);
}

std::span<const Color> Palette::series(std::string_view mode) const
{
    static const SeriesColors dark(Brightness::dark);
    static const SeriesColors light(Brightness::light);
    const auto& colors = m_brightness == Brightness::dark ? dark : light;
    return mode == "palette-colorblind" ? colors.colorBlindSafe : mode == "palette-classic-by-name" ? colors.byName : colors.classic;
}

std::vector<Color> Palette::continuous(std::string_view mode) const
{
    struct Ramp {
        std::string_view mode;
        std::array<std::string_view, 3> names;
    };
    static constexpr Ramp kRamps[] = { { "GrYlRd", { "green", "yellow", "red" } }, { "RdYlGr", { "red", "yellow", "green" } },
        { "BlYlRd", { "dark-blue", "super-light-yellow", "dark-red" } }, { "YlRd", { "super-light-yellow", "dark-red", "" } }, { "BlPu", { "blue", "purple", "" } },
        { "YlBl", { "super-light-yellow", "dark-blue", "" } }, { "blues", { "panel-bg", "dark-blue", "" } }, { "reds", { "panel-bg", "dark-red", "" } },
        { "greens", { "panel-bg", "dark-green", "" } }, { "purples", { "panel-bg", "dark-purple", "" } } };
    static constexpr std::string_view kPrefix = "continuous-";
    if (!mode.starts_with(kPrefix))
        return {};
    mode.remove_prefix(kPrefix.size());
    for (const auto& ramp : kRamps) {
        if (ramp.mode != mode)
            continue;
        std::vector<Color> out;
        for (const auto name : ramp.names) {
            if (!name.empty())
                out.push_back(named(name));
        }
        return out;
    }
    if (mode == "viridis")
        return rampOf(kViridis);
    if (mode == "magma")
        return rampOf(kMagma);
    if (mode == "plasma")
        return rampOf(kPlasma);
    if (mode == "inferno")
        return rampOf(kInferno);
    return mode == "cividis" ? rampOf(kCividis) : std::vector<Color>();
}

Color blend(std::span<const Color> colors, double position)
{
    if (colors.empty())
        return kNeutralColor;
    const auto count = static_cast<int>(colors.size()) - 1;
    if (count == 0)
        return colors.front();
    const double t = std::isnan(position) ? 0 : std::clamp(position, 0.0, 1.0);
    const int i = t >= 1 ? count - 1 : static_cast<int>(t * count);
    const auto channel = [&](std::uint8_t Color::* member) {
        const auto at = [&](int index) { return static_cast<double>(colors[static_cast<std::size_t>(index)].*member); };
        const double v1 = at(i);
        const double v2 = at(i + 1);
        const double v0 = i > 0 ? at(i - 1) : 2 * v1 - v2;
        const double v3 = i < count - 1 ? at(i + 2) : 2 * v2 - v1;
        return channelOf(basis((t - static_cast<double>(i) / count) * count, v0, v1, v2, v3));
    };
    return { channel(&Color::red), channel(&Color::green), channel(&Color::blue), 255 };
}

}
