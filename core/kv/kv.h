#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

struct MDB_env;
struct MDB_txn;
struct MDB_cursor;

/// RAII over LMDB. The only folder that includes lmdb.h; all other code sees these four types.
///
/// Keys are compared as bytes: store integers big-endian (see appendKey64) so that they sort as numbers.
namespace belvedere::kv {

using Bytes = std::string_view;

/// A named table inside an environment.
class Table {
public:
    [[nodiscard]] bool valid() const noexcept { return m_open; }

private:
    friend class Environment;
    friend class Transaction;
    friend class Cursor;
    unsigned m_id = 0;
    bool m_open = false;
};

class Environment;
class Cursor;

/// A transaction. Uncommitted changes are undone on destruction. Values that it hands out point into the map and are
/// valid until the next write in the same transaction, or its end.
/// Threading: used by one thread; a write transaction excludes all other writers.
class Transaction {
public:
    Transaction(Transaction&& other) noexcept;
    Transaction& operator=(Transaction&& other) noexcept;
    ~Transaction();

    [[nodiscard]] Result<std::optional<Bytes>> get(Table table, Bytes key) const;
    /// Replaces the value of an existing key.
    [[nodiscard]] Result<void> put(Table table, Bytes key, Bytes value);
    /// `key` must sort after every key in the table: fills pages completely and is quicker.
    [[nodiscard]] Result<void> append(Table table, Bytes key, Bytes value);
    /// True if the key was there.
    [[nodiscard]] Result<bool> remove(Table table, Bytes key);
    /// Removes all keys in [from, to); answers how many.
    [[nodiscard]] Result<std::size_t> removeRange(Table table, Bytes from, Bytes to);
    [[nodiscard]] Result<Cursor> cursor(Table table) const;
    [[nodiscard]] Result<std::size_t> count(Table table) const;

    /// Makes the changes durable and ends the transaction, also when it fails.
    [[nodiscard]] Result<void> commit();

private:
    friend class Environment;
    friend class Cursor;
    Transaction(MDB_txn* txn, Environment* environment, bool write)
        : m_txn(txn)
        , m_environment(environment)
        , m_write(write)
    {
    }

    MDB_txn* m_txn = nullptr;
    Environment* m_environment = nullptr;
    bool m_write = false;
};

/// Walks a table in key order. Must not outlive its transaction.
class Cursor {
public:
    Cursor(Cursor&& other) noexcept;
    Cursor& operator=(Cursor&& other) noexcept;
    ~Cursor();

    /// Each moves and answers whether there is an entry; then key() and value() are set.
    [[nodiscard]] bool first();
    [[nodiscard]] bool last();
    [[nodiscard]] bool next();
    [[nodiscard]] bool previous();
    /// The first entry whose key is not less than `key`.
    [[nodiscard]] bool seek(Bytes key);

    [[nodiscard]] Bytes key() const noexcept { return m_key; }
    [[nodiscard]] Bytes value() const noexcept { return m_value; }

private:
    friend class Transaction;
    explicit Cursor(MDB_cursor* cursor)
        : m_cursor(cursor)
    {
    }
    [[nodiscard]] bool move(int operation);

    MDB_cursor* m_cursor = nullptr;
    Bytes m_key;
    Bytes m_value;
};

/// A folder with one LMDB file. A process opens a folder once; a second Environment on it fails with alreadyExists, in
/// this process and in any other that wants to write.
/// Threading: read() and write() from any thread.
class Environment {
public:
    struct Options {
        bool readOnly = false;
        unsigned maxTables = 32;
        unsigned maxReaders = 510;
        /// Size of the address range; grows by itself when it is used up.
        std::size_t initialMapBytes = std::size_t { 1 } << 30;
        /// False: a commit survives a crash of this process, but a crash of the machine may lose the last commits
        /// (never the file's consistency). True: each commit waits for the disk.
        bool syncEveryCommit = false;
    };

    [[nodiscard]] static Result<std::unique_ptr<Environment>> open(const std::filesystem::path& folder, Options options);
    ~Environment();

    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;

    /// Opens a table, making it if the environment is writable. Call before other threads use the environment.
    [[nodiscard]] Result<Table> table(const std::string& name);

    /// Waits while the map is being grown. Do not hold one while waiting for a writer.
    [[nodiscard]] Result<Transaction> read() const;
    /// Runs `work` in a write transaction and commits. When the map is full it is grown and `work` runs again from the
    /// start, so `work` must have no effects outside of the transaction that cannot be repeated.
    [[nodiscard]] Result<void> write(const std::function<Result<void>(Transaction&)>& work);
    /// Forces committed data to the disk.
    [[nodiscard]] Result<void> sync();
    /// A consistent copy, without free pages, while others read and write.
    [[nodiscard]] Result<void> copyTo(const std::filesystem::path& folder) const;

    /// Replaces the file by a copy without free pages, and so gives them back to the file system. Waits until no
    /// transaction of this process is open, and holds back new ones meanwhile. Processes that read keep the old file.
    /// Fails without harm, except when the new file cannot be opened: then every later call fails.
    [[nodiscard]] Result<void> compact();

    /// Bytes of the file that are in use, and of the whole file.
    struct Usage {
        std::uint64_t usedBytes = 0;
        std::uint64_t fileBytes = 0;
    };
    [[nodiscard]] Usage usage() const;
    [[nodiscard]] const std::filesystem::path& folder() const noexcept;

private:
    friend class Transaction;
    struct Private;
    explicit Environment(std::unique_ptr<Private> d);
    void beginReading() const;
    void readEnded() const;

    std::unique_ptr<Private> d;
};

/// Appends 8 bytes, big-endian: sorts as the unsigned number.
inline void appendKey64(std::string& key, std::uint64_t value)
{
    for (int shift = 56; shift >= 0; shift -= 8)
        key += static_cast<char>(value >> shift);
}
/// Appends 8 bytes that sort as the signed number.
inline void appendKeySigned64(std::string& key, std::int64_t value) { appendKey64(key, static_cast<std::uint64_t>(value) ^ (1ULL << 63)); }
/// Reads back 8 bytes; `key` must have them.
[[nodiscard]] inline std::uint64_t readKey64(Bytes key)
{
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 8; ++i)
        value = value << 8 | static_cast<unsigned char>(key[i]);
    return value;
}
[[nodiscard]] inline std::int64_t readKeySigned64(Bytes key) { return static_cast<std::int64_t>(readKey64(key) ^ (1ULL << 63)); }

}
