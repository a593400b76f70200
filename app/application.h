#pragma once

#include <QApplication>
#include <QString>

namespace belvedere::app {

/// The application, which keeps an eye on its own event loop: what takes long there is what a person feels as a stall.
class Application final : public QApplication {
public:
    using QApplication::QApplication;

    /// The longest single event since the last reset.
    struct Stall {
        double ms = 0;
        QString what; ///< "QWidgetWindow, Expose"
    };
    [[nodiscard]] const Stall& longest() const { return m_longest; }
    void resetLongest() { m_longest = {}; }

    bool notify(QObject* receiver, QEvent* event) override;

private:
    Stall m_longest;
    int m_level = 0;         ///< depth of event loops of the event that is measured
    bool m_measures = false; ///< inside an event that is measured
    bool m_waited = false;   ///< an event loop of its own ran inside it: a menu, a dialog
};

}
