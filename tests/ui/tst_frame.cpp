#include "tests/ui/support/ui_session.h"
#include "ui/frame/command_palette.h"
#include "ui/frame/side_bar.h"
#include "ui/frame/time_range_picker.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QSet>
#include <QSignalSpy>
#include <QTest>

using namespace belvedere;
using namespace belvedere::ui;
using test::UiSession;

class TestFrame : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyTextIsReadableOnEverySurface_data()
    {
        QTest::addColumn<bool>("dark");
        QTest::newRow("dark") << true;
        QTest::newRow("light") << false;
    }
    void everyTextIsReadableOnEverySurface()
    {
        QFETCH(bool, dark);
        const auto& c = Theme::colorsFor(dark);
        const std::vector<std::pair<const char*, QColor>> surfaces { { "window", c.window }, { "surface", c.surface }, { "raised", c.raised }, { "field", c.field }, { "hover", c.hover }, { "selection", c.selection } };
        std::vector<std::pair<QString, QColor>> texts { { QStringLiteral("text"), c.text }, { QStringLiteral("muted"), c.textMuted }, { QStringLiteral("faint"), c.textFaint }, { QStringLiteral("accent"), c.accent } };
        for (const auto state : { State::ok, State::warning, State::critical, State::info, State::unknown })
            texts.emplace_back(Theme::stateWord(state), Theme::stateColorFor(dark, state));
        for (const auto& [textName, text] : texts) {
            for (const auto& [surfaceName, surface] : surfaces) {
                const double ratio = contrastRatio(text, surface);
                QVERIFY2(ratio >= 4.5, qPrintable(QStringLiteral("%1 on %2: %3").arg(textName, QLatin1StringView(surfaceName)).arg(ratio)));
            }
        }
        QVERIFY(contrastRatio(c.onAccent, c.accent) >= 4.5);
        QCOMPARE(qRound(contrastRatio(Qt::black, Qt::white)), 21);
    }

    void statesDifferInShapeNotOnlyInColor()
    {
        UiSession session;
        std::vector<QImage> shapes;
        for (const auto state : { State::ok, State::warning, State::critical, State::info, State::unknown }) {
            QImage shape = session.theme.statePixmap(state, 32, 1).toImage().convertToFormat(QImage::Format_Alpha8);
            for (const auto& other : shapes)
                QVERIFY(shape != other);
            shapes.push_back(shape);
        }
    }

    void changesLookAtRunTime()
    {
        UiSession session;
        session.backend.fillWithShop();
        auto& window = session.openWindow();
        const QColor dark = window.palette().color(QPalette::Window);

        session.theme.setMode(Theme::Mode::light);

        QTRY_VERIFY2_WITH_TIMEOUT(window.palette().color(QPalette::Window).lightness() > dark.lightness() + 100, qPrintable(window.palette().color(QPalette::Window).name() + dark.name() + qApp->palette().color(QPalette::Window).name()), 1000);
        const QImage icon = session.theme.icon(QStringLiteral("clock")).pixmap(16, 16).toImage();
        QVERIFY2(!icon.isNull(), "icons are tinted by the theme");
    }

    void everyActionHasNameShortcutTooltipAndMenuPlace()
    {
        UiSession session;
        auto& window = session.openWindow();
        QSet<const QAction*> inMenus;
        const std::function<void(const QMenu*)> walk = [&](const QMenu* menu) {
            const auto actions = menu->actions();
            for (const auto* action : actions) {
                inMenus.insert(action);
                if (action->menu())
                    walk(action->menu());
            }
        };
        const auto menus = window.menuBar()->actions();
        for (const auto* action : menus)
            walk(action->menu());
        QSet<QString> names;
        QSet<QString> keys;
        const QStringList pages { page::kOverview, page::kExplore, page::kAlerts, page::kTargets, page::kContainers };
        for (const auto& id : pages) {
            if (!window.page(id))
                continue;
            window.showPage(id);
            const auto menusNow = window.menuBar()->actions();
            for (const auto* action : menusNow)
                walk(action->menu());
            QSet<QString> keysHere;
            const auto actions = window.allActions();
            for (const auto* action : actions) {
                const auto describe = qPrintable(action->objectName() + QLatin1Char('/') + action->text());
                QVERIFY2(!action->objectName().isEmpty(), describe);
                QVERIFY2(!action->text().isEmpty(), describe);
                QVERIFY2(!action->toolTip().isEmpty(), describe);
                QVERIFY2(inMenus.contains(action), describe);
                // Choices in a group (look, refresh interval) are reached by their menu.
                if (!action->actionGroup())
                    QVERIFY2(!action->shortcut().isEmpty(), describe);
                if (!action->shortcut().isEmpty()) {
                    QVERIFY2(!keysHere.contains(action->shortcut().toString()), describe);
                    keysHere.insert(action->shortcut().toString());
                }
            }
        }
    }

    void paletteFindsPagesAndRunsThem()
    {
        UiSession session;
        session.backend.fillWithShop();
        auto& window = session.openWindow();

        window.openCommandPalette(QStringLiteral("targ"));
        auto* palette = window.findChild<CommandPalette*>();
        QVERIFY(palette->isVisible());
        QAbstractItemModelTester tester(const_cast<PaletteModel*>(&palette->model()), QAbstractItemModelTester::FailureReportingMode::QtTest);
        QVERIFY(palette->model().rowCount() > 0);
        QCOMPARE(palette->model().entry(0).text, QStringLiteral("Targets"));
        QTest::keyClick(palette->findChild<QLineEdit*>(), Qt::Key_Return);

        QVERIFY(!palette->isVisible());
        QCOMPARE(window.currentPage()->id(), page::kTargets);
    }

    void fuzzyMatchPrefersWordStarts()
    {
        QVERIFY(fuzzyScore(u"zo", u"Zoom Out"));
        QVERIFY(!fuzzyScore(u"xyz", u"Zoom Out"));
        QVERIFY(*fuzzyScore(u"hrt", u"http_requests_total") > *fuzzyScore(u"hrt", u"other_thrift"));
        QVERIFY(*fuzzyScore(u"targets", u"Targets") > *fuzzyScore(u"targets", u"Filter Targets"));
    }

    void pagesAreReachedByKeysAndNeighboursByArrows()
    {
        UiSession session;
        auto& window = session.openWindow();
        auto* action = window.findChild<QAction*>(QStringLiteral("page.targets"));
        QVERIFY(action);
        QCOMPARE(action->shortcut(), QKeySequence(QStringLiteral("Ctrl+5")));
        action->trigger();
        QCOMPARE(window.currentPage()->id(), page::kTargets);
        auto* bar = window.findChild<SideBar*>();
        const auto entries = bar->findChildren<SideBarEntry*>();
        QVERIFY(!entries.isEmpty());
        for (const auto* entry : entries)
            QVERIFY(!entry->accessibleName().isEmpty());
    }

    void sessionComesBackAsItWas()
    {
        UiSession session;
        session.backend.fillWithShop();
        {
            auto& window = session.openWindow({ 1400, 900 });
            window.restoreSession();
            window.showPage(page::kTargets, { { QStringLiteral("job"), QStringLiteral("redis") } });
            session.time.setRange({ QStringLiteral("now-6h"), QStringLiteral("now") });
            session.time.setRefreshSeconds(30);
            window.findChild<QAction*>(QStringLiteral("toggleSideBar"))->trigger();
            window.close();
        }
        session.time.setRange({ QStringLiteral("now-5m"), QStringLiteral("now") });
        session.time.setRefreshSeconds(0);

        auto& window = session.openWindow({ 1000, 700 });
        window.restoreSession();

        QCOMPARE(window.currentPage()->id(), page::kTargets);
        QCOMPARE(window.currentPage()->stateForSession()[QStringLiteral("job")].toString(), QStringLiteral("redis"));
        QCOMPARE(session.time.raw().from, QStringLiteral("now-6h"));
        QCOMPARE(session.time.refreshSeconds(), 30);
        QVERIFY(window.findChild<SideBar*>()->isCollapsed());
    }

    void timePickerSaysWhatIsWrongAndAppliesWhatIsRight()
    {
        UiSession session;
        auto& window = session.openWindow();
        window.findChild<QAction*>(QStringLiteral("timeRange"))->trigger();
        auto* picker = window.findChild<TimeRangePicker*>();
        QVERIFY(picker->isVisible());
        const auto fields = picker->findChildren<QLineEdit*>();
        QCOMPARE(fields.size(), 2);

        fields[0]->setText(QStringLiteral("soon"));
        QTest::keyClick(fields[0], Qt::Key_Return);
        QVERIFY2(picker->isVisible(), "what is no time is not taken");
        fields[0]->setText(QStringLiteral("now-2d/d"));
        QTest::keyClick(fields[0], Qt::Key_Return);

        QVERIFY(!picker->isVisible());
        QCOMPARE(session.time.raw().from, QStringLiteral("now-2d/d"));
    }
};

QTEST_MAIN(TestFrame)
#include "tst_frame.moc"
