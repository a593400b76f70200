#pragma once

#include "core/base/go_template.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace belvedere::gotemplate {

inline constexpr std::size_t kDeepest = 200; ///< nesting of actions, parentheses and template calls

struct Pipe;

/// One argument of a command: what it starts from, and fields taken of it.
struct Operand {
    enum class Kind : std::uint8_t { dot, literal, variable, function, pipe };
    Kind kind = Kind::dot;
    Value literal;
    std::string name; ///< of a variable or function
    const Function* function = nullptr;
    std::vector<std::string> fields;
    std::unique_ptr<Pipe> pipe;
    std::size_t offset = 0;
};

struct Command {
    std::vector<Operand> operands;
};

struct Pipe {
    std::vector<std::string> variables;
    bool assigns = false; ///< `=` instead of `:=`
    std::vector<Command> commands;
};

struct Node {
    enum class Kind : std::uint8_t { text, action, branch, with, range, call, leave, next };
    Kind kind = Kind::text;
    std::string text; ///< or the name of the called template
    Pipe pipe;
    std::vector<Node> body;
    std::vector<Node> otherwise;
    std::size_t offset = 0;
};

using Definitions = std::map<std::string, std::vector<Node>, std::less<>>;

/// A parsed text.
struct Tree {
    std::vector<Node> root;
    Definitions defined;
    std::vector<std::string> fields;    ///< of the outermost data, as they were met
    bool usesAllFields = false;         ///< `fields` is not all there is
    std::vector<std::string> functions; ///< that are called, as they were met
};

}
