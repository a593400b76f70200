#pragma once

#include "ui/chart/time_series_view.h"

#include <QRect>
#include <QWidget>

#include <memory>
#include <vector>

namespace belvedere::ui {

/// The legend as a flow of names, each with its colour. A click shows one series alone, with Ctrl hides or shows it.
class LegendList : public QWidget {
    Q_OBJECT

public:
    LegendList(const Theme& theme, QWidget* parent);

    void setChart(std::shared_ptr<const ChartData> chart);
    /// One below the other instead of side by side.
    void setColumn(bool column);
    [[nodiscard]] QSize sizeHint() const override;

Q_SIGNALS:
    void seriesClicked(int series, bool toggle);
    void seriesHovered(int series); ///< -1: none

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    void arrangeEntries();
    [[nodiscard]] QString numbersOf(const ChartSeries& series) const;
    [[nodiscard]] int entryAt(const QPoint& position) const; ///< -1: none
    void setHovered(int series);

    const Theme& m_theme;
    std::shared_ptr<const ChartData> m_data = std::make_shared<const ChartData>();
    std::vector<QRect> m_entries; ///< one a series that fits
    bool m_column = false;
    int m_hovered = -1;
};

}
