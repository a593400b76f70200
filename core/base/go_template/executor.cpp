// Walks the tree. Variables are a stack that each block cuts back to the size it found; `break` and `continue` are a state
// that every walk passes on until a range takes it. A template may say `range 1000000` inside itself, so what it does is
// counted, and one that does too much fails.

#include "core/base/go_template/executor.h"

#include "core/base/format.h"
#include "core/base/text.h"

#include <algorithm>
#include <utility>

namespace belvedere::gotemplate {

namespace {

/// Nodes that one execution may visit; text that functions make counts too, a node for every so many bytes. Alert texts
/// over thousands of series stay far below; it is reached within about a second.
constexpr std::size_t kMostWork = 2'000'000;
constexpr std::size_t kBytesAsOneNode = 100;

class Executor {
public:
    Executor(std::string_view name, std::string_view text, const Definitions& defined, std::string& out, const void* context)
        : m_name(name)
        , m_text(text)
        , m_defined(defined)
        , m_out(out)
        , m_context(context)
    {
    }

    Result<void> run(const std::vector<Node>& nodes, const Value& data)
    {
        m_variables.emplace_back("$", data);
        if (!walk(nodes, data))
            return std::unexpected(std::move(m_error));
        return {};
    }

private:
    enum class Flow : std::uint8_t { on, leave, next };

    bool fail(std::size_t offset, const std::string& message)
    {
        const auto [line, column] = placeOf(m_text, offset);
        // Go counts the columns of templates from 0.
        m_error = Error { ErrorCode::execution, formatted("template: {}:{}:{}: executing \"{}\": {}", m_name, line, column - 1, m_name, message), TextRange { offset, std::min(offset + 1, m_text.size()) } };
        return false;
    }

    bool walk(const std::vector<Node>& nodes, const Value& dot)
    {
        const auto scope = m_variables.size();
        for (const auto& node : nodes) {
            if (!work(1, node.offset) || !step(node, dot))
                return false;
            if (m_flow != Flow::on)
                break;
        }
        m_variables.resize(scope);
        return true;
    }

    bool work(std::size_t amount, std::size_t offset)
    {
        m_work += amount;
        return m_work <= kMostWork || fail(offset, "the template does too much");
    }

    bool step(const Node& node, const Value& dot)
    {
        Value value;
        switch (node.kind) {
        case Node::Kind::text: m_out += node.text; return true;
        case Node::Kind::leave: m_flow = Flow::leave; return true;
        case Node::Kind::next: m_flow = Flow::next; return true;
        case Node::Kind::action:
            if (!evaluate(node.pipe, dot, value))
                return false;
            if (node.pipe.variables.empty()) {
                if (const auto* text = value.string())
                    m_out += *text;
                else
                    m_out += value.isNil() ? "<no value>" : value.text();
            }
            return true;
        case Node::Kind::branch:
        case Node::Kind::with: {
            const auto scope = m_variables.size();
            if (!evaluate(node.pipe, dot, value))
                return false;
            const bool chosen = value.truth();
            const bool ok = walk(chosen ? node.body : node.otherwise, chosen && node.kind == Node::Kind::with ? value : dot);
            m_variables.resize(scope);
            return ok;
        }
        case Node::Kind::range: return range(node, dot);
        case Node::Kind::call: {
            if (!node.pipe.commands.empty() && !evaluate(node.pipe, dot, value))
                return false;
            const auto found = m_defined.find(node.text);
            if (found == m_defined.end())
                return fail(node.offset, formatted("template {} not defined", goQuoted(node.text)));
            if (++m_depth > kDeepest)
                return fail(node.offset, "exceeded maximum template depth");
            auto variables = std::move(m_variables);
            m_variables.clear();
            m_variables.emplace_back("$", value);
            const bool ok = walk(found->second, value);
            m_variables = std::move(variables);
            --m_depth;
            return ok;
        }
        }
        return true;
    }

    bool range(const Node& node, const Value& dot)
    {
        const auto scope = m_variables.size();
        Value value;
        Pipe const& pipe = node.pipe;
        if (!evaluateCommands(pipe, dot, value))
            return false;
        const auto set = [&](std::size_t index, const Value& item) {
            if (pipe.assigns)
                assign(pipe.variables[index], item);
            else
                m_variables.emplace_back(pipe.variables[index], item);
        };
        bool any = false;
        const auto once = [&](const Value& key, const Value& item) {
            any = true;
            const auto inner = m_variables.size();
            if (pipe.variables.size() == 2) {
                set(0, key);
                set(1, item);
            } else if (pipe.variables.size() == 1) {
                set(0, item);
            }
            const bool ok = walk(node.body, item);
            m_variables.resize(inner);
            return ok;
        };
        const auto leaves = [&] {
            const bool leave = m_flow == Flow::leave;
            m_flow = Flow::on;
            return leave;
        };
        if (const auto* list = value.list()) {
            for (std::size_t i = 0; i < list->size(); ++i) {
                if (!once(Value(static_cast<std::int64_t>(i)), (*list)[i]))
                    return false;
                if (leaves())
                    break;
            }
        } else if (const auto* map = value.map()) {
            for (const auto& [key, item] : *map) {
                if (!once(Value(key), item))
                    return false;
                if (leaves())
                    break;
            }
        } else if (const auto* count = value.integer()) {
            for (std::int64_t i = 0; i < *count; ++i) {
                if (!work(1, node.offset) || !once(Value(i), Value(i)))
                    return false;
                if (leaves())
                    break;
            }
        } else if (!value.isNil()) {
            return fail(node.offset, formatted("range can't iterate over {}", value.text()));
        }
        const bool ok = any || walk(node.otherwise, dot);
        m_variables.resize(scope);
        return ok;
    }

    void assign(std::string_view name, const Value& value)
    {
        const auto found = std::ranges::find(m_variables.rbegin(), m_variables.rend(), name, &std::pair<std::string_view, Value>::first);
        if (found != m_variables.rend())
            found->second = value;
    }

    bool evaluate(const Pipe& pipe, const Value& dot, Value& value)
    {
        if (!evaluateCommands(pipe, dot, value))
            return false;
        for (const auto& name : pipe.variables) {
            if (pipe.assigns)
                assign(name, value);
            else
                m_variables.emplace_back(name, value);
        }
        return true;
    }

    bool evaluateCommands(const Pipe& pipe, const Value& dot, Value& value)
    {
        for (std::size_t i = 0; i < pipe.commands.size(); ++i) {
            Value result;
            if (!evaluate(pipe.commands[i], dot, i > 0 ? &value : nullptr, result))
                return false;
            value = std::move(result);
        }
        return true;
    }

    bool evaluate(const Command& command, const Value& dot, const Value* piped, Value& value)
    {
        const auto& first = command.operands.front();
        const std::size_t count = command.operands.size() - 1 + (piped ? 1 : 0);
        const bool isFunction = first.kind == Operand::Kind::function;
        if (isFunction && !*first.function)
            return logical(command, dot, piped, value) && follow(first, 0, {}, value);
        if (count == 0 && !isFunction)
            return operand(first, dot, value);
        std::vector<Value> arguments(count);
        for (std::size_t i = 1; i < command.operands.size(); ++i) {
            if (!operand(command.operands[i], dot, arguments[i - 1]))
                return false;
        }
        if (piped)
            arguments.back() = *piped;
        if (isFunction)
            return call(first, arguments, value) && follow(first, 0, {}, value);
        if (first.fields.empty())
            return fail(first.offset, "can't give argument to non-function");
        return start(first, dot, value) && follow(first, 0, arguments, value);
    }

    /// `and` and `or` evaluate only what decides.
    bool logical(const Command& command, const Value& dot, const Value* piped, Value& value)
    {
        const auto& first = command.operands.front();
        if (command.operands.size() == 1 && !piped)
            return fail(first.offset, formatted("wrong number of args for {}: want at least 1 got 0", first.name));
        const bool isOr = first.name == "or";
        for (std::size_t i = 1; i < command.operands.size(); ++i) {
            if (!operand(command.operands[i], dot, value))
                return false;
            if (value.truth() == isOr)
                return true;
        }
        if (piped)
            value = *piped;
        return true;
    }

    bool call(const Operand& function, std::span<const Value> arguments, Value& value)
    {
        auto result = (*function.function)(Call { function.name, arguments, m_context });
        if (!result)
            return fail(function.offset, formatted("error calling {}: {}", function.name, result.error().message));
        value = std::move(*result);
        const auto* text = value.string();
        return !text || work(text->size() / kBytesAsOneNode, function.offset);
    }

    /// The value that the operand's fields are taken of.
    bool start(const Operand& item, const Value& dot, Value& value)
    {
        switch (item.kind) {
        case Operand::Kind::dot: value = dot; return true;
        case Operand::Kind::literal: value = item.literal; return true;
        case Operand::Kind::variable: {
            const auto found = std::ranges::find(m_variables.rbegin(), m_variables.rend(), item.name, &std::pair<std::string_view, Value>::first);
            if (found == m_variables.rend())
                return fail(item.offset, formatted("undefined variable: {}", item.name));
            value = found->second;
            return true;
        }
        case Operand::Kind::pipe: return evaluate(*item.pipe, dot, value);
        case Operand::Kind::function:
            if (!*item.function)
                return fail(item.offset, formatted("wrong number of args for {}: want at least 1 got 0", item.name));
            return call(item, {}, value);
        }
        return true;
    }

    bool operand(const Operand& item, const Value& dot, Value& value)
    {
        // The common `.name` without copying what the dot is.
        if (item.kind == Operand::Kind::dot && !item.fields.empty())
            return field(item, item.fields[0], dot, {}, value) && follow(item, 1, {}, value);
        return start(item, dot, value) && follow(item, 0, {}, value);
    }

    bool follow(const Operand& item, std::size_t from, std::span<const Value> arguments, Value& value)
    {
        for (std::size_t i = from; i < item.fields.size(); ++i) {
            const Value holder = std::move(value);
            const bool last = i + 1 == item.fields.size();
            if (!field(item, item.fields[i], holder, last ? arguments : std::span<const Value>(), value))
                return false;
        }
        return true;
    }

    bool field(const Operand& item, const std::string& name, const Value& holder, std::span<const Value> arguments, Value& value)
    {
        if (const auto* object = holder.object()) {
            auto result = object->member(name, arguments);
            if (!result)
                return fail(item.offset, result.error().message);
            value = std::move(*result);
            return true;
        }
        if (const auto* map = holder.map()) {
            if (!arguments.empty())
                return fail(item.offset, formatted("{} is not a method but has arguments", name));
            const auto found = map->find(name);
            value = found == map->end() ? Value("") : found->second;
            return true;
        }
        if (holder.isNil())
            return fail(item.offset, formatted("nil data; no entry for key {}", goQuoted(name)));
        return fail(item.offset, formatted("can't evaluate field {} in type {}", name, holder.typeName()));
    }

    std::string_view m_name;
    std::string_view m_text;
    const Definitions& m_defined;
    std::string& m_out;
    const void* m_context;
    std::vector<std::pair<std::string_view, Value>> m_variables;
    Flow m_flow = Flow::on;
    std::size_t m_depth = 0;
    std::size_t m_work = 0;
    Error m_error;
};

}

Result<void> executeNodes(std::string_view name, std::string_view text, const std::vector<Node>& nodes, const Definitions& defined,
    std::string& out, const Value& data, const void* context)
{
    return Executor(name, text, defined, out, context).run(nodes, data);
}

}
