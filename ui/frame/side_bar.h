#pragma once

#include <QAbstractButton>
#include <QWidget>

#include <vector>

class QVBoxLayout;
class QToolButton;

namespace belvedere::ui {

class Theme;

/// An entry of the side bar: icon, word, and a number when something there wants attention.
class SideBarEntry : public QAbstractButton {
    Q_OBJECT

public:
    SideBarEntry(const Theme& theme, const QString& pageId, const QIcon& icon, const QString& text, QWidget* parent);

    [[nodiscard]] const QString& pageId() const { return m_pageId; }
    void setBadge(int count);
    void setCollapsed(bool collapsed);
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const Theme& m_theme;
    QString m_pageId;
    int m_badge = 0;
    bool m_collapsed = false;
};

/// The pages, one under the other. Arrow keys move, Enter or Space opens.
class SideBar : public QWidget {
    Q_OBJECT

public:
    explicit SideBar(const Theme& theme, QWidget* parent = nullptr);

    /// Adds an entry before position `at`, last if it is too large.
    void insertEntry(std::size_t at, const QString& pageId, const QIcon& icon, const QString& text, const QString& toolTip);
    void setCurrent(const QString& pageId);
    void setBadge(const QString& pageId, int count);
    void setCollapsed(bool collapsed);
    [[nodiscard]] bool isCollapsed() const { return m_collapsed; }

Q_SIGNALS:
    void pageChosen(const QString& pageId);
    void collapsedChanged(bool collapsed);

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    const Theme& m_theme;
    std::vector<SideBarEntry*> m_entries;
    QVBoxLayout* m_list;
    QWidget* m_brand;
    QToolButton* m_collapse;
    bool m_collapsed = false;
};

}
