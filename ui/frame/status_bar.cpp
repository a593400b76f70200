#include "ui/frame/status_bar.h"

#include "ui/format.h"
#include "ui/query_runner.h"
#include "ui/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QPainter>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

namespace belvedere::ui {

namespace {

    constexpr double kLowDiskBytes = 2.0 * 1024 * 1024 * 1024;

    /// Problems with area, message and remedy, over the status bar.
    class ProblemsPopup : public QFrame {
    public:
        ProblemsPopup(const Theme& theme, const std::vector<Problem>& problems, QWidget* parent)
            : QFrame(parent, Qt::Popup)
            , m_theme(theme)
        {
            setAttribute(Qt::WA_DeleteOnClose);
            setAccessibleName(StatusBar::tr("Problems"));
            auto* layout = new QVBoxLayout(this);
            layout->setContentsMargins(16, 12, 16, 12);
            layout->setSpacing(12);
            auto* title = new QLabel(problems.empty() ? StatusBar::tr("No problems") : StatusBar::tr("Problems: %1").arg(problems.size()), this);
            title->setFont(theme.titleFont());
            layout->addWidget(title);
            for (const auto& problem : problems) {
                auto* row = new QHBoxLayout;
                auto* icon = new QLabel(this);
                icon->setPixmap(theme.statePixmap(State::warning, 14, devicePixelRatioF()));
                row->addWidget(icon, 0, Qt::AlignTop);
                auto* text = new QLabel(QStringLiteral("%1: %2").arg(problem.area, problem.message), this);
                text->setWordWrap(true);
                text->setTextFormat(Qt::PlainText);
                text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
                row->addWidget(text, 1);
                layout->addLayout(row);
            }
            setFixedWidth(520);
        }

    protected:
        void paintEvent(QPaintEvent*) override
        {
            QPainter painter(this);
            painter.fillRect(rect(), m_theme.colors().raised);
            painter.setPen(m_theme.colors().borderStrong);
            painter.drawRect(rect().adjusted(0, 0, -1, -1));
        }

    private:
        const Theme& m_theme;
    };

    std::vector<Problem> unresolved(const Backend& backend)
    {
        auto problems = backend.problems();
        std::erase_if(problems, [](const Problem& problem) { return problem.resolved; });
        return problems;
    }

}

StatusBar::StatusBar(const Theme& theme, Backend& backend, RunningQueries& queries, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_backend(backend)
    , m_samples(new QLabel(this))
    , m_lines(new QLabel(this))
    , m_store(new QLabel(this))
    , m_disk(new QLabel(this))
    , m_remark(new QLabel(this))
    , m_queries(new QToolButton(this))
    , m_problems(new QToolButton(this))
{
    setAccessibleName(tr("Status"));
    m_samples->setToolTip(tr("Samples that arrive each second"));
    m_lines->setToolTip(tr("Log lines that arrive each second"));
    m_store->setToolTip(tr("Series in the metrics store; bytes of metrics and logs on disk"));
    m_disk->setToolTip(tr("Room left where the workspace lies"));
    for (auto* button : { m_queries, m_problems }) {
        button->setAutoRaise(true);
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        button->setIconSize(QSize(14, 14));
        button->setFixedHeight(24);
    }
    m_queries->setIcon(theme.icon(QStringLiteral("stop")));
    m_queries->setToolTip(tr("Stop the queries that run"));
    connect(m_queries, &QToolButton::clicked, &queries, &RunningQueries::stopAll);
    connect(m_problems, &QToolButton::clicked, this, &StatusBar::openProblems);

    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 1, 8, 0);
    layout->setSpacing(20);
    for (auto* label : { m_samples, m_lines, m_store, m_disk })
        layout->addWidget(label);
    layout->addWidget(m_remark, 1);
    layout->addWidget(m_queries);
    layout->addWidget(m_problems);
    setFixedHeight(28);

    const auto applyFonts = [this] {
        QFont font = m_theme.smallFont();
        font.setFeature("tnum", 1);
        for (auto* label : { m_samples, m_lines, m_store, m_disk, m_remark })
            label->setFont(font);
        m_queries->setFont(font);
        m_problems->setFont(font);
    };
    applyFonts();
    connect(&theme, &Theme::changed, this, [this, applyFonts] {
        applyFonts();
        updateStats();
        updateProblems();
    });
    connect(&backend, &Backend::statsChanged, this, &StatusBar::updateStats);
    connect(&backend, &Backend::problemsChanged, this, &StatusBar::updateProblems);
    connect(&queries, &RunningQueries::changed, this, &StatusBar::updateQueries);
    updateStats();
    updateProblems();
    updateQueries(0);
}

void StatusBar::showRemark(const QString& text)
{
    m_remark->setText(text);
    QTimer::singleShot(4000, this, [this, text] {
        if (m_remark->text() == text)
            m_remark->clear();
    });
}

void StatusBar::updateStats()
{
    const auto stats = m_backend.stats();
    m_samples->setText(tr("%1 samples/s").arg(compactNumber(stats.samplesPerSecond)));
    m_lines->setText(tr("%1 lines/s").arg(compactNumber(stats.linesPerSecond)));
    m_store->setText(tr("%1 series · %2 metrics · %3 logs").arg(compactNumber(static_cast<double>(stats.metricSeries)), bytesText(static_cast<double>(stats.metricBytes)), bytesText(static_cast<double>(stats.logBytes))));
    const bool low = stats.diskFreeBytes > 0 && static_cast<double>(stats.diskFreeBytes) < kLowDiskBytes;
    m_disk->setText(low ? tr("Disk low: %1 left").arg(bytesText(static_cast<double>(stats.diskFreeBytes))) : tr("%1 left on disk").arg(bytesText(static_cast<double>(stats.diskFreeBytes))));
    const auto& colors = m_theme.colors();
    const auto paint = [this](QLabel* label, const QColor& color) {
        QPalette palette = this->palette();
        palette.setColor(QPalette::WindowText, color);
        label->setPalette(palette);
    };
    for (auto* label : { m_samples, m_lines, m_store })
        paint(label, colors.textMuted);
    paint(m_disk, low ? m_theme.stateColor(State::critical) : colors.textMuted);
}

void StatusBar::updateProblems()
{
    const auto problems = unresolved(m_backend);
    const auto stats = m_backend.stats();
    const bool none = problems.empty();
    m_problems->setIcon(m_theme.icon(none ? QStringLiteral("check") : QStringLiteral("warning"), none ? State::ok : State::warning));
    m_problems->setText(none ? tr("No problems") : tr("Problems: %1").arg(problems.size()));
    QString toolTip = tr("What a person should know of and can mend");
    if (stats.droppedSamples + stats.droppedLines > 0)
        toolTip += QStringLiteral("\n") + tr("Dropped since the start: %1 samples, %2 lines").arg(integer(static_cast<qint64>(stats.droppedSamples)), integer(static_cast<qint64>(stats.droppedLines)));
    m_problems->setToolTip(toolTip);
}

void StatusBar::updateQueries(int count)
{
    m_queries->setEnabled(count > 0);
    m_queries->setText(count > 0 ? tr("Queries running: %1").arg(count) : tr("Idle"));
}

void StatusBar::openProblems()
{
    auto* popup = new ProblemsPopup(m_theme, unresolved(m_backend), this); // deletes itself when closed
    popup->adjustSize();
    const QPoint corner = mapToGlobal(QPoint(width() - 8, 0));
    popup->move(corner - QPoint(popup->width(), popup->height() + 4));
    popup->show();
}

void StatusBar::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), m_theme.colors().window);
    painter.fillRect(0, 0, width(), 1, m_theme.colors().border);
}

}
