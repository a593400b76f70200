#include "ui/overview/first_steps.h"

#include "ui/page.h"

#include <QGridLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>

namespace belvedere::ui {

namespace {
    constexpr int kIconSize = 20;
    constexpr int kWidest = 860;
}

FirstSteps::FirstSteps(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
{
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(18, 16, 18, 16);
    grid->setHorizontalSpacing(14);
    grid->setVerticalSpacing(2);
    grid->setColumnStretch(1, 1);
    m_containers = createStep(QStringLiteral("containers"), tr("Containers"), {}, {});
    m_targets = createStep(QStringLiteral("targets"), tr("Metrics of your programs"), tr("Edit Workspace File"), action::kEditWorkspace);
    m_rules = createStep(QStringLiteral("rule"), tr("Alert rules"), tr("Add Shipped Rules"), action::kAddShippedRules);
    m_demo = createStep(QStringLiteral("play"), tr("Nothing at hand?"), tr("Show the Demo"), action::kShowDemo);
    setText(m_demo, tr("A small stack of pretend services, with an incident every few minutes, opens in a window of its own and leaves nothing behind."));
    setMaximumWidth(kWidest);
    setAccessibleName(tr("First steps"));
    connect(&theme, &Theme::changed, this, &FirstSteps::retint);
    retint();
}

FirstSteps::Step FirstSteps::createStep(const QString& icon, const QString& title, const QString& button, const QString& action)
{
    auto* grid = static_cast<QGridLayout*>(layout());
    const int row = grid->rowCount();
    Step step { icon, new QLabel(this), new QLabel(title, this), new QLabel(this), nullptr };
    step.text->setWordWrap(true);
    step.text->setForegroundRole(QPalette::PlaceholderText);
    step.text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    // Two rows a step, and a gap above all but the first.
    if (row > 1)
        grid->setRowMinimumHeight(row, 14);
    grid->addWidget(step.icon, row + 1, 0, 2, 1, Qt::AlignTop);
    grid->addWidget(step.title, row + 1, 1);
    grid->addWidget(step.text, row + 2, 1);
    if (!button.isEmpty()) {
        step.button = new QPushButton(button, this);
        grid->addWidget(step.button, row + 1, 2, 2, 1, Qt::AlignVCenter);
        connect(step.button, &QPushButton::clicked, this, [this, action] { Q_EMIT actionWanted(action); });
    }
    return step;
}

void FirstSteps::setText(const Step& step, const QString& text) const
{
    step.text->setText(text);
    if (step.button)
        step.button->setAccessibleDescription(text);
}

void FirstSteps::setContainers(const QString& dockerState)
{
    setText(m_containers, dockerState.isEmpty() ? tr("Docker is connected. Every container appears here as soon as it runs, and its logs are kept.") : dockerState);
}

void FirstSteps::setTargets(const QString& workspaceFile)
{
    setText(m_targets, tr("Name the addresses that answer with metrics under scrape_configs in %1, in the words of prometheus.yml. It is read again when it is saved.").arg(workspaceFile));
}

void FirstSteps::setRules(bool any, bool offered)
{
    setText(m_rules, any ? tr("There are rules; the page Alerts shows them.") : tr("Rules for HTTP services, Celery, PostgreSQL, Redis, Kafka and machines come with Belvedere. They become files of the workspace, to be changed at will."));
    m_rules.button->setVisible(!any && offered);
}

void FirstSteps::retint()
{
    for (const auto* step : { &m_containers, &m_targets, &m_rules, &m_demo }) {
        step->icon->setPixmap(m_theme.iconPixmap(step->iconName, kIconSize, m_theme.colors().accent, devicePixelRatioF()));
        step->title->setFont(m_theme.titleFont());
    }
}

void FirstSteps::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(m_theme.colors().border, 1));
    painter.setBrush(m_theme.colors().raised);
    painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 6, 6);
}

}
