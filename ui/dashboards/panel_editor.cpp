#include "ui/dashboards/panel_editor.h"

#include "core/dashboard/units.h"
#include "ui/text.h"
#include "ui/theme.h"

#include <QComboBox>
#include <QCompleter>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace belvedere::ui {

PanelEditor::PanelEditor(const PageServices& services, Json panel, QWidget* parent)
    : QDialog(parent)
    , m_services(services)
    , m_panel(std::move(panel))
    , m_title(new QLineEdit(toQString(m_panel["title"].text()), this))
    , m_type(new QComboBox(this))
    , m_unit(new QComboBox(this))
{
    setWindowTitle(tr("Edit Panel"));
    resize(720, 560);
    const std::pair<QString, QString> types[] = { { tr("Time series"), QStringLiteral("timeseries") }, { tr("Stat"), QStringLiteral("stat") }, { tr("Gauge"), QStringLiteral("gauge") },
        { tr("Bar gauge"), QStringLiteral("bargauge") }, { tr("Table"), QStringLiteral("table") }, { tr("Logs"), QStringLiteral("logs") }, { tr("Text"), QStringLiteral("text") } };
    for (const auto& [text, id] : types)
        m_type->addItem(text, id);
    const auto type = toQString(m_panel["type"].text());
    if (m_type->findData(type) < 0)
        m_type->addItem(type, type);
    m_type->setCurrentIndex(m_type->findData(type));
    m_unit->setEditable(true);
    m_unit->addItem(tr("None"), QString());
    for (const auto& unit : dashboard::listedUnits())
        m_unit->addItem(QStringLiteral("%1 · %2").arg(toQString(unit.category), toQString(unit.label)), toQString(unit.id));
    m_unit->completer()->setFilterMode(Qt::MatchContains);
    m_unit->completer()->setCompletionMode(QCompleter::PopupCompletion);
    const auto unit = toQString(m_panel["fieldConfig"]["defaults"]["unit"].text());
    if (const int index = m_unit->findData(unit); index >= 0)
        m_unit->setCurrentIndex(index);
    else
        m_unit->setEditText(unit);

    auto* form = new QFormLayout;
    form->addRow(tr("&Title"), m_title);
    form->addRow(tr("T&ype"), m_type);
    form->addRow(tr("&Unit"), m_unit);

    auto* box = new QWidget(this);
    m_queries = new QVBoxLayout(box);
    m_queries->setContentsMargins(0, 0, 0, 0);
    m_queries->addStretch(1);
    for (const auto& target : m_panel["targets"].items())
        addQuery(target);
    if (m_rows.empty())
        addQuery(Json::object({ { "refId", "A" } }));
    auto* scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidget(box);
    auto* add = new QPushButton(services.theme.icon(QStringLiteral("plus")), tr("&Add Query"), this);
    add->setAutoDefault(false);
    connect(add, &QPushButton::clicked, this, [this] { addQuery(Json()); });
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* layout = new QVBoxLayout(this);
    layout->addLayout(form);
    layout->addWidget(scroll, 1);
    layout->addWidget(add, 0, Qt::AlignLeft);
    layout->addWidget(buttons);
}

void PanelEditor::addQuery(const Json& from)
{
    Json target = from;
    if (target["refId"].text().empty()) {
        char letter = 'A';
        while (letter < 'Z' && std::ranges::any_of(m_rows, [letter](const QueryRow& row) { return row.target["refId"].text() == std::string_view(&letter, 1); }))
            ++letter;
        target.set("refId", std::string(1, letter));
    }
    auto* box = new QWidget(this);
    auto* expr = new QPlainTextEdit(toQString(target["expr"].text()), box);
    expr->setFont(m_services.theme.monoFont());
    expr->setPlaceholderText(tr("A query in PromQL or LogQL, like rate(http_requests_total[$__rate_interval])"));
    expr->setTabChangesFocus(true);
    expr->setFixedHeight(QFontMetrics(expr->font()).height() * 3 + 16);
    auto* legend = new QLineEdit(toQString(target["legendFormat"].text()), box);
    legend->setPlaceholderText(tr("Legend, like {{instance}}"));
    auto* remove = new QToolButton(box);
    remove->setIcon(m_services.theme.icon(QStringLiteral("trash")));
    remove->setToolTip(tr("Remove this query"));
    auto* label = new QLabel(toQString(target["refId"].text()), box);
    label->setFont(m_services.theme.titleFont());
    expr->setAccessibleName(tr("Query %1").arg(label->text()));
    legend->setAccessibleName(tr("Legend of query %1").arg(label->text()));
    auto* line = new QHBoxLayout;
    line->addWidget(label);
    line->addWidget(legend, 1);
    line->addWidget(remove);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, Theme::kGrid);
    column->addWidget(expr);
    column->addLayout(line);
    m_queries->insertWidget(m_queries->count() - 1, box);
    m_rows.push_back({ box, expr, legend, std::move(target) });
    connect(remove, &QToolButton::clicked, this, [this, box] {
        std::erase_if(m_rows, [box](const QueryRow& row) { return row.box == box; });
        box->deleteLater();
    });
    expr->setFocus();
}

Json PanelEditor::panel() const
{
    Json out = m_panel;
    out.set("title", toUtf8(m_title->text()));
    out.set("type", toUtf8(m_type->currentData().toString()));
    const int row = m_unit->findText(m_unit->currentText());
    const auto unit = row >= 0 ? m_unit->itemData(row).toString() : m_unit->currentText().trimmed();
    auto& defaults = out.at("fieldConfig").at("defaults");
    if (unit.isEmpty())
        defaults.remove("unit");
    else
        defaults.set("unit", toUtf8(unit));
    Json targets = Json::array();
    for (const auto& query : m_rows) {
        Json target = query.target;
        target.set("expr", toUtf8(query.expr->toPlainText()));
        target.set("legendFormat", toUtf8(query.legend->text()));
        targets.append(std::move(target));
    }
    out.set("targets", std::move(targets));
    return out;
}

}
