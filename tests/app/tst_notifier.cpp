#include "app/notifier.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QSignalSpy>
#include <QTest>

using namespace belvedere;

namespace {

/// Stands in for the desktop's notification service, on a private bus.
class FakeService : public QObject {
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.Notifications")

public:
    struct Shown {
        uint id;
        QString title;
        QString body;
    };
    QList<Shown> shown;
    QList<uint> closed;

    void click(uint id)
    {
        auto signal = QDBusMessage::createSignal(QStringLiteral("/org/freedesktop/Notifications"), QStringLiteral("org.freedesktop.Notifications"), QStringLiteral("ActionInvoked"));
        signal << id << QStringLiteral("default");
        QDBusConnection::sessionBus().send(signal);
    }

public Q_SLOTS:
    uint Notify(const QString&, uint replaces, const QString&, const QString& title, const QString& body, const QStringList&, const QVariantMap&, int)
    {
        const uint id = replaces ? replaces : ++m_last;
        shown.push_back({ id, title, body });
        return id;
    }
    void CloseNotification(uint id) { closed.push_back(id); }
    QStringList GetCapabilities() { return { QStringLiteral("body"), QStringLiteral("actions") }; }
    QString GetServerInformation(QString& vendor, QString& version, QString& specification)
    {
        vendor = QStringLiteral("test");
        version = QStringLiteral("1");
        specification = QStringLiteral("1.2");
        return QStringLiteral("test");
    }

private:
    uint m_last = 0;
};

model::AlertStatus alert(const char* instance, model::AlertState state)
{
    model::AlertStatus out;
    out.rule = "RedisDown";
    out.labels = model::Labels { { "alertname", "RedisDown" }, { "instance", instance } };
    out.annotations = model::Labels { { "summary", std::string("Redis ") + instance + " is gone" } };
    out.state = state;
    return out;
}

}

class TestNotifier : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        auto bus = QDBusConnection::sessionBus();
        if (!bus.isConnected())
            QSKIP("there is no session bus");
        QVERIFY(bus.registerObject(QStringLiteral("/org/freedesktop/Notifications"), &m_service, QDBusConnection::ExportAllSlots));
        QVERIFY(bus.registerService(QStringLiteral("org.freedesktop.Notifications")));
    }

    void oneBubbleARuleUpdatedInPlace()
    {
        app::Notifier notifier;
        notifier.notify(alert("a", model::AlertState::firing));
        QTRY_COMPARE(m_service.shown.size(), 1);
        QCOMPARE(m_service.shown[0].title, QStringLiteral("RedisDown"));
        QCOMPARE(m_service.shown[0].body, QStringLiteral("Redis a is gone"));
        notifier.notify(alert("b", model::AlertState::firing));
        QTRY_COMPARE(m_service.shown.size(), 2);
        QCOMPARE(m_service.shown[1].id, m_service.shown[0].id);
        QVERIFY(m_service.shown[1].body.contains(QStringLiteral("Redis b is gone")));

        notifier.notify(alert("a", model::AlertState::inactive));
        notifier.notify(alert("b", model::AlertState::inactive));
        QTRY_VERIFY(m_service.shown.size() > 2 && m_service.shown.back().title.contains(QStringLiteral("has ended")));
        QTRY_VERIFY(m_service.closed.contains(m_service.shown[0].id));
    }

    void aClickLeadsToTheAlert()
    {
        m_service.shown.clear();
        app::Notifier notifier;
        QSignalSpy activated(&notifier, &app::Notifier::activated);
        notifier.notify(alert("c", model::AlertState::firing));
        QTRY_COMPARE(m_service.shown.size(), 1);
        // The service knows the bubble a moment before its sender has the answer; a click in between belongs to nobody.
        QTRY_VERIFY((m_service.click(m_service.shown[0].id), !activated.isEmpty()));
        QCOMPARE(activated[0][0].toString(), QStringLiteral("RedisDown"));
    }

private:
    FakeService m_service;
};

QTEST_MAIN(TestNotifier)
#include "tst_notifier.moc"
