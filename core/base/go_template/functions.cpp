#include "core/base/go_template/functions.h"

#include "core/base/format.h"
#include "core/base/go_template/print.h"
#include "core/base/text.h"

namespace belvedere::gotemplate {

namespace {

std::string escaped(std::string_view text, bool html)
{
    std::string out;
    for (const char c : text) {
        if (html) {
            switch (c) {
            case '"': out += "&#34;"; break;
            case '\'': out += "&#39;"; break;
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '\0': out += "\xEF\xBF\xBD"; break;
            default: out += c;
            }
        } else {
            switch (c) {
            case '\\': out += "\\\\"; break;
            case '\'': out += "\\'"; break;
            case '"': out += "\\\""; break;
            case '<': out += "\\u003C"; break;
            case '>': out += "\\u003E"; break;
            case '&': out += "\\u0026"; break;
            case '=': out += "\\u003D"; break;
            default:
                if (static_cast<unsigned char>(c) < 0x20)
                    out += formatted("\\u{:04X}", static_cast<unsigned>(c));
                else
                    out += c;
            }
        }
    }
    return out;
}

std::unexpected<Error> fail(std::string message) { return failure(ErrorCode::execution, std::move(message)); }

/// -1, 0, 1; nothing if the types do not compare.
Result<int> compare(const Value& a, const Value& b, bool equality)
{
    const auto sign = [](auto x, auto y) { return x < y ? -1 : x > y ? 1 : 0; };
    if (a.integer() && b.integer())
        return sign(*a.integer(), *b.integer());
    if (a.number() && b.number())
        return sign(*a.number(), *b.number());
    if (a.string() && b.string())
        return a.string()->compare(*b.string());
    if (equality && a.boolean() && b.boolean())
        return *a.boolean() == *b.boolean() ? 0 : 1;
    if (equality && (a.isNil() || b.isNil()))
        return a.isNil() && b.isNil() ? 0 : 1;
    if (a.list() || b.list() || a.map() || b.map() || a.object() || b.object() || (!equality && (a.isNil() || b.isNil() || a.boolean())))
        return fail("non-comparable type");
    return fail("incompatible types for comparison");
}

Result<Value> indexed(const Value& container, const Value& key)
{
    if (const auto* map = container.map()) {
        if (!key.string())
            return fail(formatted("value has type {}; should be string", key.typeName()));
        const auto found = map->find(*key.string());
        return found == map->end() ? Value() : found->second;
    }
    if (const auto* object = container.object(); object && key.string())
        return object->member(*key.string(), {});
    if (!key.integer())
        return fail(container.isNil() ? std::string("index of untyped nil") : formatted("cannot index slice/array with type {}", key.typeName()));
    const auto at = *key.integer();
    const auto size = container.list() ? container.list()->size() : container.string() ? container.string()->size() : 0;
    if (!container.list() && !container.string())
        return fail(container.isNil() ? std::string("index of untyped nil") : formatted("can't index item of type {}", container.typeName()));
    if (at < 0 || static_cast<std::size_t>(at) >= size)
        return fail(formatted("index out of range: {}", at));
    if (container.list())
        return (*container.list())[static_cast<std::size_t>(at)];
    return Value(static_cast<std::int64_t>(static_cast<unsigned char>((*container.string())[static_cast<std::size_t>(at)])));
}

Result<Value> sliced(const Call& call)
{
    if (call.arguments.empty())
        return fail("slice of untyped nil");
    const auto& item = call.arguments[0];
    if (!item.string() && !item.list())
        return fail(formatted("can't slice item of type {}", item.typeName()));
    const auto size = static_cast<std::int64_t>(item.string() ? item.string()->size() : item.list()->size());
    std::int64_t from = 0;
    std::int64_t to = size;
    if (call.arguments.size() > 1) {
        const auto value = call.integerAt(1);
        if (!value)
            return std::unexpected(value.error());
        from = *value;
    }
    if (call.arguments.size() > 2) {
        const auto value = call.integerAt(2);
        if (!value)
            return std::unexpected(value.error());
        to = *value;
    }
    if (from < 0 || to > size || from > to)
        return fail(formatted("index out of range: {}", from < 0 || from > size ? from : to));
    if (item.string())
        return Value(item.string()->substr(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from)));
    return Value(List(item.list()->begin() + from, item.list()->begin() + to));
}

template <class Test>
Function comparison(Test test, bool equality)
{
    return [test, equality](const Call& call) -> Result<Value> {
        if (call.arguments.size() < 2)
            return fail("missing argument for comparison");
        const auto result = compare(call.arguments[0], call.arguments[1], equality);
        if (!result)
            return std::unexpected(result.error());
        return Value(test(*result));
    };
}

}

const Functions& builtins()
{
    static const Functions functions {
        { "and", {} },
        { "or", {} },
        { "not", [](const Call& call) -> Result<Value> {
             if (auto ok = call.expect(1); !ok)
                 return std::unexpected(ok.error());
             return Value(!call.arguments[0].truth());
         } },
        { "len", [](const Call& call) -> Result<Value> {
             if (auto ok = call.expect(1); !ok)
                 return std::unexpected(ok.error());
             const auto& value = call.arguments[0];
             if (value.string())
                 return Value(static_cast<std::int64_t>(value.string()->size()));
             if (value.list())
                 return Value(static_cast<std::int64_t>(value.list()->size()));
             if (value.map())
                 return Value(static_cast<std::int64_t>(value.map()->size()));
             return fail(value.isNil() ? std::string("len of nil pointer") : formatted("len of type {}", value.typeName()));
         } },
        { "index", [](const Call& call) -> Result<Value> {
             if (call.arguments.empty())
                 return fail("index of untyped nil");
             Result<Value> value = call.arguments[0];
             for (std::size_t i = 1; value && i < call.arguments.size(); ++i)
                 value = indexed(*value, call.arguments[i]);
             return value;
         } },
        { "slice", sliced },
        { "print", [](const Call& call) -> Result<Value> { return Value(printAll(call.arguments, false)); } },
        { "println", [](const Call& call) -> Result<Value> { return Value(printAll(call.arguments, true)); } },
        { "printf", [](const Call& call) -> Result<Value> {
             const auto format = call.stringAt(0);
             if (!format)
                 return std::unexpected(format.error());
             return Value(sprintf(*format, call.arguments.subspan(1)));
         } },
        { "html", [](const Call& call) -> Result<Value> { return Value(escaped(printAll(call.arguments, false), true)); } },
        { "js", [](const Call& call) -> Result<Value> { return Value(escaped(printAll(call.arguments, false), false)); } },
        { "urlquery", [](const Call& call) -> Result<Value> { return Value(formEncoded(printAll(call.arguments, false))); } },
        { "eq", [](const Call& call) -> Result<Value> {
             if (call.arguments.size() < 2)
                 return fail("missing argument for comparison");
             for (std::size_t i = 1; i < call.arguments.size(); ++i) {
                 const auto result = compare(call.arguments[0], call.arguments[i], true);
                 if (!result)
                     return std::unexpected(result.error());
                 if (*result == 0)
                     return Value(true);
             }
             return Value(false);
         } },
        { "ne", comparison([](int order) { return order != 0; }, true) },
        { "lt", comparison([](int order) { return order < 0; }, false) },
        { "le", comparison([](int order) { return order <= 0; }, false) },
        { "gt", comparison([](int order) { return order > 0; }, false) },
        { "ge", comparison([](int order) { return order >= 0; }, false) },
    };
    return functions;
}

}
