#include "ui/frame/time_range_picker.h"

#include "ui/format.h"
#include "ui/style.h"
#include "ui/theme.h"
#include "ui/time_context.h"
#include "ui/time_expression.h"

#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPainter>
#include <QPushButton>
#include <QScreen>

#include <algorithm>

namespace belvedere::ui {

TimeRangePicker::TimeRangePicker(const Theme& theme, TimeContext& time, QWidget* parent)
    : QFrame(parent, Qt::Popup)
    , m_theme(theme)
    , m_time(time)
    , m_from(new QLineEdit(this))
    , m_to(new QLineEdit(this))
    , m_fromHint(new QLabel(this))
    , m_toHint(new QLabel(this))
    , m_apply(new QPushButton(tr("Apply"), this))
    , m_quick(new QListWidget(this))
{
    setObjectName(QStringLiteral("timeRangePicker"));
    setAccessibleName(tr("Time range"));
    auto* fromLabel = new QLabel(tr("&From"), this);
    auto* toLabel = new QLabel(tr("&To"), this);
    fromLabel->setBuddy(m_from);
    toLabel->setBuddy(m_to);
    auto* help = new QLabel(tr("now-6h, now/d, 2025-11-21 10:30,\nISO 8601 or Unix seconds"), this);
    help->setForegroundRole(QPalette::PlaceholderText);
    for (auto* label : { m_fromHint, m_toHint, help })
        label->setFont(theme.smallFont());
    m_from->setFont(theme.monoFont());
    m_to->setFont(theme.monoFont());
    m_apply->setProperty(kPrimaryProperty, true);
    m_quick->setFrameShape(QFrame::NoFrame);
    m_quick->setAccessibleName(tr("Quick ranges"));
    for (const auto& range : quickRanges())
        m_quick->addItem(range.text);

    auto* fields = new QVBoxLayout;
    fields->setSpacing(4);
    fields->addWidget(fromLabel);
    fields->addWidget(m_from);
    fields->addWidget(m_fromHint);
    fields->addSpacing(4);
    fields->addWidget(toLabel);
    fields->addWidget(m_to);
    fields->addWidget(m_toHint);
    fields->addSpacing(8);
    fields->addWidget(m_apply);
    fields->addStretch(1);
    fields->addWidget(help);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(16, 16, 9, 16);
    layout->setSpacing(16);
    layout->addLayout(fields, 3);
    layout->addWidget(m_quick, 2);
    resize(460, 396);

    connect(m_from, &QLineEdit::textChanged, this, &TimeRangePicker::validate);
    connect(m_to, &QLineEdit::textChanged, this, &TimeRangePicker::validate);
    connect(m_from, &QLineEdit::returnPressed, this, &TimeRangePicker::apply);
    connect(m_to, &QLineEdit::returnPressed, this, &TimeRangePicker::apply);
    connect(m_apply, &QPushButton::clicked, this, &TimeRangePicker::apply);
    const auto choose = [this](const QListWidgetItem* item) {
        m_time.setRange(quickRanges()[static_cast<std::size_t>(m_quick->row(item))].raw);
        close();
    };
    connect(m_quick, &QListWidget::itemClicked, this, choose);
    connect(m_quick, &QListWidget::itemActivated, this, choose);
}

void TimeRangePicker::openAt(QPoint corner)
{
    const auto shown = [](const QString& raw) {
        bool isNumber = false;
        const qint64 timeMs = raw.toLongLong(&isNumber);
        return isNumber ? dateTimeText(timeMs) : raw;
    };
    m_from->setText(shown(m_time.raw().from));
    m_to->setText(shown(m_time.raw().to));
    const auto ranges = quickRanges();
    m_quick->setCurrentRow(-1);
    for (std::size_t i = 0; i < ranges.size(); ++i) {
        if (ranges[i].raw == m_time.raw())
            m_quick->setCurrentRow(static_cast<int>(i));
    }
    validate();
    QPoint at = corner - QPoint(width(), 0);
    if (const QScreen* screen = parentWidget()->screen())
        at.setX(std::max(at.x(), screen->availableGeometry().left() + 8));
    move(at);
    show();
    m_from->setFocus();
    m_from->selectAll();
}

void TimeRangePicker::validate()
{
    const auto from = readTime(m_from->text(), m_time.nowMs(), false);
    const auto to = readTime(m_to->text(), m_time.nowMs(), true);
    const auto show = [this](QLabel* hint, const std::optional<qint64>& time, const QString& problem) {
        QPalette palette = this->palette();
        palette.setColor(QPalette::WindowText, problem.isEmpty() ? m_theme.colors().textFaint : m_theme.stateColor(State::critical));
        hint->setPalette(palette);
        hint->setText(problem.isEmpty() ? dateTimeText(*time) : problem);
    };
    const bool inOrder = from && to && *from < *to;
    show(m_fromHint, from, from ? QString() : tr("This is not a time"));
    show(m_toHint, to, !to ? tr("This is not a time") : from && !inOrder ? tr("This is not after the beginning") : QString());
    m_apply->setEnabled(inOrder);
}

void TimeRangePicker::apply()
{
    const auto raw = [this](const QString& text, bool roundUp) {
        const QString trimmed = text.trimmed();
        if (isRelativeTime(trimmed))
            return trimmed;
        const auto time = readTime(trimmed, m_time.nowMs(), roundUp);
        return time ? QString::number(*time) : trimmed;
    };
    if (m_time.setRange({ raw(m_from->text(), false), raw(m_to->text(), true) }))
        close();
}

void TimeRangePicker::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), m_theme.colors().raised);
    painter.setPen(m_theme.colors().borderStrong);
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

}
