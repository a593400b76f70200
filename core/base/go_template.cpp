// Go's text/template in four steps, a file each under go_template/: the lexer cuts an action into tokens, the parser makes
// the tree, the executor walks it over values, and the functions and Go's way of printing do what they are asked. This file
// is the handle that others hold.

#include "core/base/go_template.h"

#include "core/base/format.h"
#include "core/base/go_template/executor.h"
#include "core/base/go_template/parser.h"
#include "core/base/text.h"

#include <algorithm>

namespace belvedere::gotemplate {

struct Template::Compiled {
    std::string name;
    std::string text;
    Tree tree;
};

Template::Template(std::unique_ptr<const Compiled> compiled)
    : m_compiled(std::move(compiled))
{
}
Template::Template(Template&&) noexcept = default;
Template& Template::operator=(Template&&) noexcept = default;
Template::~Template() = default;

Result<Template> Template::parse(std::string_view name, std::string_view text, const Functions& functions, std::string_view prelude)
{
    auto compiled = std::make_unique<Compiled>();
    compiled->name = name;
    compiled->text = std::string(prelude) + std::string(text);
    auto tree = parseTree(compiled->name, compiled->text, functions);
    if (!tree) {
        auto error = std::move(tree.error());
        if (error.where) { // as a place in `text`
            error.where->begin -= std::min(error.where->begin, prelude.size());
            error.where->end -= std::min(error.where->end, prelude.size());
        }
        return std::unexpected(std::move(error));
    }
    const auto sortUnique = [](std::vector<std::string>& names) {
        std::ranges::sort(names);
        names.erase(std::ranges::unique(names).begin(), names.end());
    };
    compiled->tree = std::move(*tree);
    sortUnique(compiled->tree.fields);
    sortUnique(compiled->tree.functions);
    return Template(std::move(compiled));
}

Result<void> Template::execute(std::string& out, const Value& data, const void* context) const
{
    const auto& [name, text, tree] = *m_compiled;
    return executeNodes(name, text, tree.root, tree.defined, out, data, context);
}

Result<void> Template::executeNamed(std::string_view name, std::string& out, const Value& data, const void* context) const
{
    const auto& tree = m_compiled->tree;
    const auto found = tree.defined.find(name);
    if (found == tree.defined.end())
        return failure(ErrorCode::notFound, formatted("template {} not defined", goQuoted(name)));
    return executeNodes(m_compiled->name, m_compiled->text, found->second, tree.defined, out, data, context);
}

const std::vector<std::string>* Template::fieldsUsed() const { return m_compiled->tree.usesAllFields ? nullptr : &m_compiled->tree.fields; }

bool Template::calls(std::string_view function) const { return std::ranges::binary_search(m_compiled->tree.functions, function); }

}
