#pragma once

#include "ui/page.h"

#include <QAbstractListModel>
#include <QFrame>

#include <optional>

class QLineEdit;
class QListView;

namespace belvedere::ui {

/// How well `pattern` fits `text`: its characters occur in order, whatever their case; better when they stand together
/// or at the beginning of words. Nothing if it does not fit.
[[nodiscard]] std::optional<int> fuzzyScore(QStringView pattern, QStringView text);

class PaletteModel : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role { KindRole = Qt::UserRole + 1, ShortcutRole };

    using QAbstractListModel::QAbstractListModel;

    /// Keeps the entries that fit, best first.
    void setEntries(const std::vector<PaletteEntry>& entries, const QString& pattern);
    [[nodiscard]] const PaletteEntry& entry(int row) const { return m_entries[static_cast<std::size_t>(row)]; }
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;

private:
    static constexpr std::size_t kShown = 60;
    std::vector<PaletteEntry> m_entries;
};

/// One field that finds everything: pages, actions, dashboards, metrics, labels, alerts. Opened with Ctrl+K over the window.
class CommandPalette : public QFrame {
    Q_OBJECT

public:
    using Source = std::function<std::vector<PaletteEntry>(const QString& text)>;

    /// `source` answers what there is to offer for a text; it is asked again on every key.
    CommandPalette(const Theme& theme, Source source, QWidget* window);

    void open(const QString& text = {});
    /// Asks the source again for what is typed, if the palette is open; what is chosen stays chosen.
    void renew();
    [[nodiscard]] const PaletteModel& model() const { return m_model; }

protected:
    bool eventFilter(QObject* object, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void update(const QString& text);
    void run(int row);

    const Theme& m_theme;
    Source m_source;
    PaletteModel m_model;
    QLineEdit* m_edit;
    QListView* m_list;
};

}
