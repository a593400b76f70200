#include "ui/dashboards/panel_editor.h"
#include "core/dashboard/loose.h"

#include "core/dashboard/units.h"
#include "ui/async.h"
#include "ui/backend.h"
#include "ui/dashboards/template_source.h"
#include "ui/explore/query_editor.h"
#include "ui/panels/panel_frame.h"
#include "ui/text.h"
#include "ui/theme.h"
#include "ui/widgets/notice_bar.h"

#include <KSyntaxHighlighting/Repository>

#include <QComboBox>
#include <QCompleter>
#include <QDialogButtonBox>
#include <QDoubleValidator>
#include <QFormLayout>
#include <QGridLayout>
#include <QIntValidator>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QScrollArea>
#include <QSplitter>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace belvedere::ui {

namespace {

constexpr int kPreviewDelayMs = 300;

QString numberText(const Json& json)
{
    const auto number = json.looseNumber();
    return number ? QString::number(*number, 'g', 12) : QString();
}

/// Sets or removes a number, and leaves the document alone where nothing changed.
void setNumber(Json& object, const char* key, const QString& text)
{
    if (text == numberText(object[key]))
        return;
    if (text.isEmpty())
        object.remove(key);
    else
        object.set(key, text.toDouble());
}

void choose(QComboBox* box, const QString& value)
{
    if (box->findData(value) < 0)
        box->addItem(value, value);
    box->setCurrentIndex(box->findData(value));
}

}

PanelEditor::PanelEditor(const PageServices& services, dashboard::PanelRequest request, Json panel, QWidget* parent)
    : QDialog(parent)
    , m_services(services)
    , m_request(std::move(request))
    , m_panel(std::move(panel))
    , m_syntax(std::make_unique<KSyntaxHighlighting::Repository>())
{
    setWindowTitle(tr("Edit Panel"));
    resize(parent ? parent->size().boundedTo({ 1400, 900 }).expandedTo({ 760, 560 }) : QSize(1000, 700));
    m_preview = new PanelFrame(services.theme, this);
    m_preview->setMinimumHeight(160);
    auto* settings = createSettings();
    auto* left = new QSplitter(Qt::Vertical, this);
    left->addWidget(m_preview);
    left->addWidget(createQueries());
    left->setSizes({ 400, 300 });
    left->setChildrenCollapsible(false);
    auto* whole = new QSplitter(Qt::Horizontal, this);
    whole->addWidget(left);
    whole->addWidget(settings);
    whole->setStretchFactor(0, 1);
    whole->setSizes({ width() - 280, 280 });
    whole->setChildrenCollapsible(false);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    buttons->button(QDialogButtonBox::Ok)->setText(tr("&Apply"));
    for (auto* button : buttons->buttons())
        static_cast<QPushButton*>(button)->setAutoDefault(false); // Enter belongs to the queries
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* layout = new QVBoxLayout(this);
    m_fault = new NoticeBar(services.theme, this);
    m_fault->hide();
    layout->addWidget(whole, 1);
    layout->addWidget(m_fault);
    layout->addWidget(buttons);
    m_previewDelay.setSingleShot(true);
    m_previewDelay.setInterval(kPreviewDelayMs);
    connect(&m_previewDelay, &QTimer::timeout, this, &PanelEditor::updatePreview);
    updateSource();
    updatePreview();
    m_rows.front().expr->setFocus();
    m_untouched = this->panel();
}

PanelEditor::~PanelEditor()
{
    m_stop.request_stop();
    // The editors' highlighters end before the definitions that they use.
    for (const auto& row : m_rows)
        delete row.box;
}

QWidget* PanelEditor::createSettings()
{
    auto* box = new QWidget(this);
    auto* form = new QFormLayout(box);
    form->setContentsMargins(Theme::kGrid, 0, 0, 0);
    form->setRowWrapPolicy(QFormLayout::WrapLongRows);
    const auto changed = [this] { m_previewDelay.start(); };
    const auto combo = [&](const std::vector<std::pair<QString, QString>>& entries, const QString& value) {
        auto* made = new QComboBox(box);
        made->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        made->setMinimumContentsLength(12);
        for (const auto& [text, id] : entries)
            made->addItem(text, id);
        choose(made, value);
        connect(made, &QComboBox::currentIndexChanged, this, changed);
        return made;
    };
    const auto edit = [&](const QString& text, const QString& placeholder) {
        auto* made = new QLineEdit(text, box);
        made->setPlaceholderText(placeholder);
        connect(made, &QLineEdit::textEdited, this, changed);
        return made;
    };
    const auto& defaults = m_panel["fieldConfig"]["defaults"];
    m_title = edit(toQString(m_panel["title"].text()), {});
    m_type = combo({ { tr("Time series"), QStringLiteral("timeseries") }, { tr("Stat"), QStringLiteral("stat") }, { tr("Gauge"), QStringLiteral("gauge") }, { tr("Bar gauge"), QStringLiteral("bargauge") },
                       { tr("Table"), QStringLiteral("table") }, { tr("Logs"), QStringLiteral("logs") }, { tr("Text"), QStringLiteral("text") } },
        toQString(m_panel["type"].text()));
    std::vector<std::pair<QString, QString>> sources { { tr("As it is"), QString() } };
    for (const auto& one : m_request.registry->all())
        sources.emplace_back(toQString(one->info().name), toQString(one->info().uid));
    m_source = combo(sources, {});
    connect(m_source, &QComboBox::currentIndexChanged, this, &PanelEditor::updateSource);
    m_unit = new QComboBox(box);
    m_unit->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_unit->setMinimumContentsLength(12);
    m_unit->setEditable(true);
    m_unit->addItem(tr("None"), QString());
    for (const auto& unit : dashboard::listedUnits())
        m_unit->addItem(QStringLiteral("%1 · %2").arg(toQString(unit.category), toQString(unit.label)), toQString(unit.id));
    m_unit->completer()->setFilterMode(Qt::MatchContains);
    m_unit->completer()->setCompletionMode(QCompleter::PopupCompletion);
    const auto unit = toQString(defaults["unit"].text());
    if (const int index = m_unit->findData(unit); index >= 0)
        m_unit->setCurrentIndex(index);
    else
        m_unit->setEditText(unit);
    m_unit->lineEdit()->home(false); // a long one is read from its beginning
    connect(m_unit, &QComboBox::currentTextChanged, this, changed);
    m_decimals = edit(numberText(defaults["decimals"]), tr("auto"));
    m_decimals->setValidator(new QIntValidator(0, 10, m_decimals));
    m_min = edit(numberText(defaults["min"]), tr("auto"));
    m_max = edit(numberText(defaults["max"]), tr("auto"));
    for (auto* number : { m_min, m_max }) {
        auto* validator = new QDoubleValidator(number);
        validator->setLocale(QLocale::c());
        number->setValidator(validator);
    }
    const auto& legend = m_panel["options"]["legend"];
    m_legend = combo({ { tr("List"), QStringLiteral("list") }, { tr("Table"), QStringLiteral("table") }, { tr("Hidden"), QStringLiteral("hidden") } },
        legend["showLegend"].toBool(true) ? toQString(legend["displayMode"].toString("list")) : QStringLiteral("hidden"));
    m_stack = combo({ { tr("Off"), QStringLiteral("none") }, { tr("Normal"), QStringLiteral("normal") }, { tr("100 %"), QStringLiteral("percent") } }, toQString(defaults["custom"]["stacking"]["mode"].toString("none")));
    form->addRow(tr("&Title"), m_title);
    form->addRow(tr("T&ype"), m_type);
    form->addRow(tr("Data &source"), m_source);
    form->addRow(tr("&Unit"), m_unit);
    form->addRow(tr("&Decimals"), m_decimals);
    form->addRow(tr("Mi&n"), m_min);
    form->addRow(tr("Ma&x"), m_max);
    form->addRow(tr("&Legend"), m_legend);
    form->addRow(tr("Stac&king"), m_stack);
    return box;
}

QWidget* PanelEditor::createQueries()
{
    auto* inner = new QWidget(this);
    m_queries = new QVBoxLayout(inner);
    m_queries->setContentsMargins(0, 0, Theme::kGrid, 0);
    m_queries->addStretch(1);
    for (const auto& target : m_panel["targets"].items())
        addQuery(target);
    if (m_rows.empty())
        addQuery(Json::object({ { "refId", "A" } }));
    auto* scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidget(inner);
    auto* add = new QPushButton(m_services.theme.icon(QStringLiteral("plus")), tr("&Add Query"), this);
    add->setAutoDefault(false);
    connect(add, &QPushButton::clicked, this, [this] {
        addQuery(Json());
        updateSource();
        m_rows.back().expr->setFocus();
    });
    auto* box = new QWidget(this);
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(scroll, 1);
    layout->addWidget(add, 0, Qt::AlignLeft);
    return box;
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
    auto* expr = new QueryEditor(m_services.theme, *m_syntax, m_services.backend.queryPool(), box);
    expr->setPlainText(toQString(target["expr"].text()));
    auto* legend = new QLineEdit(toQString(target["legendFormat"].text()), box);
    legend->setPlaceholderText(tr("Legend, like {{instance}}"));
    auto* remove = new QToolButton(box);
    remove->setIcon(m_services.theme.icon(QStringLiteral("trash")));
    remove->setToolTip(tr("Remove this query"));
    remove->setAutoRaise(true);
    auto* label = new QLabel(toQString(target["refId"].text()), box);
    label->setFont(m_services.theme.titleFont());
    label->setMinimumWidth(16);
    expr->setAccessibleName(tr("Query %1").arg(label->text()));
    legend->setAccessibleName(tr("Legend of query %1").arg(label->text()));
    label->setMinimumHeight(m_services.theme.controlHeight());
    auto* grid = new QGridLayout(box);
    grid->setContentsMargins(0, 0, 0, Theme::kGrid);
    grid->setSpacing(4);
    grid->addWidget(label, 0, 0, Qt::AlignTop);
    grid->addWidget(expr, 0, 1);
    grid->addWidget(remove, 0, 2, Qt::AlignTop);
    grid->addWidget(legend, 1, 1);
    m_queries->insertWidget(m_queries->count() - 1, box);
    m_rows.push_back({ box, expr, legend, std::move(target) });
    connect(expr, &QPlainTextEdit::textChanged, this, [this] { m_previewDelay.start(); });
    connect(expr, &QueryEditor::runRequested, this, &PanelEditor::updatePreview);
    connect(legend, &QLineEdit::textEdited, this, [this] { m_previewDelay.start(); });
    connect(remove, &QToolButton::clicked, this, [this, box] {
        std::erase_if(m_rows, [box](const QueryRow& row) { return row.box == box; });
        box->deleteLater();
        m_previewDelay.start();
    });
}

std::shared_ptr<const datasource::DataSource> PanelEditor::source() const
{
    if (const auto uid = m_source->currentData().toString(); !uid.isEmpty())
        return m_request.registry->find(toUtf8(uid));
    dashboard::Scope scope;
    scope.setVariables(*m_request.variables);
    return dashboard::resolveSource(m_request.panel.source, scope, *m_request.document, *m_request.registry, m_type->currentData().toString() == QLatin1String("logs") ? "loki" : "prometheus").source;
}

void PanelEditor::updateSource()
{
    const auto chosen = source();
    const bool logs = chosen && chosen->info().type == "loki";
    for (const auto& row : m_rows) {
        row.expr->setLanguage(logs ? QueryLanguage::logql : QueryLanguage::promql);
        row.expr->setSource(templateSource(chosen), m_request.range.fromMs, m_request.range.toMs);
    }
}

void PanelEditor::updatePreview()
{
    m_previewDelay.stop();
    auto json = panel();
    const auto id = json["id"].toInt();
    auto document = *m_request.document;
    if (!document.replacePanel(id, json))
        return;
    auto request = m_request;
    request.document = std::make_shared<const dashboard::Document>(std::move(document));
    request.panel = *request.document->panel(id);
    request.widthPx = std::max(100, m_preview->width());
    m_preview->setPanel(std::make_shared<const Json>(*request.document->panelJson(id)), toQString(request.panel.title));
    m_preview->setLoading(true);
    m_stop.request_stop();
    m_stop = std::stop_source();
    runAsync(
        m_services.backend.queryPool(), this,
        [request = std::move(request), stop = m_stop.get_token()] { return makeContent(dashboard::queryPanel(request, stop), request.palette, { request.zone, request.nowMs }); },
        [this, asked = ++m_previewId](const PanelContentPtr& content) {
            if (asked != m_previewId)
                return;
            m_preview->setLoading(false);
            m_preview->setTitle(toQString(content->data.title));
            QStringList problems;
            for (const auto& problem : content->data.problems)
                problems << toQString(problem);
            if (content->data.failed) {
                m_preview->setError(problems.join(QLatin1Char('\n')));
                m_fault->showNotice(State::critical, problems.join(QLatin1Char('\n')));
            } else {
                m_preview->setContent(content);
                m_fault->hide();
            }
        });
}

void PanelEditor::reject()
{
    if (panel() == m_untouched)
        return QDialog::reject();
    auto* box = new QMessageBox(QMessageBox::Question, tr("Unsaved Changes"), tr("What you changed in this panel has not been applied."), QMessageBox::Apply | QMessageBox::Discard | QMessageBox::Cancel, this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setDefaultButton(QMessageBox::Apply);
    connect(box, &QMessageBox::buttonClicked, this, [this, box](QAbstractButton* button) {
        switch (box->standardButton(button)) {
        case QMessageBox::Apply:
            accept();
            break;
        case QMessageBox::Discard:
            QDialog::reject();
            break;
        default:
            break;
        }
    });
    box->open();
}

Json PanelEditor::panel() const
{
    Json out = m_panel;
    const auto setText = [](Json& object, const char* key, const QString& text) {
        if (object[key].text() != toUtf8(text))
            object.set(key, toUtf8(text));
    };
    setText(out, "title", m_title->text());
    setText(out, "type", m_type->currentData().toString());
    auto& defaults = out.at("fieldConfig").at("defaults");
    const int row = m_unit->findText(m_unit->currentText());
    const auto unit = row >= 0 ? m_unit->itemData(row).toString() : m_unit->currentText().trimmed();
    if (unit.isEmpty())
        defaults.remove("unit");
    else
        setText(defaults, "unit", unit);
    setNumber(defaults, "decimals", m_decimals->text());
    setNumber(defaults, "min", m_min->text());
    setNumber(defaults, "max", m_max->text());
    if (const auto stack = m_stack->currentData().toString(); toUtf8(stack) != defaults["custom"]["stacking"]["mode"].toString("none"))
        defaults.at("custom").at("stacking").set("mode", toUtf8(stack));
    const auto& legend = m_panel["options"]["legend"];
    const auto mode = m_legend->currentData().toString();
    const bool shown = mode != QLatin1String("hidden");
    if (shown != (legend["showLegend"].toBool(true) && legend["displayMode"].text() != "hidden"))
        out.at("options").at("legend").set("showLegend", shown);
    if (shown && toUtf8(mode) != legend["displayMode"].toString("list"))
        out.at("options").at("legend").set("displayMode", toUtf8(mode));
    std::optional<Json> reference;
    if (const auto uid = m_source->currentData().toString(); !uid.isEmpty()) {
        if (const auto chosen = m_request.registry->find(toUtf8(uid)))
            reference = Json::object({ { "type", chosen->info().type }, { "uid", chosen->info().uid } });
    }
    if (reference)
        out.set("datasource", *reference);
    Json targets = Json::array();
    for (const auto& query : m_rows) {
        Json target = query.target;
        setText(target, "expr", query.expr->toPlainText());
        setText(target, "legendFormat", query.legend->text());
        if (reference)
            target.set("datasource", *reference);
        targets.append(std::move(target));
    }
    out.set("targets", std::move(targets));
    return out;
}

}
