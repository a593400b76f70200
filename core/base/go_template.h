#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace belvedere::gotemplate {

class Value;
using List = std::vector<Value>;
using Map = std::map<std::string, Value, std::less<>>;

/// A value with fields and methods of its own: an alert, a time, the labels of a log line.
class Object {
public:
    virtual ~Object() = default;

    /// What `{{ .member }}` or `{{ .member arg }}` gives.
    [[nodiscard]] virtual Result<Value> member(std::string_view name, std::span<const Value> arguments) const = 0;
    /// What `{{ . }}` prints.
    [[nodiscard]] virtual std::string text() const = 0;
    /// What `if` makes of it.
    [[nodiscard]] virtual bool truth() const { return true; }
};

/// What a template computes with. Cheap to copy except for long strings.
class Value {
public:
    Value() = default; ///< nil
    Value(bool value) : m_data(value) { }
    Value(int value) : m_data(static_cast<std::int64_t>(value)) { }
    Value(std::int64_t value) : m_data(value) { }
    Value(double value) : m_data(value) { }
    Value(std::string value) : m_data(std::move(value)) { }
    Value(std::string_view value) : m_data(std::string(value)) { }
    Value(const char* value) : m_data(std::string(value)) { }
    Value(List value) : m_data(std::make_shared<const List>(std::move(value))) { }
    Value(Map value) : m_data(std::make_shared<const Map>(std::move(value))) { }
    Value(std::shared_ptr<const Object> value) : m_data(std::move(value)) { }

    [[nodiscard]] bool isNil() const { return std::holds_alternative<std::monostate>(m_data); }
    [[nodiscard]] const bool* boolean() const { return std::get_if<bool>(&m_data); }
    [[nodiscard]] const std::int64_t* integer() const { return std::get_if<std::int64_t>(&m_data); }
    [[nodiscard]] const double* number() const { return std::get_if<double>(&m_data); }
    [[nodiscard]] const std::string* string() const { return std::get_if<std::string>(&m_data); }
    [[nodiscard]] const List* list() const { return pointee<List>(); }
    [[nodiscard]] const Map* map() const { return pointee<Map>(); }
    [[nodiscard]] const Object* object() const { return pointee<Object>(); }

    /// Go's idea of true: not zero, not empty, not nil.
    [[nodiscard]] bool truth() const;
    /// As `print` writes it; nil is "<nil>".
    [[nodiscard]] std::string text() const;
    /// Go's name of the type: "string", "int", "float64".
    [[nodiscard]] std::string_view typeName() const;

private:
    template <class T>
    const T* pointee() const
    {
        const auto* pointer = std::get_if<std::shared_ptr<const T>>(&m_data);
        return pointer ? pointer->get() : nullptr;
    }

    std::variant<std::monostate, bool, std::int64_t, double, std::string, std::shared_ptr<const List>,
        std::shared_ptr<const Map>, std::shared_ptr<const Object>>
        m_data;
};

/// What a function is called with.
struct Call {
    std::string_view name;
    std::span<const Value> arguments;
    const void* context = nullptr; ///< what the caller of execute() passed

    /// Arguments as Go would convert them; a failure is Go's sentence.
    [[nodiscard]] Result<void> expect(std::size_t count) const;
    [[nodiscard]] Result<std::string_view> stringAt(std::size_t index) const;
    [[nodiscard]] Result<std::int64_t> integerAt(std::size_t index) const;
    [[nodiscard]] Result<double> numberAt(std::size_t index) const;
};

using Function = std::function<Result<Value>(const Call& call)>;
/// Functions beside the built-in ones (and, or, not, len, index, slice, print, printf, println, html, js, urlquery, eq,
/// ne, lt, le, gt, ge), which they may replace.
using Functions = std::map<std::string, Function, std::less<>>;

/// Go's text/template: text with actions in `{{ }}`, pipelines, variables, if, with, range, define and template.
/// Threading: execute() from any thread.
class Template {
public:
    /// Fails with parse and the place. `functions` must outlive the template. `prelude` is put in front of the text, for
    /// variables that every text may use (`{{$labels := .Labels}}`).
    [[nodiscard]] static Result<Template> parse(std::string_view name, std::string_view text, const Functions& functions, std::string_view prelude = {});

    Template(Template&&) noexcept;
    Template& operator=(Template&&) noexcept;
    ~Template();

    /// Appends the result to `out`; on a failure `out` holds what was written before it. `context` reaches the functions.
    /// A missing map key is "" (missingkey=zero over strings).
    [[nodiscard]] Result<void> execute(std::string& out, const Value& data, const void* context = nullptr) const;
    /// Runs the named template that `define` made; fails with notFound if there is none.
    [[nodiscard]] Result<void> executeNamed(std::string_view name, std::string& out, const Value& data, const void* context = nullptr) const;

    /// Names of fields of the outermost data that the text mentions (`.a`, `$.a`), sorted; nothing if it may use all
    /// (a bare `.` or `$`).
    [[nodiscard]] const std::vector<std::string>* fieldsUsed() const;
    /// True if the text mentions the function.
    [[nodiscard]] bool calls(std::string_view function) const;

private:
    struct Compiled;
    explicit Template(std::unique_ptr<const Compiled> compiled);
    std::unique_ptr<const Compiled> m_compiled;
};

/// Go's fmt.Sprintf.
[[nodiscard]] std::string sprintf(std::string_view format, std::span<const Value> arguments);

/// strconv.FormatFloat(value, 'g', -1, 64): what `print` writes for a float.
[[nodiscard]] std::string formatFloatG(double value);

}
