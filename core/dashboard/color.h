#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace belvedere::dashboard {

struct Color {
    std::uint8_t red = 0;
    std::uint8_t green = 0;
    std::uint8_t blue = 0;
    std::uint8_t alpha = 255;

    bool operator==(const Color&) const = default;
};

/// "#rgb", "#rrggbb", "#rrggbbaa", "rgb(…)", "rgba(…)", "hsl(…)", or one of CSS' common names.
[[nodiscard]] std::optional<Color> parseCssColor(std::string_view text);
[[nodiscard]] std::string cssText(Color color);

enum class Brightness : std::uint8_t { dark, light };

/// Grafana's colours: names like "semi-dark-red" mean other shades on dark than on light ground.
class Palette {
public:
    explicit Palette(Brightness brightness = Brightness::dark)
        : m_brightness(brightness)
    {
    }

    [[nodiscard]] Brightness brightness() const noexcept { return m_brightness; }
    /// A name of the palette or CSS; grey for what is neither.
    [[nodiscard]] Color named(std::string_view name) const;
    /// The colour of the nth series: "palette-classic", "palette-classic-by-name", "palette-colorblind".
    [[nodiscard]] std::span<const Color> series(std::string_view mode) const;
    /// The colours of a "continuous-…" mode, low to high; empty for another mode.
    [[nodiscard]] std::vector<Color> continuous(std::string_view mode) const;

private:
    Brightness m_brightness;
};

/// What a threshold or a colour falls back to.
inline constexpr Color kNeutralColor { 0x80, 0x80, 0x80, 255 };

/// A smooth curve through `colors` (cubic B-spline); `position` 0 … 1, clamped.
[[nodiscard]] Color blend(std::span<const Color> colors, double position);

}
