#pragma once

#include "core/base/go_template.h"
#include "core/base/result.h"
#include "core/logql/ast.h"
#include "core/logql/pipeline.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace belvedere::logql {

/// `| line_format "{{ .method }} {{ .path }}"`
class LineFormatter final : public StageRunner {
public:
    explicit LineFormatter(gotemplate::Template text)
        : m_template(std::move(text))
    {
    }

    [[nodiscard]] bool run(LineState& state) const override;
    [[nodiscard]] const gotemplate::Template& text() const { return m_template; }

private:
    gotemplate::Template m_template;
};

/// `| label_format a=b, c="{{ .d }}"`
class LabelFormatter final : public StageRunner {
public:
    struct Format {
        std::string name;
        std::string source; ///< of a rename
        std::optional<gotemplate::Template> text;
    };
    explicit LabelFormatter(std::vector<Format> formats)
        : m_formats(std::move(formats))
    {
    }

    const Hints* hints = nullptr; ///< borrowed from the pipeline, which owns the stage too

    [[nodiscard]] bool run(LineState& state) const override;
    [[nodiscard]] const std::vector<Format>& formats() const { return m_formats; }

private:
    std::vector<Format> m_formats;
};

/// These fail on a template that does not parse, and on names that cannot be set.
[[nodiscard]] Result<std::unique_ptr<LineFormatter>> compileLineFormat(const LineFormatStage& stage);
[[nodiscard]] Result<std::unique_ptr<LabelFormatter>> compileLabelFormat(const LabelFormatStage& stage);

}
