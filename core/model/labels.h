#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace belvedere::model {

/// The label that carries a metric's name.
inline constexpr std::string_view kMetricName = "__name__";

struct Label {
    std::string name;
    std::string value;

    auto operator<=>(const Label&) const = default;
};

/// An immutable label set: names are unique and sorted by bytes. A label with an empty value is the same as no label,
/// and is left out.
class Labels {
public:
    Labels() = default;
    /// Sorts; of two labels with the same name the later one wins.
    explicit Labels(std::vector<Label> labels);
    Labels(std::initializer_list<Label> labels);

    /// Takes labels as they are: sorted, unique. Empty values are kept (LogQL answers can contain them).
    [[nodiscard]] static Labels fromSorted(std::vector<Label> labels);

    /// The value of `name`, "" if there is none. Valid as long as this object.
    [[nodiscard]] std::string_view get(std::string_view name) const noexcept;
    [[nodiscard]] bool has(std::string_view name) const noexcept;
    [[nodiscard]] std::string_view metricName() const noexcept { return get(kMetricName); }

    [[nodiscard]] std::size_t size() const noexcept { return m_labels.size(); }
    [[nodiscard]] bool empty() const noexcept { return m_labels.empty(); }
    [[nodiscard]] auto begin() const noexcept { return m_labels.begin(); }
    [[nodiscard]] auto end() const noexcept { return m_labels.end(); }
    [[nodiscard]] const std::vector<Label>& list() const noexcept { return m_labels; }

    /// 64-bit xxHash3 of names and values; the same on every machine and in every version.
    [[nodiscard]] std::uint64_t hash() const noexcept;

    /// `{a="b", c="d"}`, with the metric name in front: `up{job="x"}`. Values escaped as in PromQL; names that are not
    /// plain identifiers are quoted.
    [[nodiscard]] std::string toString() const;

    auto operator<=>(const Labels&) const = default;

private:
    std::vector<Label> m_labels;
};

/// Label sets are shared, never copied, between store, engine and result.
using LabelsRef = std::shared_ptr<const Labels>;

[[nodiscard]] inline LabelsRef makeLabels(Labels labels) { return std::make_shared<const Labels>(std::move(labels)); }

/// Changes a label set step by step. Setting an empty value removes the label.
class LabelsBuilder {
public:
    LabelsBuilder() = default;
    explicit LabelsBuilder(const Labels& base)
        : m_labels(base.list())
    {
    }

    LabelsBuilder& set(std::string_view name, std::string_view value);
    LabelsBuilder& remove(std::string_view name);
    [[nodiscard]] std::string_view get(std::string_view name) const noexcept;
    [[nodiscard]] const std::vector<Label>& list() const noexcept { return m_labels; }

    [[nodiscard]] Labels build() const { return Labels::fromSorted(m_labels); }

private:
    std::vector<Label> m_labels; // sorted, no empty values
};

/// True for [a-zA-Z_][a-zA-Z0-9_]*.
[[nodiscard]] bool isPlainLabelName(std::string_view name) noexcept;
/// True for [a-zA-Z_:][a-zA-Z0-9_:]*.
[[nodiscard]] bool isPlainMetricName(std::string_view name) noexcept;

}

template <>
struct std::hash<belvedere::model::Labels> {
    std::size_t operator()(const belvedere::model::Labels& labels) const noexcept { return labels.hash(); }
};
