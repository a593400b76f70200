#include "tests/ui/support/ui_session.h"

#include "ui/resources.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QTest>

namespace belvedere::test {

UiSession::UiSession()
{
    ui::initResources();
    settings = std::make_unique<ui::WindowSettings>(folder.filePath(QStringLiteral("settings.ini")));
    theme.setMode(ui::Theme::Mode::dark);
    theme.install(*qApp);
}

UiSession::~UiSession()
{
    window.reset();
    qApp->setStyle(QStringLiteral("Fusion")); // ours refers to the theme
}

ui::MainWindow& UiSession::openWindow(QSize size)
{
    window = std::make_unique<ui::MainWindow>(backend, theme, time, *settings);
    window->resize(size);
    window->show();
    if (!QTest::qWaitForWindowExposed(window.get()))
        qFatal("the window was not shown");
    return *window;
}

void UiSession::settle()
{
    QElapsedTimer quiet;
    QElapsedTimer whole;
    quiet.start();
    whole.start();
    while (quiet.elapsed() < 120 && whole.elapsed() < 10'000) {
        QTest::qWait(10);
        if (window && window->services().queries.count() > 0)
            quiet.restart();
    }
}

}
