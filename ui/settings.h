#pragma once

#include "ui/theme.h"

#include <QByteArray>
#include <QJsonObject>
#include <QObject>
#include <QVariant>

#include <memory>

class QSettings;

namespace belvedere::ui {

/// What the window remembers from one start to the next. The only place that touches QSettings for it.
class WindowSettings : public QObject {
    Q_OBJECT

public:
    /// Keeps everything in `file` (INI); the platform's own place if it is "".
    explicit WindowSettings(const QString& file = {}, QObject* parent = nullptr);
    ~WindowSettings() override;

    [[nodiscard]] Theme::Mode themeMode() const;
    void setThemeMode(Theme::Mode mode);
    [[nodiscard]] Theme::Density density() const;
    void setDensity(Theme::Density density);
    [[nodiscard]] Theme::SeriesPalette seriesPalette() const;
    void setSeriesPalette(Theme::SeriesPalette palette);

    /// Whether graphs show when alerts fired that watch the same metrics.
    [[nodiscard]] bool firingShown() const;
    void setFiringShown(bool shown);

    /// Code of the language that the window speaks from the next start on; "" for the system's.
    [[nodiscard]] QString language() const;
    void setLanguage(const QString& code);

    [[nodiscard]] QByteArray geometry() const;
    void setGeometry(const QByteArray& geometry);
    [[nodiscard]] bool sideBarCollapsed() const;
    void setSideBarCollapsed(bool collapsed);
    [[nodiscard]] QString currentPage() const;
    void setCurrentPage(const QString& id);
    /// As Page::stateForSession() gave it; empty if the page has none.
    [[nodiscard]] QJsonObject pageState(const QString& id) const;
    void setPageState(const QString& id, const QJsonObject& state);

    /// Raw texts, "now-1h" and "now" at first.
    [[nodiscard]] QString timeFrom() const;
    [[nodiscard]] QString timeTo() const;
    void setTime(const QString& from, const QString& to);
    [[nodiscard]] int refreshSeconds() const; ///< 0: off
    void setRefreshSeconds(int seconds);

Q_SIGNALS:
    void firingShownChanged();

private:
    /// Leaves the file alone when nothing changes.
    void write(const QString& key, const QVariant& value);

    std::unique_ptr<QSettings> m_storage;
};

}
