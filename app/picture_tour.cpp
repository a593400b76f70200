#include "app/picture_tour.h"

#include "app/application.h"
#include "core/base/format.h"
#include "ui/main_window.h"
#include "ui/query_runner.h"

#include <QPixmap>

namespace belvedere::app {

namespace {

constexpr int kTickMs = 100;
constexpr int kQuietTicks = 5; ///< nothing was asked for so long: the page is complete
constexpr int kMostTicks = 100;

}

void showNamedPage(ui::MainWindow& window, const QString& page)
{
    const auto colon = page.indexOf(QLatin1Char(':'));
    const QString id = page.left(colon);
    const QString rest = colon < 0 ? QString() : page.mid(colon + 1);
    if (rest.isEmpty())
        window.showPage(id);
    else if (id == ui::page::kExplore)
        window.showPage(id, { { QStringLiteral("language"), rest.startsWith(QLatin1Char('{')) ? QStringLiteral("logql") : QStringLiteral("promql") }, { QStringLiteral("expr"), rest } });
    else
        window.showPage(id, { { QStringLiteral("uid"), rest } });
}

PictureTour::PictureTour(Application& application, ui::MainWindow& window, ui::Theme& theme, Logger& logger, Plan plan, QObject* parent)
    : QObject(parent)
    , m_application(application)
    , m_window(window)
    , m_theme(theme)
    , m_logger(logger)
    , m_afterMs(plan.afterMs)
{
    if (plan.pages.isEmpty())
        plan.pages << QString();
    if (plan.themes.isEmpty())
        plan.themes << theme.mode();
    for (const auto& size : std::as_const(plan.sizes)) {
        for (const auto mode : std::as_const(plan.themes)) {
            for (const auto& page : std::as_const(plan.pages)) {
                const auto colon = page.indexOf(QLatin1Char(':'));
                QString name = page.left(colon);
                if (name == ui::page::kExplore)
                    name += page.mid(colon + 1).startsWith(QLatin1Char('{')) ? QStringLiteral("-logs") : QStringLiteral("-metrics");
                else if (colon >= 0)
                    name += QLatin1Char('-') + page.mid(colon + 1);
                QString file = plan.file;
                file.replace(QStringLiteral("{page}"), name);
                file.replace(QStringLiteral("{theme}"), mode == ui::Theme::Mode::light ? QStringLiteral("light") : QStringLiteral("dark"));
                file.replace(QStringLiteral("{size}"), QStringLiteral("%1x%2").arg(size.width()).arg(size.height()));
                m_pictures.push_back({ page, mode, size, file });
            }
        }
    }
    m_timer.setInterval(kTickMs);
    connect(&m_timer, &QTimer::timeout, this, &PictureTour::takeWhenIdle);
}

void PictureTour::start()
{
    m_window.resize(m_pictures.front().size);
    QTimer::singleShot(m_afterMs, this, [this] {
        m_application.resetLongest(); // the start is measured by itself
        next();
    });
}

void PictureTour::next()
{
    if (m_at == m_pictures.size())
        return finish(true);
    const auto& picture = m_pictures[m_at];
    m_theme.setMode(picture.theme);
    m_window.resize(picture.size);
    if (!picture.page.isEmpty())
        showNamedPage(m_window, picture.page);
    m_ticks = 0;
    m_quietTicks = 0;
    m_timer.start();
}

void PictureTour::takeWhenIdle()
{
    m_quietTicks = m_window.services().queries.count() == 0 ? m_quietTicks + 1 : 0;
    if (m_quietTicks < kQuietTicks && ++m_ticks < kMostTicks)
        return;
    m_timer.stop();
    const auto longest = m_application.longest();
    m_logger.log(longest.ms > 50 ? Logger::Level::warning : Logger::Level::info, "window",
        formatted("{}: longest event {:.1f} ms ({})", m_pictures[m_at].file.toStdString(), longest.ms, longest.what.toStdString()));
    if (!m_window.grab().save(m_pictures[m_at].file)) {
        m_logger.log(Logger::Level::error, "window", "cannot write " + m_pictures[m_at].file.toStdString());
        return finish(false);
    }
    ++m_at;
    // Painting and writing the picture is no event that a person would have waited for.
    QMetaObject::invokeMethod(
        this,
        [this] {
            m_application.resetLongest();
            next();
        },
        Qt::QueuedConnection);
}

void PictureTour::finish(bool well) { QCoreApplication::exit(well ? 0 : 1); }

}
