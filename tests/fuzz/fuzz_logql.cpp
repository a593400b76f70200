// The first byte chooses: a query for the lexer, the parser and the formatter; or a line for all parsers and a template.

#include "core/logql/engine.h"
#include "core/logql/lexer.h"
#include "core/logql/parser.h"
#include "core/logql/pipeline.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

using namespace belvedere;
using namespace belvedere::logql;

namespace {

void query(std::string_view text)
{
    std::size_t at = 0;
    for (const auto& token : tokenize(text)) {
        if (token.range.begin < at || token.range.end < token.range.begin || token.range.end > text.size())
            std::abort();
        at = token.range.end;
    }
    const auto once = format(text);
    if (!once)
        return;
    // What is written must be read, and written the same again.
    const auto twice = format(*once);
    if (!twice || *twice != *once)
        std::abort();
}

std::vector<Pipeline> makePipelines()
{
    std::vector<Pipeline> out;
    for (const char* stages : { "| json", "| json a=\"b.c\", d=\"e[1][\\\"f\\\"]\"", "| logfmt", "| logfmt --strict --keep-empty", "| logfmt a, b=\"c\"", "| unpack | json", "| pattern \"<a> <b>[<_>] <c>\"",
             "| regexp \"(?P<a>.)=(?P<b>.*)\"", "|= ip(\"10.0.0.0/8\") or ip(\"::/0\")", "|~ \"(?i)error|timeout\" |~ \"a.*b\" |> \"<_>x<_>\"", "| decolorize | json | keep a, b=~\"c.*\" | drop d",
             "| json | a > 5 or b = 3s or c != 4KB | line_format \"{{ . }} {{ .a | upper | trunc 3 }}{{ fromJson __line__ }}\"", "| logfmt | label_format x=\"{{ .a | title }}\", y=b | a=ip(\"1.2.3.4\")" }) {
        const auto expr = parse(std::string("{a=\"b\"} ") + stages);
        const auto& log = std::get<LogExpr>((*expr)->data);
        out.push_back(std::move(*Pipeline::compile(log.stages, {})));
        Pipeline::Wants wants;
        wants.metric = wants.by = true;
        wants.labels = { "a", "b_c", "d_extracted" };
        out.push_back(std::move(*Pipeline::compile(log.stages, wants)));
    }
    return out;
}

}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0)
        return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    if (data[0] % 2 == 0) {
        query(text);
        return 0;
    }
    static const std::vector<Pipeline> pipelines = makePipelines();
    static const model::Labels stream { { "a", "b" } };
    static LineState state;
    for (const auto& pipeline : pipelines) {
        state.begin(stream, 1, text, {});
        if (pipeline.run(state)) {
            (void)state.parsedLabels();
            (void)state.keepsWholeStream();
        }
    }
    return 0;
}
