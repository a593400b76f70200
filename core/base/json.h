#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace belvedere {

/// A JSON document that can be edited and written without losing what nobody looked at: members keep their order
/// (duplicates too), numbers keep their text.
///
/// Reading is forgiving: a member that is absent reads as null, a value of another type as the fallback. So code that
/// walks a foreign document says what it wants and not what might be missing.
class Json {
public:
    struct Member;
    using Array = std::vector<Json>;
    using Object = std::vector<Member>;
    enum class Type : std::uint8_t { null, boolean, number, string, array, object };

    Json() noexcept;
    Json(std::nullptr_t) noexcept;
    Json(bool value);
    Json(double value);
    Json(int value);
    Json(std::int64_t value);
    Json(std::size_t value);
    Json(const char* text);
    Json(std::string_view text);
    Json(std::string text);
    Json(Array items);
    Json(Object members);
    Json(const Json&);
    Json(Json&&) noexcept;
    Json& operator=(const Json&);
    Json& operator=(Json&&) noexcept;
    ~Json();

    [[nodiscard]] static Json array(std::initializer_list<Json> items = {});
    [[nodiscard]] static Json object(std::initializer_list<Member> members = {});

    /// One value with white space around it; a byte order mark is skipped. The error names line and column and carries the
    /// place. Nesting deeper than 256 is an error.
    [[nodiscard]] static Result<Json> parse(std::string_view text);

    /// With line breaks and `indent` spaces a level; on one line if `indent` is negative.
    [[nodiscard]] std::string write(int indent = -1) const;

    [[nodiscard]] Type type() const noexcept { return static_cast<Type>(m_value.index()); }
    [[nodiscard]] bool isNull() const noexcept { return type() == Type::null; }
    [[nodiscard]] bool isBool() const noexcept { return type() == Type::boolean; }
    [[nodiscard]] bool isNumber() const noexcept { return type() == Type::number; }
    [[nodiscard]] bool isString() const noexcept { return type() == Type::string; }
    [[nodiscard]] bool isArray() const noexcept { return type() == Type::array; }
    [[nodiscard]] bool isObject() const noexcept { return type() == Type::object; }

    [[nodiscard]] bool toBool(bool fallback = false) const noexcept;
    [[nodiscard]] double toDouble(double fallback = 0) const noexcept;
    [[nodiscard]] std::int64_t toInt(std::int64_t fallback = 0) const noexcept;
    /// The text of a string; "" for every other type. Valid as long as this value is not changed.
    [[nodiscard]] std::string_view text() const noexcept;
    [[nodiscard]] std::string toString(std::string_view fallback = {}) const;
    /// A number, or a string that holds one ("3"): old documents have both.
    [[nodiscard]] std::optional<double> looseNumber() const noexcept;

    /// The member `key`, null if there is none; of duplicates the last, as in JavaScript.
    [[nodiscard]] const Json& operator[](std::string_view key) const noexcept;
    [[nodiscard]] const Json& operator[](std::size_t index) const noexcept;
    [[nodiscard]] const Json* find(std::string_view key) const noexcept;
    [[nodiscard]] Json* find(std::string_view key) noexcept;
    [[nodiscard]] bool has(std::string_view key) const noexcept { return find(key) != nullptr; }

    /// Items of an array, members of an object; empty for every other type.
    [[nodiscard]] const Array& items() const noexcept;
    [[nodiscard]] const Object& members() const noexcept;
    [[nodiscard]] std::size_t size() const noexcept;

    /// For editing: what is not an array (object) becomes an empty one.
    Array& mutableItems();
    Object& mutableMembers();
    /// Replaces the member in its place or appends it.
    Json& set(std::string_view key, Json value);
    /// The member, made if there is none. The reference is valid until a member is added to or removed from this object.
    Json& at(std::string_view key);
    bool remove(std::string_view key);
    void append(Json value) { mutableItems().push_back(std::move(value)); }

    /// Same structure and order; numbers are equal if their values are.
    [[nodiscard]] bool operator==(const Json& other) const;

private:
    struct Number {
        std::string text;
    };
    friend class JsonParser;
    void writeTo(std::string& out, int indent, int level) const;

    std::variant<std::monostate, bool, Number, std::string, Array, Object> m_value;
};

struct Json::Member {
    std::string key;
    Json value;

    bool operator==(const Member&) const = default;
};

}
