#include "app/application.h"

#include <QMetaEnum>
#include <QThread>

#include <chrono>
#include <utility>

namespace belvedere::app {

bool Application::notify(QObject* receiver, QEvent* event)
{
    // Events of other threads come through here too.
    if (QThread::currentThread() != thread())
        return QApplication::notify(receiver, event);
    const int level = QThread::currentThread()->loopLevel();
    if (m_measures && level == m_level)
        return QApplication::notify(receiver, event); // a part of the one that is measured

    const QString name = QString::fromLatin1(receiver->metaObject()->className()); // it may be gone afterwards
    const auto type = event->type();
    const int outerLevel = std::exchange(m_level, level);
    const bool outerMeasures = std::exchange(m_measures, true);
    m_waited = false;
    const auto before = std::chrono::steady_clock::now();
    const bool accepted = QApplication::notify(receiver, event);
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - before;
    if (!m_waited && took.count() > m_longest.ms) {
        const char* key = QMetaEnum::fromType<QEvent::Type>().valueToKey(type);
        m_longest = { took.count(), QStringLiteral("%1, %2").arg(name, key ? QString::fromLatin1(key) : QString::number(type)) };
    }
    m_level = outerLevel;
    m_measures = outerMeasures;
    m_waited = outerMeasures;
    return accepted;
}

}
