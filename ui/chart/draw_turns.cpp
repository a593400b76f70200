#include "ui/chart/draw_turns.h"

#include <QTimer>

#include <utility>

namespace belvedere::ui {

DrawTurns& DrawTurns::of(const QWidget& widget)
{
    auto& window = *widget.window();
    auto* turns = window.findChild<DrawTurns*>(Qt::FindDirectChildrenOnly);
    return turns ? *turns : *new DrawTurns(window); // which the window owns
}

DrawTurns::DrawTurns(QWidget& window, std::chrono::nanoseconds budget)
    : QObject(&window)
    , m_budget(budget)
{
}

void DrawTurns::spend(std::chrono::nanoseconds time)
{
    // The first of a turn asks to be told of its end: a timer without delay fires when the events at hand are done.
    if (m_drawn++ == 0)
        QTimer::singleShot(0, this, &DrawTurns::beginTurn);
    m_spent += time;
}

void DrawTurns::beginTurn()
{
    m_spent = {};
    m_drawn = 0;
    for (const auto& widget : std::exchange(m_waiting, {})) {
        if (widget)
            widget->update();
    }
}

}
