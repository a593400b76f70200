#pragma once

#include "tests/support/fake_clock.h"
#include "tests/ui/support/fake_backend.h"
#include "ui/main_window.h"
#include "ui/query_runner.h"
#include "ui/settings.h"
#include "ui/theme.h"
#include "ui/time_context.h"

#include <QTemporaryDir>

#include <memory>

namespace belvedere::test {

/// Everything a window needs, in the order in which it must be destroyed. The clock stands at 2025-11-21 11:34:48 UTC.
class UiSession {
public:
    static constexpr std::int64_t kNowMs = 1'763'724'888'000;

    UiSession();
    ~UiSession();

    /// A page's services without a window.
    [[nodiscard]] ui::PageServices services() { return { backend, theme, time, *settings, queries }; }
    /// Makes the window, shows it and waits until it is exposed.
    ui::MainWindow& openWindow(QSize size = { 1280, 800 });
    /// Lets queries finish: until nothing has run for a moment.
    void settle();

    QTemporaryDir folder;
    FakeClock clock { kNowMs };
    FakeBackend backend { kNowMs };
    ui::Theme theme;
    ui::TimeContext time { clock };
    std::unique_ptr<ui::WindowSettings> settings;
    ui::RunningQueries queries;
    std::unique_ptr<ui::MainWindow> window;
};

}
