// What a refresh of a dashboard costs the window's thread: the budget of 20 series of 1,500 samples on 800 by 400 pixels is
// 30 ms for replacing and drawing; the same data again cost next to nothing. And what a person waits for while typing: the
// completions of a workspace with 100,000 series, within 50 ms.
#include "ui/chart/time_series_view.h"
#include "ui/explore/completion.h"
#include "ui/explore/log_model.h"
#include "ui/explore/log_view.h"
#include "ui/panels/panel_content.h"
#include "ui/panels/panel_frame.h"
#include "ui/resources.h"
#include "ui/theme.h"

#include <benchmark/benchmark.h>

#include <QApplication>
#include <QScrollBar>

#include <cmath>

using namespace belvedere;
using namespace belvedere::ui;

namespace {

constexpr QSize kPanel { 800, 400 };

std::shared_ptr<ChartData> waves(int series, int samples, double phase)
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
            one.values.push_back(s + std::sin(i * 0.05 + phase) + 0.2 * std::sin(i * 1.7));
        }
        data->series.push_back(std::move(one));
    }
    return data;
}

const Theme& theme()
{
    static Theme one;
    return one;
}

void replaceAndDraw(benchmark::State& state)
{
    TimeSeriesView view(theme());
    view.resize(kPanel);
    const auto even = waves(static_cast<int>(state.range(0)), static_cast<int>(state.range(1)), 0);
    const auto odd = waves(static_cast<int>(state.range(0)), static_cast<int>(state.range(1)), 1);
    QImage image(kPanel, QImage::Format_ARGB32_Premultiplied);
    bool first = true;
    for (auto _ : state) {
        view.setData(std::exchange(first, !first) ? even : odd);
        view.render(&image);
    }
}
BENCHMARK(replaceAndDraw)->Args({ 20, 1500 })->Args({ 5, 800 })->Unit(benchmark::kMillisecond);

void moveTheCrosshair(benchmark::State& state)
{
    TimeSeriesView view(theme());
    view.resize(kPanel);
    view.setData(waves(20, 1500, 0));
    QImage image(kPanel, QImage::Format_ARGB32_Premultiplied);
    double at = view.data()->fromMs;
    for (auto _ : state) {
        view.setCrosshair(at += 1000, true);
        view.render(&image);
    }
}
BENCHMARK(moveTheCrosshair)->Unit(benchmark::kMillisecond);

PanelContentPtr content(int series, int samples)
{
    dashboard::PanelData data;
    data.range = { 0, samples * 1000 };
    data.intervalMs = 1000;
    for (int s = 0; s < series; ++s) {
        dashboard::ShownField time;
        time.column.type = model::Field::Type::time;
        dashboard::ShownField value;
        std::vector<std::int64_t> times;
        std::vector<double> values;
        for (int i = 0; i < samples; ++i) {
            times.push_back(i * 1000);
            values.push_back(std::sin(i * 0.05) + s);
        }
        time.column.values = std::move(times);
        value.column.values = std::move(values);
        value.name = "series " + std::to_string(s);
        dashboard::ShownFrame frame;
        frame.fields = { std::move(time), std::move(value) };
        data.frames.push_back(std::move(frame));
    }
    return makeContent(std::move(data), dashboard::Palette(), {});
}

void theSameDataAgain(benchmark::State& state)
{
    PanelFrame frame(theme());
    frame.setPanel(std::make_shared<const Json>(Json::object({ { "type", "timeseries" } })), QStringLiteral("Panel"));
    frame.resize(kPanel);
    const auto one = content(20, 1500);
    const auto equal = content(20, 1500);
    bool first = true;
    for (auto _ : state)
        frame.setContent(std::exchange(first, !first) ? one : equal);
}
BENCHMARK(theSameDataAgain)->Unit(benchmark::kMillisecond);

void completeAMetric(benchmark::State& state)
{
    std::vector<Completion> all;
    for (int i = 0; i < state.range(0); ++i) {
        const auto name = QStringLiteral("service_%1_requests_%2_total").arg(i % 97).arg(i);
        all.push_back({ name, name, QStringLiteral("counter"), {} });
    }
    CompletionModel model;
    for (auto _ : state)
        model.setCompletions(all, QStringLiteral("requests_77"));
}
BENCHMARK(completeAMetric)->Arg(2'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

void scrollLogLines(benchmark::State& state)
{
    LogView view(theme());
    view.resize(1200, 800);
    std::vector<LogRow> rows;
    const auto stream = model::makeLabels(model::Labels { { "service", "api" } });
    for (int i = 0; i < state.range(0); ++i) {
        LogRow row;
        row.stream = stream;
        row.line.timeNs = (state.range(0) - i) * 1'000'000'000;
        row.line.line = R"({"level":"info","msg":"request )" + std::to_string(i) + R"( taken","path":"/cart","duration":0.0123})";
        row.level = LogLevel::info;
        rows.push_back(std::move(row));
    }
    view.setRows(std::move(rows));
    view.setAttribute(Qt::WA_DontShowOnScreen);
    view.show();
    QImage image(view.size(), QImage::Format_ARGB32_Premultiplied);
    auto* bar = view.list().verticalScrollBar();
    int at = 0;
    for (auto _ : state) {
        bar->setValue(at = (at + 977) % std::max(1, bar->maximum()));
        view.render(&image);
    }
}
BENCHMARK(scrollLogLines)->Arg(1'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

}

int main(int argc, char** argv)
{
    qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    initResources();
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
