#include "ui/alerts/alert_details.h"

#include "ui/alerts/firing_spans.h"
#include "ui/backend.h"
#include "ui/chart/time_series_view.h"
#include "ui/explore/chart_builder.h"
#include "ui/format.h"
#include "ui/text.h"
#include "ui/theme.h"
#include "ui/widgets/label_chips.h"
#include "ui/widgets/notice_bar.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QScrollArea>
#include <QSplitter>
#include <QToolButton>

#include <algorithm>

namespace belvedere::ui {

namespace {

    constexpr int kGraphPoints = 400;

    /// "runbook_url" reads "Runbook url".
    QString asWords(std::string_view name)
    {
        QString words = toQString(name).replace(QLatin1Char('_'), QLatin1Char(' '));
        if (!words.isEmpty())
            words[0] = words[0].toUpper();
        return words;
    }

    QString seconds(qint64 ms) { return durationText(static_cast<double>(std::max<qint64>(ms, 0) / 1000)); }

    /// Whether a series of the rule's value is what the alert is about: it contradicts none of its labels.
    bool belongsTo(const model::Labels& series, const model::Labels& alert)
    {
        return std::ranges::all_of(series, [&alert](const model::Label& label) { return label.name == "__name__" || alert.get(label.name).empty() || alert.get(label.name) == label.value; });
    }

}

AlertDetails::AlertDetails(const PageServices& services, const QList<QAction*>& actions, QWidget* parent)
    : QWidget(parent)
    , m_services(services)
    , m_runner(services.backend.queryPool(), services.queries)
{
    createLayout(actions);
    const auto applyTheme = [this] {
        const auto& theme = m_services.theme;
        m_title->setFont(theme.titleFont());
        m_graphTitle->setFont(theme.smallFont());
        m_historyTitle->setFont(theme.smallFont());
        m_expr->setFont(theme.monoFont());
        showTexts();
        run();
    };
    connect(&services.theme, &Theme::changed, this, applyTheme);
    connect(&m_runner, &QueryRunner::finished, this, [this](quint64, const QueryOutcome& outcome) { showOutcome(outcome); });
    connect(&services.backend, &Backend::alertChangesChanged, this, &AlertDetails::showHistory);
    connect(m_graph, &TimeSeriesView::zoomRequested, &services.time, &TimeContext::zoomTo);
    connect(m_graph, &TimeSeriesView::zoomOutRequested, &services.time, &TimeContext::zoomOut);
    connect(m_historyList, &RecentAlerts::chosen, this, &AlertDetails::ruleChosen);
    connect(m_notice, &NoticeBar::activated, this, &AlertDetails::run);
    applyTheme();
    clear();
}

QLabel* AlertDetails::makeText()
{
    auto* label = new QLabel(this);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    return label;
}

void AlertDetails::createLayout(const QList<QAction*>& actions)
{
    m_icon = new QLabel(this);
    m_title = makeText();
    m_title->setWordWrap(false);
    m_since = makeText();
    m_since->setWordWrap(false);
    m_since->setForegroundRole(QPalette::PlaceholderText);
    auto* head = new QHBoxLayout;
    head->setSpacing(Theme::kGrid);
    head->addWidget(m_icon);
    head->addWidget(m_title);
    head->addWidget(m_since, 1);
    for (auto* action : actions) {
        auto* button = new QToolButton(this);
        button->setDefaultAction(action);
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        button->setAutoRaise(true);
        button->setAccessibleName(action->text().remove(QLatin1Char('&')));
        head->addWidget(button);
    }

    m_summary = makeText();
    m_text = makeText();
    m_text->setForegroundRole(QPalette::PlaceholderText);
    m_chips = new LabelChips(m_services.theme, tr("Labels"), this);
    m_expr = makeText();
    auto* texts = new QWidget(this);
    auto* left = new QVBoxLayout(texts);
    left->setContentsMargins(0, 0, 8, 0);
    left->setSpacing(Theme::kGrid);
    left->addWidget(m_summary);
    left->addWidget(m_text);
    left->addWidget(m_chips);
    left->addSpacing(4);
    left->addWidget(m_expr);
    left->addStretch(1);
    auto* scroll = new QScrollArea(this);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidget(texts);

    m_graphTitle = new QLabel(this);
    m_graphTitle->setForegroundRole(QPalette::PlaceholderText);
    m_notice = new NoticeBar(m_services.theme, this);
    m_graph = new TimeSeriesView(m_services.theme, this);
    m_graph->setObjectName(QStringLiteral("alerts.graph"));
    m_graph->setAccessibleName(tr("Value of the alert over time"));
    m_historyTitle = new QLabel(tr("When it fired"), this);
    m_historyTitle->setForegroundRole(QPalette::PlaceholderText);
    m_historyList = new RecentAlerts(m_services.theme, m_history, this);
    m_historyList->setAccessibleName(tr("When it fired"));
    m_historyList->setMinimumHeight(50);
    m_historyList->setMaximumHeight(104);
    auto* pictures = new QWidget(this);
    auto* right = new QVBoxLayout(pictures);
    right->setContentsMargins(8, 0, 0, 0);
    right->setSpacing(4);
    right->addWidget(m_graphTitle);
    right->addWidget(m_notice);
    right->addWidget(m_graph, 1);
    right->addWidget(m_historyTitle);
    right->addWidget(m_historyList);

    auto* split = new QSplitter(Qt::Horizontal, this);
    split->addWidget(scroll);
    split->addWidget(pictures);
    split->setStretchFactor(0, 2);
    split->setStretchFactor(1, 3);
    split->setSizes({ 420, 640 });
    split->setChildrenCollapsible(false);
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(12, 6, 12, 8);
    rows->setSpacing(Theme::kGrid);
    rows->addLayout(head);
    rows->addWidget(split, 1);
}

void AlertDetails::setAlert(const model::AlertStatus& alert, const model::RuleStatus& rule)
{
    const bool same = m_any && m_alert.rule == alert.rule && m_alert.labels == alert.labels && m_ruleExpr == rule.expr;
    m_any = true;
    m_alert = alert;
    m_holdMs = rule.holdDurationMs;
    if (!same) {
        m_ruleExpr = rule.expr;
        m_expression = takeApart(rule.expr);
        m_graph->setData(std::make_shared<const ChartData>());
    }
    showTexts();
    showHistory();
    if (!same)
        run();
    setEnabled(true);
}

void AlertDetails::clear()
{
    m_any = false;
    m_runner.cancel();
    m_icon->clear();
    for (auto* label : { m_title, m_since, m_summary, m_text, m_expr, m_graphTitle })
        label->clear();
    m_title->setText(tr("No alert selected"));
    m_chips->setChips({});
    m_graph->setData(std::make_shared<const ChartData>());
    m_graph->setSpans({});
    m_history.setEpisodes({}, 0);
    m_notice->hide();
    setEnabled(false);
}

void AlertDetails::showTexts()
{
    if (!m_any)
        return;
    const bool firing = m_alert.state == model::AlertState::firing;
    const State state = firing ? severityOf(m_alert.labels) : State::info;
    m_icon->setPixmap(m_services.theme.statePixmap(state, 16, devicePixelRatioF()));
    m_icon->setAccessibleName(Theme::stateWord(state));
    m_title->setText(toQString(m_alert.rule));
    const auto now = m_services.time.nowMs();
    if (firing)
        m_since->setText(tr("firing for %1, since %2").arg(seconds(now - m_alert.firedAtMs), dateTimeText(m_alert.firedAtMs)));
    else if (const qint64 left = m_alert.activeAtMs + m_holdMs - now; left > 0)
        m_since->setText(tr("pending since %1; fires in %2 if it stays so").arg(dateTimeText(m_alert.activeAtMs), seconds(left)));
    else
        m_since->setText(tr("pending since %1").arg(dateTimeText(m_alert.activeAtMs)));

    QStringList more;
    for (const auto& annotation : m_alert.annotations) {
        if (annotation.name == "description")
            more.prepend(toQString(annotation.value).trimmed());
        else if (annotation.name != "summary" && !annotation.name.starts_with("__") && !annotation.name.starts_with("runbook"))
            more << QStringLiteral("%1: %2").arg(asWords(annotation.name), toQString(annotation.value).trimmed());
    }
    const auto summary = toQString(m_alert.annotations.get("summary")).trimmed();
    m_summary->setText(summary);
    m_summary->setVisible(!summary.isEmpty());
    m_text->setText(more.join(QLatin1Char('\n')));
    m_text->setVisible(!more.isEmpty());
    QList<LabelChips::Chip> chips;
    for (const auto& label : m_alert.labels) {
        if (label.name != "alertname")
            chips << LabelChips::Chip { toQString(label.name), toQString(label.value) };
    }
    m_chips->setChips(chips);
    m_expr->setText(toQString(m_ruleExpr).trimmed());
    m_graphTitle->setText(m_expression.threshold ? tr("now %1, fires when %2 %3").arg(compactNumber(m_alert.value, 4), toQString(m_expression.comparison), fullNumber(*m_expression.threshold)) : tr("now %1").arg(compactNumber(m_alert.value, 4)));
}

void AlertDetails::showHistory()
{
    if (!m_any)
        return;
    auto episodes = episodesOf(*m_services.backend.alertChanges(), *m_services.backend.rules());
    std::erase_if(episodes, [this](const AlertEpisode& episode) { return episode.rule != m_alert.rule || episode.labels != m_alert.labels; });
    std::vector<ChartSpan> spans;
    std::ranges::transform(episodes, std::back_inserter(spans), spanOf);
    m_graph->setSpans(std::move(spans));
    m_history.setEpisodes(std::move(episodes), m_services.time.nowMs());
    m_historyTitle->setVisible(m_history.rowCount() > 0);
    m_historyList->setVisible(m_history.rowCount() > 0);
}

void AlertDetails::run()
{
    if (!m_any || !isVisible())
        return;
    m_range = m_services.time.range();
    const auto source = m_services.backend.dataSources()->defaultFor(m_expression.language == "promql" ? "prometheus" : "loki");
    const std::int64_t stepNs = stepFor(m_range.lengthMs(), kGraphPoints, 1'000) * 1'000'000;
    m_runner.submit({ { source, { .expr = m_expression.value, .fromNs = m_range.fromMs * 1'000'000 / stepNs * stepNs, .toNs = m_range.toMs * 1'000'000, .stepNs = stepNs } } });
}

void AlertDetails::showOutcome(const QueryOutcome& outcome)
{
    const auto& answer = outcome->front();
    if (!m_any)
        return;
    if (!answer) {
        if (answer.error().code != ErrorCode::cancelled)
            m_notice->showNotice(State::warning, toQString(answer.error().message), tr("Try Again"));
        return;
    }
    m_notice->hide();
    const auto* values = std::get_if<model::Matrix>(&answer->data);
    model::Matrix own;
    if (values)
        std::ranges::copy_if(*values, std::back_inserter(own), [this](const model::Series& series) { return belongsTo(*series.labels, m_alert.labels); });
    if (own.empty() && values)
        own = *values;
    auto chart = chartOf(own, m_range.fromMs, m_range.toMs, stepFor(m_range.lengthMs(), kGraphPoints, 1'000), std::max(m_graph->width(), 400));
    colorSeries(*chart, m_services.theme);
    chart->left = axisFor(toQString(m_expression.value));
    if (m_expression.threshold) {
        const double threshold = *m_expression.threshold;
        chart->thresholds.push_back({ threshold, m_services.theme.stateColor(severityOf(m_alert.labels)), m_expression.comparison.starts_with('>') });
        // The threshold is seen even while all values are far below it.
        double high = threshold;
        for (const auto& series : chart->series) {
            for (const double value : series.values)
                high = std::max(high, value);
        }
        if (high == threshold && threshold > 0)
            chart->left.max = threshold * 1.2;
    }
    m_graph->setData(std::move(chart));
}

const std::shared_ptr<const ChartData>& AlertDetails::chart() const { return m_graph->data(); }

void AlertDetails::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    run();
}

}
