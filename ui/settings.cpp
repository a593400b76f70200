#include "ui/settings.h"

#include <QJsonDocument>
#include <QMetaEnum>
#include <QSettings>

namespace belvedere::ui {

namespace {

    template <class E>
    E readEnum(const QSettings& storage, const QString& key, E fallback)
    {
        bool known = false;
        const int value = QMetaEnum::fromType<E>().keyToValue(storage.value(key).toString().toLatin1().constData(), &known);
        return known ? static_cast<E>(value) : fallback;
    }

    template <class E>
    QString enumText(E value)
    {
        return QString::fromLatin1(QMetaEnum::fromType<E>().valueToKey(static_cast<int>(value)));
    }

}

WindowSettings::WindowSettings(const QString& file, QObject* parent)
    : QObject(parent)
    , m_storage(file.isEmpty() ? std::make_unique<QSettings>() : std::make_unique<QSettings>(file, QSettings::IniFormat))
{
}

WindowSettings::~WindowSettings() = default;

void WindowSettings::write(const QString& key, const QVariant& value)
{
    if (!m_storage->contains(key) || m_storage->value(key) != value)
        m_storage->setValue(key, value);
}

Theme::Mode WindowSettings::themeMode() const { return readEnum(*m_storage, QStringLiteral("look/theme"), Theme::Mode::followSystem); }
void WindowSettings::setThemeMode(Theme::Mode mode) { write(QStringLiteral("look/theme"), enumText(mode)); }

Theme::Density WindowSettings::density() const { return readEnum(*m_storage, QStringLiteral("look/density"), Theme::Density::comfortable); }
void WindowSettings::setDensity(Theme::Density density) { write(QStringLiteral("look/density"), enumText(density)); }

Theme::SeriesPalette WindowSettings::seriesPalette() const { return readEnum(*m_storage, QStringLiteral("look/series"), Theme::SeriesPalette::classic); }
void WindowSettings::setSeriesPalette(Theme::SeriesPalette palette) { write(QStringLiteral("look/series"), enumText(palette)); }

bool WindowSettings::firingShown() const { return m_storage->value(QStringLiteral("look/firingShown"), true).toBool(); }
void WindowSettings::setFiringShown(bool shown)
{
    write(QStringLiteral("look/firingShown"), shown);
    Q_EMIT firingShownChanged();
}

QString WindowSettings::language() const { return m_storage->value(QStringLiteral("look/language")).toString(); }
void WindowSettings::setLanguage(const QString& code) { m_storage->setValue(QStringLiteral("look/language"), code); }

QByteArray WindowSettings::geometry() const { return m_storage->value(QStringLiteral("window/geometry")).toByteArray(); }
void WindowSettings::setGeometry(const QByteArray& geometry) { write(QStringLiteral("window/geometry"), geometry); }

bool WindowSettings::sideBarCollapsed() const { return m_storage->value(QStringLiteral("window/sideBarCollapsed"), false).toBool(); }
void WindowSettings::setSideBarCollapsed(bool collapsed) { write(QStringLiteral("window/sideBarCollapsed"), collapsed); }

QString WindowSettings::currentPage() const { return m_storage->value(QStringLiteral("window/page")).toString(); }
void WindowSettings::setCurrentPage(const QString& id) { write(QStringLiteral("window/page"), id); }

QJsonObject WindowSettings::pageState(const QString& id) const
{
    return QJsonDocument::fromJson(m_storage->value(QStringLiteral("pages/%1").arg(id)).toByteArray()).object();
}

void WindowSettings::setPageState(const QString& id, const QJsonObject& state)
{
    write(QStringLiteral("pages/%1").arg(id), QJsonDocument(state).toJson(QJsonDocument::Compact));
}

QString WindowSettings::timeFrom() const { return m_storage->value(QStringLiteral("time/from"), QStringLiteral("now-1h")).toString(); }
QString WindowSettings::timeTo() const { return m_storage->value(QStringLiteral("time/to"), QStringLiteral("now")).toString(); }

void WindowSettings::setTime(const QString& from, const QString& to)
{
    write(QStringLiteral("time/from"), from);
    write(QStringLiteral("time/to"), to);
}

int WindowSettings::refreshSeconds() const { return m_storage->value(QStringLiteral("time/refreshSeconds"), 10).toInt(); }
void WindowSettings::setRefreshSeconds(int seconds) { write(QStringLiteral("time/refreshSeconds"), seconds); }

}
