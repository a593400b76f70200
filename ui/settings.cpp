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
    void writeEnum(QSettings& storage, const QString& key, E value)
    {
        storage.setValue(key, QString::fromLatin1(QMetaEnum::fromType<E>().valueToKey(static_cast<int>(value))));
    }

}

WindowSettings::WindowSettings(const QString& file, QObject* parent)
    : QObject(parent)
    , m_storage(file.isEmpty() ? std::make_unique<QSettings>() : std::make_unique<QSettings>(file, QSettings::IniFormat))
{
}

WindowSettings::~WindowSettings() = default;

Theme::Mode WindowSettings::themeMode() const { return readEnum(*m_storage, QStringLiteral("look/theme"), Theme::Mode::followSystem); }
void WindowSettings::setThemeMode(Theme::Mode mode) { writeEnum(*m_storage, QStringLiteral("look/theme"), mode); }

Theme::Density WindowSettings::density() const { return readEnum(*m_storage, QStringLiteral("look/density"), Theme::Density::comfortable); }
void WindowSettings::setDensity(Theme::Density density) { writeEnum(*m_storage, QStringLiteral("look/density"), density); }

Theme::SeriesPalette WindowSettings::seriesPalette() const { return readEnum(*m_storage, QStringLiteral("look/series"), Theme::SeriesPalette::classic); }
void WindowSettings::setSeriesPalette(Theme::SeriesPalette palette) { writeEnum(*m_storage, QStringLiteral("look/series"), palette); }

QString WindowSettings::language() const { return m_storage->value(QStringLiteral("look/language")).toString(); }
void WindowSettings::setLanguage(const QString& code) { m_storage->setValue(QStringLiteral("look/language"), code); }

QByteArray WindowSettings::geometry() const { return m_storage->value(QStringLiteral("window/geometry")).toByteArray(); }
void WindowSettings::setGeometry(const QByteArray& geometry) { m_storage->setValue(QStringLiteral("window/geometry"), geometry); }

bool WindowSettings::sideBarCollapsed() const { return m_storage->value(QStringLiteral("window/sideBarCollapsed"), false).toBool(); }
void WindowSettings::setSideBarCollapsed(bool collapsed) { m_storage->setValue(QStringLiteral("window/sideBarCollapsed"), collapsed); }

QString WindowSettings::currentPage() const { return m_storage->value(QStringLiteral("window/page")).toString(); }
void WindowSettings::setCurrentPage(const QString& id) { m_storage->setValue(QStringLiteral("window/page"), id); }

QJsonObject WindowSettings::pageState(const QString& id) const
{
    return QJsonDocument::fromJson(m_storage->value(QStringLiteral("pages/%1").arg(id)).toByteArray()).object();
}

void WindowSettings::setPageState(const QString& id, const QJsonObject& state)
{
    m_storage->setValue(QStringLiteral("pages/%1").arg(id), QJsonDocument(state).toJson(QJsonDocument::Compact));
}

QString WindowSettings::timeFrom() const { return m_storage->value(QStringLiteral("time/from"), QStringLiteral("now-1h")).toString(); }
QString WindowSettings::timeTo() const { return m_storage->value(QStringLiteral("time/to"), QStringLiteral("now")).toString(); }

void WindowSettings::setTime(const QString& from, const QString& to)
{
    m_storage->setValue(QStringLiteral("time/from"), from);
    m_storage->setValue(QStringLiteral("time/to"), to);
}

int WindowSettings::refreshSeconds() const { return m_storage->value(QStringLiteral("time/refreshSeconds"), 10).toInt(); }
void WindowSettings::setRefreshSeconds(int seconds) { m_storage->setValue(QStringLiteral("time/refreshSeconds"), seconds); }

}
