#include "app/notifier.h"

#include <KNotification>

#include <QDBusConnection>
#include <QDBusConnectionInterface>
#include <QGuiApplication>
#include <QIcon>
#include <QStringList>
#include <QSystemTrayIcon>

namespace belvedere::app {

namespace {

QString text(std::string_view utf8) { return QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size())); }

/// The alert's own summary, else the labels that tell it apart.
QString sentence(const model::AlertStatus& alert)
{
    for (const auto* name : { "summary", "description", "message" }) {
        if (const auto value = alert.annotations.get(name); !value.empty())
            return text(value);
    }
    QStringList parts;
    for (const auto& label : alert.labels) {
        if (label.name != "alertname" && label.name != "severity")
            parts << text(label.name) + QStringLiteral("=") + text(label.value);
    }
    return parts.join(QStringLiteral(", "));
}

}

Notifier::Notifier(QObject* parent)
    : QObject(parent)
{
}

Notifier::~Notifier()
{
    for (auto* told : std::as_const(m_rules)) {
        if (told->bubble)
            told->bubble->close();
    }
    qDeleteAll(m_rules);
}

bool Notifier::serviceExists()
{
    const auto bus = QDBusConnection::sessionBus();
    if (!bus.isConnected() || !bus.interface())
        return false;
    const QString name = QStringLiteral("org.freedesktop.Notifications");
    return bus.interface()->isServiceRegistered(name) || bus.interface()->activatableServiceNames().value().contains(name);
}

void Notifier::notify(const model::AlertStatus& alert)
{
    const auto rule = text(alert.rule);
    auto*& told = m_rules[rule];
    if (!told)
        told = new Told; // owned by m_rules until the destructor
    const bool firing = alert.state == model::AlertState::firing;
    if (firing)
        told->firing.insert_or_assign(alert.labels, alert);
    else
        told->firing.erase(alert.labels);
    told->last = alert;

    QString title, body;
    if (told->firing.empty()) {
        //: %1 is the name of an alert
        title = tr("%1 has ended").arg(rule);
        body = sentence(alert);
    } else {
        //: %1 is the name of an alert, %n the number of its instances that fire
        title = told->firing.size() == 1 ? rule : tr("%1 (%n firing)", nullptr, static_cast<int>(told->firing.size())).arg(rule);
        QStringList lines;
        for (const auto& [labels, one] : told->firing) {
            lines << sentence(one);
            if (lines.size() == 4)
                break;
        }
        if (told->firing.size() > 4)
            lines << tr("and %n more", nullptr, static_cast<int>(told->firing.size()) - 4);
        body = lines.join(u'\n');
    }
    const bool any = !told->firing.empty();
    if (serviceExists())
        showBubble(*told, title, body, any);
    else
        showInTray(*told, title, body, any);
}

void Notifier::showBubble(Told& told, const QString& title, const QString& body, bool firing)
{
    // A bubble whose urgency has to change is replaced, any other is updated in place.
    const auto event = firing ? QStringLiteral("alertFiring") : QStringLiteral("alertResolved");
    if (told.bubble && told.bubble->eventId() != event) {
        told.bubble->close();
        told.bubble.clear();
    }
    const bool isNew = !told.bubble;
    if (isNew) {
        told.bubble = new KNotification(event, firing ? KNotification::Persistent : KNotification::CloseOnTimeout, this);
        told.bubble->setComponentName(QStringLiteral("io.github.belvedere.Belvedere"));
        told.bubble->setIconName(QStringLiteral("io.github.belvedere.Belvedere"));
        const auto open = [this, told = &told] { Q_EMIT activated(text(told->last.rule), told->last.labels); };
        connect(told.bubble->addDefaultAction(tr("Open")), &KNotificationAction::activated, this, open);
        connect(told.bubble->addAction(tr("Show the alert")), &KNotificationAction::activated, this, open);
    }
    told.bubble->setTitle(title);
    told.bubble->setText(body.toHtmlEscaped());
    told.bubble->setUrgency(firing && told.last.labels.get("severity") == "critical" ? KNotification::CriticalUrgency : KNotification::NormalUrgency);
    if (isNew)
        told.bubble->sendEvent();
}

void Notifier::showInTray(const Told& told, const QString& title, const QString& body, bool firing)
{
    if (!QSystemTrayIcon::isSystemTrayAvailable())
        return;
    if (!m_tray) {
        m_tray = new QSystemTrayIcon(QGuiApplication::windowIcon(), this);
        m_tray->setToolTip(QGuiApplication::applicationDisplayName());
        connect(m_tray, &QSystemTrayIcon::messageClicked, this, [this] {
            if (const auto* clicked = m_rules.value(m_lastTrayRule))
                Q_EMIT activated(m_lastTrayRule, clicked->last.labels);
        });
        m_tray->show();
    }
    m_lastTrayRule = text(told.last.rule);
    m_tray->showMessage(title, body, firing ? QSystemTrayIcon::Warning : QSystemTrayIcon::Information);
}

}
