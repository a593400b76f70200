#pragma once

#include "core/model/rule_status.h"

#include <QHash>
#include <QObject>
#include <QPointer>
#include <QString>

#include <map>

class KNotification;
class QSystemTrayIcon;

namespace belvedere::app {

/// Tells on the desktop that alerts fire and end: one bubble a rule, updated in place while it is up; through the tray
/// where the desktop has no notification service.
/// Lives in the window's thread.
class Notifier : public QObject {
    Q_OBJECT

public:
    explicit Notifier(QObject* parent = nullptr);
    ~Notifier() override;

    /// `alert.state` is firing, or inactive when it has ended.
    void notify(const model::AlertStatus& alert);

Q_SIGNALS:
    /// The person clicked on the bubble, or chose its action.
    void activated(const QString& ruleName, const belvedere::model::Labels& labels);

private:
    /// What is told of one rule.
    struct Told {
        std::map<model::Labels, model::AlertStatus> firing;
        model::AlertStatus last;
        QPointer<KNotification> bubble;
    };

    void showBubble(Told& told, const QString& title, const QString& text, bool firing);
    void showInTray(const Told& told, const QString& title, const QString& text, bool firing);
    [[nodiscard]] static bool serviceExists();

    QHash<QString, Told*> m_rules;
    QSystemTrayIcon* m_tray = nullptr;
    QString m_lastTrayRule;
};

}
