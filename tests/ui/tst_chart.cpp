#include "tests/ui/support/ui_session.h"
#include "core/dashboard/units.h"
#include "ui/chart/draw_turns.h"
#include "ui/chart/legend_table.h"
#include "ui/chart/reduce.h"
#include "ui/chart/time_series_view.h"

#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>
#include <QVBoxLayout>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

using namespace belvedere;
using namespace belvedere::ui;
using test::UiSession;

namespace {

std::shared_ptr<ChartData> waves(int series, int samples)
{
    auto data = std::make_shared<ChartData>();
    data->fromMs = 1'763'720'000'000.0;
    data->toMs = data->fromMs + (samples - 1) * 1000.0;
    for (int s = 0; s < series; ++s) {
        ChartSeries one;
        one.name = QStringLiteral("series %1").arg(s);
        one.color = QColor::fromHsv(s * 360 / series, 200, 220);
        for (int i = 0; i < samples; ++i) {
            one.timesMs.push_back(data->fromMs + i * 1000.0);
            one.values.push_back(10 * s + 5 * std::sin(i / 40.0 + s));
        }
        data->series.push_back(std::move(one));
    }
    return data;
}

}

class TestChart : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void reductionKeepsSpikesAndGaps()
    {
        std::vector<std::int64_t> times;
        std::vector<double> values;
        for (int i = 0; i < 100'000; ++i) {
            times.push_back(i);
            values.push_back(i == 55'555 ? 1000 : i >= 70'000 && i < 80'000 ? std::numeric_limits<double>::quiet_NaN() : std::sin(i / 1000.0));
        }
        const auto reduced = reduceMinMax(times, values, 0, 100'000, 800);

        QVERIFY(reduced.values.size() <= 1600);
        QVERIFY(std::ranges::find(reduced.values, 1000.0) != reduced.values.end());
        QVERIFY(std::ranges::is_sorted(reduced.timesMs));
        QVERIFY(std::ranges::any_of(reduced.values, [](double value) { return std::isnan(value); }));
        const auto few = reduceMinMax(std::span(times).first(100), std::span(values).first(100), 0, 100, 800);
        QCOMPARE(few.values.size(), std::size_t { 100 });
    }

    void pointsThatAreDrawnKeepSpikesAndEnds()
    {
        // A thousand values on a hundred columns, a spike, then a long way to the last two.
        std::vector<double> times, values;
        for (int i = 0; i < 1000; ++i) {
            times.push_back(i);
            values.push_back(i % 2);
        }
        values[505] = 9;
        values[999] = 0.5;
        times.push_back(1500);
        values.push_back(3);

        const auto kept = pointsToDraw(times, values, 0, times.size(), 10);

        QCOMPARE(kept.size(), std::size_t { 202 });
        QVERIFY(std::ranges::is_sorted(kept));
        QVERIFY(std::ranges::contains(kept, 505U));
        QVERIFY2(std::ranges::contains(kept, 999U), "the line to the next value leaves from the last one");
        QCOMPARE(kept.back(), 1000U);
        QCOMPARE(pointsToDraw(times, values, 0, 150, 10).size(), std::size_t { 31 });
        QCOMPARE(pointsToDraw(times, values, 10, 14, 2).size(), std::size_t { 4 });
    }

    void stepsAreRound()
    {
        QCOMPARE(niceStep(0, 97, 5, false), 20.0);
        QCOMPARE(niceStep(0, 0.011, 5, false), 0.0025);
        QCOMPARE(niceStep(0, 5e9, 5, true), std::exp2(30));
        QCOMPARE(niceStep(3, 3, 5, false), 1.0);
    }

    void drawsOnlyWhenSomethingChanged()
    {
        UiSession session;
        TimeSeriesView view(session.theme);
        view.resize(800, 400);
        view.setData(waves(3, 500));
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        const int drawn = view.drawCount();
        QVERIFY(drawn >= 1);

        for (int i = 0; i < 20; ++i) {
            QTest::mouseMove(&view, QPoint(200 + i * 5, 200));
            QTest::qWait(1);
            view.grab();
        }
        QCOMPARE(view.drawCount(), drawn);
        session.theme.setMode(Theme::Mode::light);
        view.grab();
        QCOMPARE(view.drawCount(), drawn + 1);
    }

    void manyGraphsAreDrawnInTurns()
    {
        UiSession session;
        QWidget window;
        auto* turns = new DrawTurns(window, std::chrono::nanoseconds(0));
        QVBoxLayout layout(&window);
        std::array<TimeSeriesView*, 4> views {};
        for (auto*& view : views) {
            view = new TimeSeriesView(session.theme);
            layout.addWidget(view);
        }
        const auto drawn = [&] { return std::ranges::fold_left(views, 0, [](int sum, const TimeSeriesView* view) { return sum + view->drawCount(); }); };
        const auto allDrawn = [&] { return std::ranges::all_of(views, [](const TimeSeriesView* view) { return view->drawCount() > 0; }); };
        window.resize(600, 800);
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        QTRY_VERIFY(allDrawn());
        QCOMPARE(&DrawTurns::of(*views[0]), turns);

        // As a refresh does it: everything is new, and one event paints.
        const auto replaceAll = [&] {
            QTest::qWait(1); // whatever waited had its turn
            for (auto* view : views)
                view->setData(waves(2, 100));
            return drawn();
        };
        const int before = replaceAll();
        window.repaint();
        QCOMPARE(drawn(), before + 1);
        QTRY_COMPARE(drawn(), before + 4);

        const int beforeGrab = replaceAll();
        (void)window.grab();
        QVERIFY2(drawn() == beforeGrab + 4, "a picture of the window is complete at once");
    }

    void linesAreDrawnAndBrokenAtGaps()
    {
        UiSession session;
        TimeSeriesView view(session.theme);
        view.resize(800, 400);
        auto data = waves(1, 600);
        data->series[0].color = QColor(255, 0, 255);
        for (std::size_t i = 200; i < 400; ++i)
            data->series[0].values[i] = std::numeric_limits<double>::quiet_NaN();
        view.setData(data);
        const QImage picture = view.grab().toImage();
        const auto count = [&](double from, double to) {
            int found = 0;
            const auto plot = view.plotRect();
            for (int x = static_cast<int>(plot.left() + plot.width() * from); x < plot.left() + plot.width() * to; ++x) {
                for (int y = 0; y < picture.height(); ++y)
                    found += picture.pixelColor(x, y) == QColor(255, 0, 255) ? 1 : 0;
            }
            return found;
        };

        QVERIFY(count(0.05, 0.3) > 100);
        QCOMPARE(count(0.36, 0.64), 0);
        QVERIFY(count(0.7, 0.95) > 100);
    }

    void dragZoomsAndDoubleClickZoomsOut()
    {
        UiSession session;
        TimeSeriesView view(session.theme);
        view.resize(800, 400);
        const auto data = waves(2, 1000);
        view.setData(data);
        view.grab();
        QSignalSpy zoom(&view, &TimeSeriesView::zoomRequested);
        QSignalSpy out(&view, &TimeSeriesView::zoomOutRequested);
        const auto plot = view.plotRect();
        const QPoint a(static_cast<int>(plot.left() + plot.width() / 4), 100);
        const QPoint b(static_cast<int>(plot.left() + plot.width() / 2), 120);

        QTest::mousePress(&view, Qt::LeftButton, {}, a);
        QTest::mouseMove(&view, b);
        QTest::mouseRelease(&view, Qt::LeftButton, {}, b);

        QCOMPARE(zoom.size(), 1);
        const double from = zoom[0][0].toDouble();
        const double to = zoom[0][1].toDouble();
        QVERIFY(std::abs((from - data->fromMs) / (data->toMs - data->fromMs) - 0.25) < 0.01);
        QVERIFY(std::abs((to - data->fromMs) / (data->toMs - data->fromMs) - 0.5) < 0.01);
        QTest::mouseDClick(&view, Qt::LeftButton, {}, a);
        QCOMPARE(out.size(), 1);

        // The first of the two clicks was on what stood here before, such as a list.
        QTest::mouseDClick(&view, Qt::LeftButton, {}, a);
        QCOMPARE(out.size(), 1);

        QTest::keyClick(&view, Qt::Key_Right, Qt::ShiftModifier);
        QTest::keyClick(&view, Qt::Key_Right, Qt::ShiftModifier);
        QTest::keyClick(&view, Qt::Key_Return);
        QCOMPARE(zoom.size(), 2);
    }

    void ticksOfOneUnitHaveTheSameDecimals()
    {
        ChartAxis axis;
        const auto bytes = [](double value, std::optional<int> decimals) { return QString::fromStdString(dashboard::formatUnit("decbytes", value, decimals).toString()); };
        axis.format = bytes;
        using Texts = std::vector<QString>;
        QCOMPARE(axisTexts(axis, { 0, 500e3, 1e6, 1.5e6, 2e6 }), (Texts { QStringLiteral("0 B"), QStringLiteral("500 kB"), QStringLiteral("1.0 MB"), QStringLiteral("1.5 MB"), QStringLiteral("2.0 MB") }));
        QCOMPARE(axisTexts(axis, { 0, 100, 200 }), (Texts { QStringLiteral("0 B"), QStringLiteral("100 B"), QStringLiteral("200 B") }));
        axis.format = {};
        QCOMPARE(axisTexts(axis, { 0, 0.025, 0.05, 0.075 }), (Texts { QStringLiteral("0"), QStringLiteral("0.025"), QStringLiteral("0.050"), QStringLiteral("0.075") }));
        QCOMPARE(axisTexts(axis, { -1500, 0, 1500 }), (Texts { QStringLiteral("-1.5 K"), QStringLiteral("0"), QStringLiteral("1.5 K") }));
    }

    void aSeriesWithOneValueHasABarLikeItsNeighbours()
    {
        UiSession session;
        TimeSeriesView view(session.theme);
        view.resize(600, 300);
        auto data = std::make_shared<ChartData>();
        data->fromMs = 0;
        data->toMs = 100'000;
        ChartSeries many;
        many.draw = ChartSeries::Draw::bars;
        many.color = Qt::blue;
        many.fillOpacity = 1;
        for (int i = 1; i < 20; ++i) {
            many.timesMs.push_back(i * 5000);
            many.values.push_back(1);
        }
        auto one = many;
        one.color = Qt::red;
        one.timesMs = { 50'000 };
        one.values = { 2 };
        data->series = { many, one };
        view.setData(data);

        const auto picture = view.grab().toImage();
        int red = 0;
        const auto plot = view.plotRect();
        const int y = static_cast<int>(plot.top() + plot.height() * 0.4); // above the many
        for (int x = 0; x < picture.width(); ++x)
            red += picture.pixelColor(x, y) == QColor(Qt::red) ? 1 : 0;
        QVERIFY2(red > 5 && red <= plot.width() / 20 + 1, qPrintable(QString::number(red)));
    }

    void legendSortsByNumbers()
    {
        UiSession session;
        LegendModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        auto chart = *waves(5, 100);
        addLegendNumbers(chart);
        model.setChart(std::make_shared<const ChartData>(std::move(chart)));
        const int kMax = 3;
        QCOMPARE(model.rowCount(), 5);
        QCOMPARE(model.headerData(kMax, Qt::Horizontal).toString(), QStringLiteral("Max"));
        QVERIFY(model.index(4, kMax).data(SortRole).toDouble() > model.index(0, kMax).data(SortRole).toDouble());
    }

    void twentySeriesWithinTheFrameBudget()
    {
        UiSession session;
        TimeSeriesView view(session.theme);
        view.resize(800, 400);
        view.setData(waves(20, 1500));
        view.grab(); // fills the pool of lines
        QElapsedTimer timer;
        timer.start();
        for (int i = 0; i < 5; ++i) {
            view.setData(waves(20, 1500));
            view.grab();
        }
        const auto each = timer.elapsed() / 5;
        qInfo("20 series of 1,500 samples, 800 by 400: %lld ms", each);
        QVERIFY2(each < 250, "a debug build on a busy machine; an optimised one takes about 30 ms");
    }
};

QTEST_MAIN(TestChart)
#include "tst_chart.moc"
