#pragma once

#include "core/base/logger.h"
#include "ui/theme.h"

#include <QList>
#include <QObject>
#include <QSize>
#include <QString>
#include <QStringList>
#include <QTimer>

#include <vector>

namespace belvedere::ui {
class MainWindow;
}

namespace belvedere::app {

class Application;

/// What a person gave on the command line as a page: "alerts", "dashboards:UID", "explore:QUERY".
void showNamedPage(ui::MainWindow& window, const QString& page);

/// Shows page after page, light and dark, at several sizes, and writes a picture of each; then ends the program and
/// reports the longest event of the window's thread on the way.
class PictureTour : public QObject {
    Q_OBJECT

public:
    struct Plan {
        QStringList pages; ///< none: the one that is shown
        QList<ui::Theme::Mode> themes; ///< none: the one that is set
        QList<QSize> sizes;
        QString file; ///< {page}, {theme} and {size} are replaced
        int afterMs = 6000; ///< until what is collected first is stored and shown
    };

    /// Everything borrowed outlives the tour.
    PictureTour(Application& application, ui::MainWindow& window, ui::Theme& theme, Logger& logger, Plan plan, QObject* parent = nullptr);

    /// Begins after the time of the plan.
    void start();

private:
    struct Picture {
        QString page;
        ui::Theme::Mode theme;
        QSize size;
        QString file;
    };

    void next();
    void takeWhenIdle();
    void finish(bool well);

    Application& m_application;
    ui::MainWindow& m_window;
    ui::Theme& m_theme;
    Logger& m_logger;
    std::vector<Picture> m_pictures;
    int m_afterMs;
    std::size_t m_at = 0;
    QTimer m_timer;
    int m_quietTicks = 0;
    int m_ticks = 0;
};

}
