#include "tests/support/made_up_source.h"
#include "tests/support/folders.h"
#include "tests/ui/support/ui_session.h"
#include "ui/chart/time_series_view.h"
#include "ui/dashboards/dashboard_view.h"
#include "ui/dashboards/dashboards_page.h"
#include "ui/dashboards/panel_editor.h"
#include "ui/dashboards/template_source.h"
#include "ui/dashboards/variable_picker.h"
#include "ui/panels/panel_frame.h"
#include "ui/widgets/notice_bar.h"

#include <QAction>
#include <QApplication>
#include <QDir>
#include <QFile>
#include <QLineEdit>
#include <QListWidget>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSet>
#include <QSignalSpy>
#include <QTest>

using namespace belvedere;
using namespace belvedere::ui;
using test::UiSession;

namespace {

QString shopDashboardFile() { return QString::fromStdString((test::sourceFolder() / "tests/ui/data/shop-dashboard.json").string()); }

std::string shopDashboard()
{
    QFile file(shopDashboardFile());
    return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
}

dashboard::Document document(const std::string& text = shopDashboard())
{
    return dashboard::Document::parse(text).value();
}

/// A session whose only sources answer every query.
struct Fixture {
    Fixture()
    {
        auto metrics = std::make_shared<tests::MadeUpSource>(datasource::Info { .uid = "metrics", .name = "Metrics", .type = "prometheus", .isDefault = true });
        auto logs = std::make_shared<tests::MadeUpSource>(datasource::Info { .uid = "logs", .name = "Logs", .type = "loki", .isDefault = true });
        source = metrics;
        session.backend.setDataSources({ metrics, logs });
        session.theme.setMode(Theme::Mode::dark);
        session.theme.install(*qApp);
    }

    UiSession session;
    std::shared_ptr<tests::MadeUpSource> source;
};

void open(DashboardView& view, dashboard::Document what = document(), QSize size = { 1280, 900 })
{
    view.setQueriesAll(true);
    view.resize(size);
    view.show();
    view.setDocument(std::move(what));
    QTRY_VERIFY_WITH_TIMEOUT(view.isSettled() && view.content(1), 10'000);
}

void trigger(const DashboardView& view, qint64 id, const char* action)
{
    view.frame(id)->setFocus();
    Q_EMIT view.frame(id)->menuRequested();
    view.findChild<QAction*>(QLatin1String(action))->trigger();
}

}

class TestDashboards : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void drawsEveryKindOfPanel()
    {
        Fixture fixture;
        DashboardView view(fixture.session.services());
        open(view);
        QTRY_VERIFY(view.isSettled());

        QCOMPARE(view.panelCount(), std::size_t(9));
        QTRY_VERIFY(view.content(9));
        QTRY_COMPARE(view.content(1)->data.frames.size(), std::size_t(3));
        QCOMPARE(view.content(1)->data.title, std::string("Requests of node"));
        QVERIFY(view.content(6)->data.logs.size() > 10);
        QVERIFY(view.content(9)->data.failed);
        QVERIFY(view.frame(9)->error().contains(QStringLiteral("parse error")));
        QSet<QRgb> colors;
        const auto picture = view.grab().toImage();
        for (int y = 0; y < picture.height(); y += 4) {
            for (int x = 0; x < picture.width(); x += 4)
                colors.insert(picture.pixel(x, y));
        }
        QVERIFY(colors.size() > 40);
    }

    void panelsOutOfSightDoNotQuery()
    {
        Fixture fixture;
        std::string text = R"js({"panels":[)js";
        for (int i = 0; i < 40; ++i)
            text += (i ? "," : "") + std::string(R"js({"id":)js") + std::to_string(i + 1) + R"js(,"type":"stat","title":"s","gridPos":{"x":0,"y":)js" + std::to_string(i * 8) + R"js(,"w":24,"h":8},"targets":[{"refId":"A","expr":"x"}]})js";
        text += "]}";
        DashboardView view(fixture.session.services());
        view.resize(800, 600);
        view.show();
        view.setDocument(document(text));
        QTRY_VERIFY(fixture.source->queryCount() > 0);
        QTest::qWait(200);

        QVERIFY2(fixture.source->queryCount() < 8, qPrintable(QString::number(fixture.source->queryCount())));
    }

    void changesAreUndoneAndSavedWithEverythingElse()
    {
        Fixture fixture;
        DashboardView view(fixture.session.services());
        open(view);
        QSignalSpy modified(&view, &DashboardView::modifiedChanged);
        view.setEditing(true);
        auto* panel = view.frame(2);
        Q_EMIT panel->activated();
        QTest::keyClick(panel, Qt::Key_Down);
        QTest::keyClick(panel, Qt::Key_Right, Qt::ShiftModifier);

        QCOMPARE(view.document().panel(2)->grid, (dashboard::GridPos { 12, 1, 7, 4 }));
        QVERIFY(view.document().panel(3)->grid.y >= 5);
        QVERIFY(modified.count() > 0);
        const auto saved = document(view.document().write());
        QCOMPARE(saved.root()["mystery"]["kept"].write(), std::string("1.50"));
        view.undoStack().undo();
        view.undoStack().undo();
        QCOMPARE(view.document().panel(2)->grid, (dashboard::GridPos { 12, 0, 6, 4 }));
        QVERIFY(view.undoStack().isClean());
    }

    void removesAndDuplicatesByTheMenu()
    {
        Fixture fixture;
        DashboardView view(fixture.session.services());
        open(view);
        trigger(view, 8, "panel.remove");
        QVERIFY(!view.document().panel(8));
        trigger(view, 2, "panel.duplicate");
        QCOMPARE(view.document().panels().size(), std::size_t(9));
        view.undoStack().undo();
        view.undoStack().undo();
        QVERIFY(view.document().panel(8));
    }

    void keysMeanThePanelThatTheKeyboardIsIn()
    {
        Fixture fixture;
        DashboardView view(fixture.session.services());
        open(view);
        view.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&view));
        view.frame(2)->setFocus();
        view.frame(1)->findChild<TimeSeriesView*>()->setFocus();

        view.findChild<QAction*>(QStringLiteral("panel.remove"))->trigger();

        QVERIFY(!view.document().panel(1));
        QVERIFY(view.document().panel(2));
        QVERIFY2(view.canvas()->isAncestorOf(QApplication::focusWidget()), "what is left still hears the keys");
    }

    void aMenuTakesTheKeyboardToItsPanel()
    {
        Fixture fixture;
        DashboardView view(fixture.session.services());
        open(view);
        view.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&view));
        view.frame(2)->setFocus();
        Q_EMIT view.frame(3)->menuRequested();
        QVERIFY(view.frame(3)->hasFocus());
    }

    void anotherDashboardBeginsAtItsTopWithNothingChosen()
    {
        Fixture fixture;
        DashboardView view(fixture.session.services());
        open(view, document(), { 900, 300 });
        auto* bar = view.findChild<QScrollArea*>()->verticalScrollBar();
        bar->setValue(bar->maximum());
        Q_EMIT view.frame(9)->activated();

        view.setDocument(document());

        QCOMPARE(bar->value(), 0);
        view.findChild<QAction*>(QStringLiteral("panel.remove"))->trigger();
        QVERIFY(view.document().panel(9));
    }

    void aNewPanelStandsBelowFoldedRows()
    {
        Fixture fixture;
        DashboardView view(fixture.session.services());
        open(view, document(std::string("{\"panels\":[{\"id\":1,\"type\":\"text\",\"gridPos\":{\"x\":0,\"y\":0,\"w\":24,\"h\":4}},"
                                        "{\"id\":2,\"type\":\"row\",\"collapsed\":true,\"panels\":[],\"gridPos\":{\"x\":0,\"y\":4,\"w\":24,\"h\":1}}]}")));
        const auto added = view.addPanel(DashboardView::emptyPanel());
        QCOMPARE(view.document().panel(added)->grid.y, 5);
    }

    void sharesOfAStackEndAtAHundredPercent()
    {
        Fixture fixture;
        DashboardView view(fixture.session.services());
        // An old graph in percent, as it is migrated: its maximum of 100 stays in the document.
        open(view, document(std::string("{\"panels\":[{\"id\":1,\"type\":\"timeseries\",\"gridPos\":{\"x\":0,\"y\":0,\"w\":24,\"h\":8},"
                                        "\"fieldConfig\":{\"defaults\":{\"min\":0,\"max\":100,\"custom\":{\"stacking\":{\"mode\":\"percent\"}}},\"overrides\":[]},"
                                        "\"targets\":[{\"refId\":\"A\",\"expr\":\"x\"}]}]}")));
        const auto chart = view.frame(1)->findChild<TimeSeriesView*>()->data();
        QVERIFY(!chart->left.max);
        QCOMPARE(chart->left.softMax, std::optional(1.0));
    }

    void exploreOpensInTheLanguageOfThePanelsSource()
    {
        Fixture fixture;
        DashboardView view(fixture.session.services());
        // A number that was counted from lines has no lines of its own.
        open(view, document(std::string("{\"panels\":[{\"id\":1,\"type\":\"stat\",\"datasource\":{\"type\":\"loki\",\"uid\":\"logs\"},\"gridPos\":{\"x\":0,\"y\":0,\"w\":24,\"h\":4},"
                                        "\"targets\":[{\"refId\":\"A\",\"expr\":\"x\"}]}]}")));
        QSignalSpy gone(&view, &DashboardView::navigate);
        trigger(view, 1, "panel.explore");
        QCOMPARE(gone.count(), 1);
        QCOMPARE(gone[0][1].toMap()[QStringLiteral("language")].toString(), QStringLiteral("logql"));
        QCOMPARE(gone[0][1].toMap()[QStringLiteral("source")].toString(), QStringLiteral("logs"));
    }

    void theEditorSaysWhatIsWrongAndAsksBeforeItForgets()
    {
        Fixture fixture;
        DashboardView view(fixture.session.services());
        open(view);
        view.editPanel(2);
        auto* editor = view.findChild<PanelEditor*>();
        editor->findChild<QPlainTextEdit*>()->setPlainText(QStringLiteral("sum(other)"));

        const auto* fault = editor->findChild<NoticeBar*>();
        QVERIFY(!fault->isVisible());
        editor->findChild<QPlainTextEdit*>()->setPlainText(QStringLiteral("broken("));
        QTRY_VERIFY2(fault->text().contains(QStringLiteral("parse error")) && fault->isVisible(), "what is wrong is said beside the query");
        editor->findChild<QPlainTextEdit*>()->setPlainText(QStringLiteral("sum(other)"));
        QTRY_VERIFY(!fault->isVisible());

        QTest::keyClick(editor, Qt::Key_Escape);
        auto* box = editor->findChild<QMessageBox*>();
        QVERIFY(box);
        QVERIFY(editor->isVisible());
        box->button(QMessageBox::Cancel)->click();
        QVERIFY(editor->isVisible());
        editor->reject();
        editor->findChildren<QMessageBox*>().last()->button(QMessageBox::Apply)->click();

        QVERIFY(!editor->isVisible());
        QCOMPARE((*view.document().panelJson(2))["targets"].items()[0]["expr"].text(), std::string("sum(other)"));
    }

    void theListIsDrivenByKeys()
    {
        Fixture fixture;
        DashboardsPage page(fixture.session.services());
        page.resize(1000, 700);
        page.setVisible(true);
        page.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&page));
        auto* list = page.findChild<QListWidget*>();
        const auto* notice = page.findChild<NoticeBar*>(QStringLiteral("dashboards.listNotice"));
        QTRY_VERIFY(list->count() > 3);
        QCOMPARE(page.firstFocus(), list);

        page.showFor({ { QStringLiteral("panel"), QStringLiteral("{\"type\":\"text\",\"title\":\"T\"}") } });
        QTRY_VERIFY(notice->isVisible());
        QTest::keyClick(list, Qt::Key_Escape);
        QVERIFY2(!notice->isVisible(), "Escape gives up adding the panel");

        page.findChild<QAction*>(QStringLiteral("dashboards.filter"))->trigger();
        auto* words = page.findChild<QLineEdit*>();
        QVERIFY(words->hasFocus());
        QTest::keyClick(words, Qt::Key_Down);
        const auto chosen = list->currentItem()->text();
        QCOMPARE(list->currentRow(), 1);
        QTest::keyClick(words, Qt::Key_Return);
        QTRY_COMPARE(QString::fromStdString(page.view()->document().title()), chosen);
        QVERIFY2(page.view()->isAncestorOf(QApplication::focusWidget()), "the page's keys work at once");
    }

    void aNewPanelThatIsCancelledIsNotAdded()
    {
        Fixture fixture;
        DashboardView view(fixture.session.services());
        open(view);
        const auto before = view.panelCount();

        view.editNewPanel();
        QCOMPARE(view.panelCount(), before + 1);
        view.findChild<PanelEditor*>()->reject();
        QCOMPARE(view.panelCount(), before);
        QVERIFY(view.undoStack().isClean());

        view.editNewPanel();
        QList<PanelEditor*> editors = view.findChildren<PanelEditor*>();
        editors.last()->accept();
        QCOMPARE(view.panelCount(), before + 1);
    }

    void theEditorKeepsWhatItDoesNotShow()
    {
        Fixture fixture;
        const auto whole = document();
        dashboard::PanelRequest request;
        request.document = std::make_shared<const dashboard::Document>(whole);
        request.variables = std::make_shared<const std::vector<dashboard::Variable>>();
        request.registry = fixture.session.backend.dataSources();
        request.panel = *whole.panel(1);
        request.range = { 1'721'220'000'000, 1'721'223'600'000 };
        PanelEditor editor(fixture.session.services(), request, *whole.panelJson(1), nullptr);
        QCOMPARE(editor.panel(), *whole.panelJson(1));
        editor.findChild<QPlainTextEdit*>()->setPlainText(QStringLiteral("up"));
        QCOMPARE(editor.panel()["targets"][0]["expr"].toString(), std::string("up"));
        QCOMPARE(editor.panel()["options"], (*whole.panelJson(1))["options"]);
    }

    void errorsInAQueryStandWhereTheyAreBesideVariables()
    {
        QCOMPARE(withoutVariables("rate(x{a=\"$b\"}[$__rate_interval]) + ${n:raw}"), std::string("rate(x{a=\"$b\"}[1m              ]) + xxxxxxxx"));
        QCOMPARE(withoutVariables("up offset $o > [[n]]"), std::string("up offset 1m > xxxxx"));
        QCOMPARE(withoutVariables("a{b='\\'$c'} $"), std::string("a{b='\\'$c'} $"));
    }

    void equalQueriesRunOnceAndEqualAnswersAreNotDrawnAgain()
    {
        Fixture fixture;
        DashboardView view(fixture.session.services());
        open(view, document(R"js({"panels":[{"id":1,"type":"timeseries","gridPos":{"x":0,"y":0,"w":12,"h":8},"targets":[{"refId":"A","expr":"up"}]},{"id":2,"type":"timeseries","gridPos":{"x":12,"y":0,"w":12,"h":8},"targets":[{"refId":"A","expr":"up"}]}]})js"));
        QTRY_VERIFY(view.content(2));
        QCOMPARE(fixture.source->queryCount(), 1);
        auto* chart = view.frame(1)->findChild<TimeSeriesView*>();
        int drawn = 0;
        QTRY_VERIFY((view.grab(), std::exchange(drawn, chart->drawCount()) == chart->drawCount())); // the layout has come to rest
        const auto before = view.content(1);

        view.refresh();
        QTRY_VERIFY(view.isSettled() && view.content(1) != before);
        QCOMPARE(fixture.source->queryCount(), 2);
        view.grab();
        QCOMPARE(chart->drawCount(), drawn);
    }

    void aVariableWithSeveralValuesIsChosenInAList()
    {
        Fixture fixture;
        dashboard::Variable variable;
        variable.name = "job";
        variable.multi = true;
        variable.includeAll = true;
        variable.options = { { "a", "a" }, { "b", "b" }, { "c", "c" } };
        variable.values = { "$__all" };
        VariablePicker picker(fixture.session.theme, variable);
        QCOMPARE(picker.text(), QStringLiteral("All"));
        QSignalSpy chosen(&picker, &VariablePicker::chosen);
        picker.show();
        picker.openList();
        auto* list = picker.findChild<QListWidget*>();
        QCOMPARE(list->count(), 4);
        Q_EMIT list->itemClicked(list->item(1));
        Q_EMIT list->itemClicked(list->item(3));
        QCOMPARE(list->item(0)->checkState(), Qt::Unchecked);
        QTest::keyClick(list, Qt::Key_Return);
        QCOMPARE(chosen.size(), 1);
        QCOMPARE(chosen[0][0].value<std::vector<std::string>>(), (std::vector<std::string> { "a", "c" }));
        picker.openList();
        Q_EMIT list->itemClicked(list->item(1));
        QTest::keyClick(list, Qt::Key_Escape);
        QCOMPARE(chosen.size(), 1);
    }

    void aPanelFromExploreWaitsForItsDashboard()
    {
        Fixture fixture;
        DashboardsPage page(fixture.session.services());
        page.setVisible(true);
        // Not a raw string: moc reads no classes behind one with quotes in it.
        const auto panel = QStringLiteral("{\"type\":\"logs\",\"title\":\"T\",\"targets\":[{\"refId\":\"A\",\"expr\":\"{a=\\\"b\\\"}\"}]}");
        page.showFor({ { QStringLiteral("panel"), panel } });
        page.findChild<QAction*>(QStringLiteral("dashboards.new"))->trigger();
        QCOMPARE(page.view()->document().panels().size(), std::size_t(1));
        QCOMPARE(page.view()->document().panels()[0].type, std::string("logs"));
        page.view()->undoStack().undo();
        QVERIFY(page.view()->document().panels().empty());
    }

    void renamingIsUndone()
    {
        Fixture fixture;
        DashboardView view(fixture.session.services());
        open(view);
        const auto title = view.document().title();
        view.rename(QStringLiteral("Another"));
        QCOMPARE(view.document().title(), std::string("Another"));
        view.undoStack().undo();
        QCOMPARE(view.document().title(), title);
    }

    void collisionsPushDown()
    {
        auto panels = Json::parse(R"js([{"id":1,"gridPos":{"x":0,"y":0,"w":12,"h":4}},{"id":2,"gridPos":{"x":0,"y":2,"w":12,"h":4}},{"id":3,"gridPos":{"x":12,"y":0,"w":12,"h":4}}])js").value();
        dashboard::resolveCollisions(panels, 2);
        QCOMPARE(panels[0]["gridPos"]["y"].toInt(), 6);
        QCOMPARE(panels[1]["gridPos"]["y"].toInt(), 2);
        QCOMPARE(panels[2]["gridPos"]["y"].toInt(), 0);
    }

    /// With BELVEDERE_SCREENS=folder the pictures of real dashboards are kept there.
    void rendersRealDashboards()
    {
        const auto folder = QString::fromStdString((test::sharedFolder() / "corpus" / "dashboards").string());
        const auto files = QDir(folder).entryInfoList({ QStringLiteral("grafana-1860__*.json"), QStringLiteral("grafana-9628__*.json"), QStringLiteral("grafana-11835__*.json"), QStringLiteral("grafana-16110__*.json") });
        if (files.isEmpty())
            QSKIP("no corpus of dashboards");
        for (const auto& info : files) {
            QFile file(info.filePath());
            QVERIFY(file.open(QIODevice::ReadOnly));
            const auto text = file.readAll().toStdString();
            for (const bool dark : { true, false }) {
                Fixture fixture;
                fixture.session.theme.setMode(dark ? Theme::Mode::dark : Theme::Mode::light);
                const auto picture = renderDashboard(fixture.session.services(), document(text), { 1440, 900 }).picture;
                QVERIFY(picture.height() > 600);
                if (const auto to = qEnvironmentVariable("BELVEDERE_SCREENS"); !to.isEmpty()) {
                    QDir().mkpath(to);
                    QVERIFY(picture.save(QStringLiteral("%1/%2-%3.png").arg(to, info.baseName().left(13), dark ? QStringLiteral("dark") : QStringLiteral("light"))));
                }
            }
        }
    }

    void screens()
    {
        const auto to = qEnvironmentVariable("BELVEDERE_SCREENS");
        if (to.isEmpty())
            QSKIP("BELVEDERE_SCREENS is not set");
        for (const bool dark : { true, false }) {
            Fixture fixture;
            fixture.session.theme.setMode(dark ? Theme::Mode::dark : Theme::Mode::light);
            auto& window = fixture.session.openWindow({ 1280, 860 });
            auto* page = new DashboardsPage(window.services(), &window);
            window.addPage(page);
            window.showPage(page::kDashboards);
            QTest::qWait(300);
            QVERIFY(window.grab().save(QStringLiteral("%1/list-%2.png").arg(to, dark ? QStringLiteral("dark") : QStringLiteral("light"))));
            page->openFile(shopDashboardFile());
            QTRY_VERIFY(page->view()->isSettled() && page->view()->content(1));
            QTest::qWait(400);
            page->view()->setEditing(true);
            QTest::mouseMove(page->view()->frame(1), QPoint(200, 80));
            QTest::qWait(100);
            QVERIFY(window.grab().save(QStringLiteral("%1/shop-%2.png").arg(to, dark ? QStringLiteral("dark") : QStringLiteral("light"))));
        }
    }
};

QTEST_MAIN(TestDashboards)
#include "tst_dashboards.moc"
