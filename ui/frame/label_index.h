#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QString>

#include <vector>

namespace belvedere::ui {

class Backend;
class TimeContext;

/// The names of all labels of series and logs, for the command palette. Read in the pool when asked for, kept for a while.
class LabelIndex : public QObject {
    Q_OBJECT

public:
    struct Label {
        QString name;
        QString language; ///< promql or logql
        QString query;    ///< shows what has it, by its values
    };

    /// Both outlive this.
    LabelIndex(const Backend& backend, const TimeContext& time, QObject* parent = nullptr);

    [[nodiscard]] const std::vector<Label>& labels() const { return m_labels; }
    /// Asks again if the answer is old; changed() follows.
    void renew();

Q_SIGNALS:
    void changed();

private:
    static constexpr qint64 kKeptMs = 30'000;

    const Backend& m_backend;
    const TimeContext& m_time;
    std::vector<Label> m_labels;
    QElapsedTimer m_age;
};

}
