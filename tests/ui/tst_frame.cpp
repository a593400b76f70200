#include "tests/ui/support/ui_session.h"
#include "ui/frame/command_palette.h"
#include "ui/frame/side_bar.h"
#include "ui/frame/time_range_picker.h"
#include "ui/widgets/elided_label.h"

#include <QAbstractItemModelTester>
#include <QAbstractItemView>
#include <QAccessible>
#include <QAction>
#include <QApplication>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QSet>
#include <QSignalSpy>
#include <QTableWidget>
#include <QTest>

#include <algorithm>

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
        const QStringList pages { page::kOverview, page::kExplore, page::kAlerts, page::kTargets, page::kContainers };
        for (const auto& id : pages) {
            if (!window.page(id))
                continue;
            window.showPage(id);
            const auto menusNow = window.menuBar()->actions();
            for (const auto* action : menusNow)
                walk(action->menu());
            QList<QKeySequence> keysHere;
            const auto actions = window.allActions();
            for (const auto* action : actions) {
                const auto describe = qPrintable(action->objectName() + QLatin1Char('/') + action->text());
                QVERIFY2(!action->objectName().isEmpty(), describe);
                QVERIFY2(!action->text().isEmpty(), describe);
                QVERIFY2(!action->toolTip().isEmpty(), describe);
                QVERIFY2(inMenus.contains(action), describe);
                QVERIFY2(!action->shortcut().isEmpty(), describe);
                // The first stroke of one must not be all of another.
                const auto shortcut = action->shortcut();
                for (const auto& other : std::as_const(keysHere))
                    QVERIFY2(shortcut.matches(other) == QKeySequence::NoMatch && other.matches(shortcut) == QKeySequence::NoMatch, describe);
                keysHere << shortcut;
            }
            for (const auto* action : std::as_const(inMenus))
                QVERIFY2(action->menu() || action->isSeparator() || !action->shortcut().isEmpty(), qPrintable(action->text()));
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

    void thePlaceInAPageIsSaidAgainOnTheWayBack()
    {
        UiSession session;
        auto& window = session.openWindow();
        window.showPage(page::kAlerts);
        auto* alerts = window.currentPage();
        Q_EMIT alerts->placeChanged(QStringLiteral("Here"));
        const auto says = [&window] { return std::ranges::any_of(window.findChildren<ElidedLabel*>(), [](const ElidedLabel* label) { return label->text() == QStringLiteral("Here"); }); };
        QVERIFY(says());
        window.showPage(page::kTargets);
        QVERIFY(!says());
        window.showPage(page::kAlerts);
        QVERIFY(says());
    }

    void shortcutsAreShownInFullAndCanBeSearched()
    {
        UiSession session;
        auto& window = session.openWindow();
        window.findChild<QAction*>(QStringLiteral("shortcuts"))->trigger();
        auto* table = window.findChild<QTableWidget*>(QStringLiteral("shortcuts"));
        QVERIFY(table);
        QTRY_VERIFY(table->isVisible());
        const auto shown = [table] {
            int rows = 0;
            for (int row = 0; row < table->rowCount(); ++row)
                rows += table->isRowHidden(row) ? 0 : 1;
            return rows;
        };
        QVERIFY(table->columnWidth(1) >= table->fontMetrics().horizontalAdvance(QStringLiteral("Alt+Shift+Right")));
        table->window()->findChild<QLineEdit*>()->setText(QStringLiteral("dark"));
        QCOMPARE(shown(), 2); // the look, and the switch
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

    void aSessionThatIsKilledComesBackToo()
    {
        UiSession session;
        session.backend.fillWithShop();
        {
            auto& window = session.openWindow();
            window.restoreSession();
            window.showPage(page::kAlerts);
            session.time.setRange({ QStringLiteral("now-3h"), QStringLiteral("now") });
            QTRY_COMPARE_WITH_TIMEOUT(session.settings->currentPage(), page::kAlerts, 8000);
            // Nothing is closed: what was written by itself is all that the next start has.
        }
        session.time.setRange({ QStringLiteral("now-5m"), QStringLiteral("now") });
        auto& window = session.openWindow();
        window.restoreSession();
        QCOMPARE(window.currentPage()->id(), page::kAlerts);
        QCOMPARE(session.time.raw().from, QStringLiteral("now-3h"));
    }

    void everythingThatTakesTheFocusHasANameForScreenReaders()
    {
        UiSession session;
        session.backend.fillWithShop();
        auto& window = session.openWindow();
        for (const auto& id : { page::kOverview, page::kExplore, page::kAlerts, page::kTargets, page::kContainers }) {
            window.showPage(id);
            session.settle();
            const auto widgets = window.findChildren<QWidget*>();
            for (auto* widget : widgets) {
                const auto* label = qobject_cast<QLabel*>(widget);
                if (widget->focusPolicy() == Qt::NoFocus || !widget->isVisible() || (label && label->text().isEmpty()))
                    continue;
                const auto* interface = QAccessible::queryAccessibleInterface(widget);
                const QString name = interface ? interface->text(QAccessible::Name) : widget->accessibleName();
                QString path;
                for (const QObject* at = widget; at; at = at->parent())
                    path.prepend(QStringLiteral("/%1#%2").arg(QLatin1StringView(at->metaObject()->className()), at->objectName()));
                QVERIFY2(!name.isEmpty(), qPrintable(path));
            }
        }
    }

    void theKeyboardReachesEveryPartOfThePage()
    {
        UiSession session;
        session.backend.fillWithShop();
        auto& window = session.openWindow();
        for (const auto& id : { page::kOverview, page::kAlerts, page::kTargets, page::kContainers }) {
            window.showPage(id);
            session.settle();
            window.activateWindow();
            QSet<const QWidget*> reached;
            QStringList way; // for the message
            for (int i = 0; i < 80; ++i) {
                QTest::keyClick(QApplication::focusWidget() ? QApplication::focusWidget() : &window, Qt::Key_Tab);
                const auto* focus = QApplication::focusWidget();
                reached.insert(focus);
                way << (focus ? QStringLiteral("%1 %2").arg(QLatin1StringView(focus->metaObject()->className()), focus->accessibleName()) : QStringLiteral("nothing"));
            }
            const auto* current = window.currentPage();
            const auto views = current->findChildren<QAbstractItemView*>();
            for (const auto* view : views) {
                if (view->isVisible() && view->isEnabled() && view->focusPolicy() != Qt::NoFocus)
                    QVERIFY2(reached.contains(view), qPrintable(id + QLatin1Char('/') + view->accessibleName() + QStringLiteral(", but: ") + way.join(QStringLiteral(", "))));
            }
        }
    }

    void aClickedNotificationOpensItsAlert()
    {
        UiSession session;
        session.backend.fillWithShop();
        auto& window = session.openWindow();
        const model::Labels labels { { "alertname", "TargetDown" }, { "instance", "127.0.0.1:8002" }, { "job", "api" }, { "severity", "warning" } };

        Q_EMIT session.backend.alertActivated(QStringLiteral("TargetDown"), labels);

        QCOMPARE(window.currentPage()->id(), page::kAlerts);
        const auto* table = window.findChild<QAbstractItemView*>(QStringLiteral("alerts.table"));
        QCOMPARE(table->currentIndex().siblingAtColumn(1).data().toString(), QStringLiteral("TargetDown"));
    }

    void paletteFindsWhateverThereIs_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("kind");
        QTest::newRow("action") << QStringLiteral("zoom out") << QStringLiteral("Action");
        QTest::newRow("alert") << QStringLiteral("HighErrorRate") << QStringLiteral("Firing alert");
        QTest::newRow("rule") << QStringLiteral("SlowQueries") << QStringLiteral("Alert");
        QTest::newRow("target") << QStringLiteral("kafka 127.0.0.1:9308") << QStringLiteral("Target");
        QTest::newRow("container") << QStringLiteral("shop-redis-1") << QStringLiteral("Container");
        QTest::newRow("service") << QStringLiteral("postgres") << QStringLiteral("Service");
        QTest::newRow("label") << QStringLiteral("handler") << QStringLiteral("Label of series");
        QTest::newRow("label of logs") << QStringLiteral("compose_project") << QStringLiteral("Label of logs");
    }
    void paletteFindsWhateverThereIs()
    {
        QFETCH(QString, text);
        QFETCH(QString, kind);
        UiSession session;
        session.backend.fillWithShop();
        auto& window = session.openWindow();
        window.openCommandPalette(text);
        const auto& model = window.findChild<CommandPalette*>()->model();
        const auto found = [&] {
            for (int row = 0; row < model.rowCount(); ++row) {
                if (model.entry(row).kind == kind && model.entry(row).text == text)
                    return true;
                if (kind == QStringLiteral("Action") && model.entry(row).text.compare(text, Qt::CaseInsensitive) == 0)
                    return true;
            }
            return false;
        };
        QTRY_VERIFY(found());
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
