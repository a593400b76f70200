#pragma once

#include <QPointer>
#include <QWidget>

#include <chrono>
#include <vector>

namespace belvedere::ui {

/// Spreads the drawing of a window's graphs over turns of the event loop. When many have to be drawn anew at once, some are
/// drawn and the others wait for the next turns with the picture they had: keys and the pointer are answered in between.
class DrawTurns : public QObject {
    Q_OBJECT

public:
    /// Half of what one event may take: a large graph that begins at the very end of it still fits.
    static constexpr std::chrono::milliseconds kBudget { 20 };

    /// The turns of `widget`'s window, made when it is asked for them the first time.
    [[nodiscard]] static DrawTurns& of(const QWidget& widget);

    /// At least one graph is drawn in each turn, whatever the budget.
    explicit DrawTurns(QWidget& window, std::chrono::nanoseconds budget = kBudget);

    /// Runs `draw` if there is still time in this turn; else `widget` is painted again in a later one.
    template <typename Draw>
    void draw(QWidget& widget, const Draw& draw)
    {
        if (isSpent()) {
            m_waiting.emplace_back(&widget);
            return;
        }
        const auto start = std::chrono::steady_clock::now();
        draw();
        spend(std::chrono::steady_clock::now() - start);
    }

private:
    [[nodiscard]] bool isSpent() const { return m_drawn > 0 && m_spent >= m_budget; }
    void spend(std::chrono::nanoseconds time);
    void beginTurn();

    std::chrono::nanoseconds m_budget;
    std::chrono::nanoseconds m_spent {};
    int m_drawn = 0; // in this turn
    std::vector<QPointer<QWidget>> m_waiting;
};

}
