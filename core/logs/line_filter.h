#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace belvedere::logs {

/// The filter of a chunk: tells for most texts that no line of the chunk contains them, without decoding it.
///
/// Two bitmaps. One has a bit for every three consecutive bytes; that rules out most words. Identifiers made of hex
/// digits contain nothing but common trigrams, so the other has bits for a sample of the six-byte pieces: of every seven
/// neighbouring pieces the one with the smallest hash ("winnowing": Schleimer, Wilkerson, Aiken, SIGMOD 2003). A
/// text of twelve bytes or more contains a whole such neighbourhood, so it yields the same piece wherever it stands.
///
/// Each bitmap has one hash function and a power of two as its size, so it is filled at full size and then folded in
/// half until it is as full as pays. Layout: docs/format/logs.md.

/// Appends the filter of `text`, the lines of a chunk one behind the other. `scratch` keeps memory between calls.
class LineFilterBuilder {
public:
    void append(std::string& out, std::string_view text);

private:
    std::vector<std::uint8_t> m_trigrams; ///< one byte a bit
    std::vector<std::uint64_t> m_pieces;
};

/// What a text must have set in every filter of a chunk that contains it.
class LineProbe {
public:
    explicit LineProbe(std::string_view literal);

    /// False only if no line of the filter's chunk contains the literal. A malformed filter excludes nothing.
    [[nodiscard]] bool mayContain(std::string_view filter) const;

private:
    std::vector<std::uint32_t> m_trigrams;
    std::vector<std::uint32_t> m_pieces;
};

}
