#include "core/kv/kv.h"

#include "core/base/file_lock.h"
#include "core/base/format.h"

#include <lmdb.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace belvedere::kv {

namespace {

Error toError(int code, std::string_view what)
{
    ErrorCode kind = ErrorCode::io;
    if (code == MDB_MAP_FULL || code == ENOSPC)
        kind = ErrorCode::full;
    else if (code == MDB_CORRUPTED || code == MDB_PAGE_NOTFOUND || code == MDB_INVALID || code == MDB_VERSION_MISMATCH)
        kind = ErrorCode::corrupt;
    return Error { kind, formatted("{}: {}", what, mdb_strerror(code)), std::nullopt };
}

std::unexpected<Error> fail(int code, std::string_view what) { return std::unexpected(toError(code, what)); }

/// Read transactions that this thread has open, by environment.
std::size_t& openReads(const void* environment)
{
    thread_local std::map<const void*, std::size_t> counts;
    return counts[environment];
}

MDB_val toVal(Bytes bytes) { return MDB_val { bytes.size(), const_cast<char*>(bytes.data()) }; }
Bytes fromVal(const MDB_val& val) { return { static_cast<const char*>(val.mv_data), val.mv_size }; }

}

// The map may only be resized while no transaction of this process is open, so read transactions are counted and a
// writer that needs room waits until there are none, holding back new ones meanwhile.
struct Environment::Private {
    MDB_env* env = nullptr; ///< null after compact() could not open the new file
    std::filesystem::path folder;
    Options options;
    std::vector<std::string> tables; ///< in the order in which they were opened
    bool readOnly = false;
    std::unique_ptr<FileLock> writerLock;

    std::mutex writeMutex; ///< serialises write()
    mutable std::mutex gateMutex;
    mutable std::condition_variable gate;
    mutable std::size_t readers = 0; // guarded by gateMutex
    bool growing = false;            // guarded by gateMutex

    [[nodiscard]] Result<void> openEnv();
    [[nodiscard]] static std::unexpected<Error> unusable() { return failure(ErrorCode::io, "the store could not be opened again after it was compacted; restart the program"); }

    [[nodiscard]] int grow()
    {
        std::unique_lock lock(gateMutex);
        growing = true;
        gate.wait(lock, [this] { return readers == 0; });
        MDB_envinfo info {};
        mdb_env_info(env, &info);
        const int code = mdb_env_set_mapsize(env, info.me_mapsize * 2);
        growing = false;
        lock.unlock();
        gate.notify_all();
        return code;
    }
};

Environment::Environment(std::unique_ptr<Private> p)
    : d(std::move(p))
{
}

Environment::~Environment()
{
    if (d->env)
        mdb_env_close(d->env);
}

Result<std::unique_ptr<Environment>> Environment::open(const std::filesystem::path& folder, Options options)
{
    auto p = std::make_unique<Private>();
    p->folder = folder;
    p->readOnly = options.readOnly;
    std::error_code ec;
    if (!options.readOnly) {
        std::filesystem::create_directories(folder, ec);
        if (ec)
            return failure(ErrorCode::io, formatted("cannot make the folder {}: {}", folder.string(), ec.message()));
        auto lock = FileLock::acquire(folder / "writer.lock");
        if (!lock) {
            if (lock.error().code == ErrorCode::alreadyExists)
                return failure(ErrorCode::alreadyExists, formatted("{} is in use by another Belvedere; close that one or choose another workspace", folder.string()));
            return std::unexpected(std::move(lock.error()));
        }
        p->writerLock = std::move(*lock);
    } else if (!std::filesystem::exists(folder / "data.mdb", ec)) {
        return failure(ErrorCode::notFound, formatted("there is no store in {}", folder.string()));
    }
    p->options = options;
    if (auto done = p->openEnv(); !done)
        return std::unexpected(std::move(done.error()));
    return std::unique_ptr<Environment>(new Environment(std::move(p)));
}

Result<void> Environment::Private::openEnv()
{
    const auto what = formatted("open the store in {}", folder.string());
    MDB_env* opened = nullptr;
    if (const int code = mdb_env_create(&opened); code != 0)
        return fail(code, what);
    mdb_env_set_maxdbs(opened, options.maxTables);
    mdb_env_set_maxreaders(opened, options.maxReaders);
    std::size_t size = options.initialMapBytes;
    std::error_code ec;
    if (const auto file = std::filesystem::file_size(folder / "data.mdb", ec); !ec) {
        while (size < file + file / 4)
            size *= 2;
    }
    mdb_env_set_mapsize(opened, size);
    unsigned flags = MDB_NOTLS | MDB_NORDAHEAD;
    if (options.readOnly)
        flags |= MDB_RDONLY;
    else if (!options.syncEveryCommit)
        flags |= MDB_NOMETASYNC;
    if (const int code = mdb_env_open(opened, folder.c_str(), flags, 0644); code != 0) {
        mdb_env_close(opened);
        return fail(code, what);
    }
    int dead = 0;
    mdb_reader_check(opened, &dead);
    env = opened;
    return {};
}

Result<Table> Environment::table(const std::string& name)
{
    if (!d->env)
        return Private::unusable();
    MDB_txn* txn = nullptr;
    const auto what = formatted("open table {}", name);
    if (const int code = mdb_txn_begin(d->env, nullptr, d->readOnly ? MDB_RDONLY : 0, &txn); code != 0)
        return fail(code, what);
    Table table;
    if (const int code = mdb_dbi_open(txn, name.c_str(), d->readOnly ? 0 : MDB_CREATE, &table.m_id); code != 0) {
        mdb_txn_abort(txn);
        if (code == MDB_NOTFOUND)
            return failure(ErrorCode::notFound, what + ": there is none");
        return fail(code, what);
    }
    // A handle becomes usable by others only when its transaction commits, read-only or not.
    if (const int code = mdb_txn_commit(txn); code != 0)
        return fail(code, what);
    table.m_open = true;
    d->tables.push_back(name);
    return table;
}

void Environment::beginReading() const
{
    // A thread that reads already is one of those that are waited for: it must not wait in turn.
    auto& own = openReads(d.get());
    std::unique_lock lock(d->gateMutex);
    d->gate.wait(lock, [&] { return !d->growing || own > 0; });
    ++d->readers;
    ++own;
}

Result<Transaction> Environment::read() const
{
    beginReading();
    if (!d->env) {
        readEnded();
        return Private::unusable();
    }
    MDB_txn* txn = nullptr;
    int code = mdb_txn_begin(d->env, nullptr, MDB_RDONLY, &txn);
    if (code == MDB_MAP_RESIZED) {
        // Another process has grown the file; take over its size. Only possible while we alone are reading.
        std::unique_lock lock(d->gateMutex);
        d->growing = true;
        d->gate.wait(lock, [this] { return d->readers == 1; });
        mdb_env_set_mapsize(d->env, 0);
        d->growing = false;
        lock.unlock();
        d->gate.notify_all();
        code = mdb_txn_begin(d->env, nullptr, MDB_RDONLY, &txn);
    }
    if (code != 0) {
        readEnded();
        return fail(code, "begin reading");
    }
    return Transaction(txn, const_cast<Environment*>(this), false);
}

void Environment::readEnded() const
{
    {
        const std::scoped_lock lock(d->gateMutex);
        --d->readers;
        --openReads(d.get());
    }
    d->gate.notify_all();
}

Result<void> Environment::write(const std::function<Result<void>(Transaction&)>& work)
{
    const std::scoped_lock lock(d->writeMutex);
    if (!d->env)
        return Private::unusable();
    for (int attempt = 0;; ++attempt) {
        MDB_txn* txn = nullptr;
        if (const int code = mdb_txn_begin(d->env, nullptr, 0, &txn); code != 0)
            return fail(code, "begin writing");
        Result<void> result;
        {
            Transaction transaction(txn, this, true);
            result = work(transaction);
            if (result)
                result = transaction.commit();
        }
        if (result || result.error().code != ErrorCode::full || attempt >= 40)
            return result;
        std::error_code ec;
        if (const auto space = std::filesystem::space(d->folder, ec); !ec && space.available < (8U << 20))
            return failure(ErrorCode::full, formatted("the disk that holds {} is full; free some space, writing goes on by itself then", d->folder.string()));
        if (const int code = d->grow(); code != 0)
            return fail(code, "grow the map");
    }
}

Result<void> Environment::sync()
{
    const std::scoped_lock lock(d->writeMutex);
    if (!d->env)
        return Private::unusable();
    if (const int code = mdb_env_sync(d->env, 1); code != 0)
        return fail(code, "sync");
    return {};
}

Result<void> Environment::copyTo(const std::filesystem::path& folder) const
{
    std::error_code ec;
    std::filesystem::create_directories(folder, ec);
    // The copy reads inside a transaction of its own, so it counts as a reader.
    beginReading();
    const int code = d->env ? mdb_env_copy2(d->env, folder.c_str(), MDB_CP_COMPACT) : EIO;
    readEnded();
    if (code != 0)
        return fail(code, formatted("copy the store to {}", folder.string()));
    return {};
}

// The copy is made while others read; only the exchange of the files holds them back. The lock file is exchanged with the
// data file: it carries the number of the last transaction, and the copy begins to count anew.
Result<void> Environment::compact()
{
    const std::scoped_lock writeLock(d->writeMutex);
    if (!d->env)
        return Private::unusable();
    const auto temporary = d->folder / "compacting";
    std::error_code ec;
    std::filesystem::remove_all(temporary, ec);
    if (auto done = copyTo(temporary); !done)
        return done;
    {
        // LMDB does not wait for the disk when it copies.
        MDB_env* copy = nullptr;
        int code = mdb_env_create(&copy);
        if (code == 0)
            code = mdb_env_open(copy, temporary.c_str(), MDB_NOLOCK, 0644);
        if (code == 0)
            code = mdb_env_sync(copy, 1);
        if (copy)
            mdb_env_close(copy);
        if (code != 0)
            return fail(code, "compact the store");
    }
    std::unique_lock lock(d->gateMutex);
    d->growing = true;
    d->gate.wait(lock, [this] { return d->readers == 0; });
    lock.unlock();
    mdb_env_close(d->env);
    d->env = nullptr;
    std::filesystem::remove(d->folder / "lock.mdb", ec);
    std::filesystem::rename(temporary / "data.mdb", d->folder / "data.mdb", ec);
    Result<void> done;
    if (ec)
        done = failure(ErrorCode::io, formatted("compact the store in {}: {}", d->folder.string(), ec.message()));
    std::error_code ignored;
    std::filesystem::remove_all(temporary, ignored);
    auto opened = d->openEnv();
    if (opened) {
        // Handles are numbered in the order in which tables are opened, so those that are out stay valid.
        const auto tables = std::exchange(d->tables, {});
        for (const auto& name : tables) {
            if (auto table = this->table(name); !table) {
                opened = std::unexpected(std::move(table.error()));
                break;
            }
        }
        if (!opened)
            mdb_env_close(std::exchange(d->env, nullptr));
    }
    lock.lock();
    d->growing = false;
    lock.unlock();
    d->gate.notify_all();
    return done ? opened : done;
}

Environment::Usage Environment::usage() const
{
    beginReading();
    MDB_envinfo info {};
    MDB_stat stat {};
    if (d->env) {
        mdb_env_info(d->env, &info);
        mdb_env_stat(d->env, &stat);
    }
    readEnded();
    std::error_code ec;
    const auto file = std::filesystem::file_size(d->folder / "data.mdb", ec);
    return { (info.me_last_pgno + 1) * stat.ms_psize, ec ? 0 : file };
}

const std::filesystem::path& Environment::folder() const noexcept { return d->folder; }

Transaction::Transaction(Transaction&& other) noexcept
    : m_txn(std::exchange(other.m_txn, nullptr))
    , m_environment(other.m_environment)
    , m_write(other.m_write)
{
}

Transaction& Transaction::operator=(Transaction&& other) noexcept
{
    std::swap(m_txn, other.m_txn);
    std::swap(m_environment, other.m_environment);
    std::swap(m_write, other.m_write);
    return *this;
}

Transaction::~Transaction()
{
    if (!m_txn)
        return;
    mdb_txn_abort(m_txn);
    if (!m_write)
        m_environment->readEnded();
}

Result<void> Transaction::commit()
{
    auto* txn = std::exchange(m_txn, nullptr);
    const int code = mdb_txn_commit(txn);
    if (!m_write)
        m_environment->readEnded();
    if (code != 0)
        return fail(code, "commit");
    return {};
}

Result<std::optional<Bytes>> Transaction::get(Table table, Bytes key) const
{
    auto k = toVal(key);
    MDB_val value {};
    const int code = mdb_get(m_txn, table.m_id, &k, &value);
    if (code == MDB_NOTFOUND)
        return std::nullopt;
    if (code != 0)
        return fail(code, "get");
    return fromVal(value);
}

Result<void> Transaction::put(Table table, Bytes key, Bytes value)
{
    auto k = toVal(key);
    auto v = toVal(value);
    if (const int code = mdb_put(m_txn, table.m_id, &k, &v, 0); code != 0)
        return fail(code, "put");
    return {};
}

Result<void> Transaction::append(Table table, Bytes key, Bytes value)
{
    auto k = toVal(key);
    auto v = toVal(value);
    if (const int code = mdb_put(m_txn, table.m_id, &k, &v, MDB_APPEND); code != 0)
        return fail(code, code == MDB_KEYEXIST ? "append: the key is not behind the last one" : "append");
    return {};
}

Result<bool> Transaction::remove(Table table, Bytes key)
{
    auto k = toVal(key);
    const int code = mdb_del(m_txn, table.m_id, &k, nullptr);
    if (code == MDB_NOTFOUND)
        return false;
    if (code != 0)
        return fail(code, "remove");
    return true;
}

Result<std::size_t> Transaction::removeRange(Table table, Bytes from, Bytes to)
{
    MDB_cursor* cursor = nullptr;
    if (const int code = mdb_cursor_open(m_txn, table.m_id, &cursor); code != 0)
        return fail(code, "open cursor");
    std::size_t removed = 0;
    auto k = toVal(from);
    MDB_val v {};
    int code = mdb_cursor_get(cursor, &k, &v, MDB_SET_RANGE);
    while (code == 0 && fromVal(k) < to) {
        code = mdb_cursor_del(cursor, 0);
        if (code != 0)
            break;
        ++removed;
        code = mdb_cursor_get(cursor, &k, &v, MDB_GET_CURRENT);
        if (code == EINVAL) // the last entry of a page went: the cursor has no current one
            code = mdb_cursor_get(cursor, &k, &v, MDB_NEXT);
    }
    mdb_cursor_close(cursor);
    if (code != 0 && code != MDB_NOTFOUND)
        return fail(code, "remove a range");
    return removed;
}

Result<Cursor> Transaction::cursor(Table table) const
{
    MDB_cursor* cursor = nullptr;
    if (const int code = mdb_cursor_open(m_txn, table.m_id, &cursor); code != 0)
        return fail(code, "open cursor");
    return Cursor(cursor);
}

Result<std::size_t> Transaction::count(Table table) const
{
    MDB_stat stat {};
    if (const int code = mdb_stat(m_txn, table.m_id, &stat); code != 0)
        return fail(code, "count");
    return stat.ms_entries;
}

Cursor::Cursor(Cursor&& other) noexcept
    : m_cursor(std::exchange(other.m_cursor, nullptr))
    , m_key(other.m_key)
    , m_value(other.m_value)
{
}

Cursor& Cursor::operator=(Cursor&& other) noexcept
{
    std::swap(m_cursor, other.m_cursor);
    m_key = other.m_key;
    m_value = other.m_value;
    return *this;
}

Cursor::~Cursor()
{
    if (m_cursor)
        mdb_cursor_close(m_cursor);
}

bool Cursor::move(int operation)
{
    auto k = toVal(m_key);
    MDB_val v {};
    if (mdb_cursor_get(m_cursor, &k, &v, static_cast<MDB_cursor_op>(operation)) != 0) {
        m_key = {};
        m_value = {};
        return false;
    }
    m_key = fromVal(k);
    m_value = fromVal(v);
    return true;
}

bool Cursor::first() { return move(MDB_FIRST); }
bool Cursor::last() { return move(MDB_LAST); }
bool Cursor::next() { return move(MDB_NEXT); }
bool Cursor::previous() { return move(MDB_PREV); }
bool Cursor::seek(Bytes key)
{
    m_key = key;
    return move(MDB_SET_RANGE);
}

}
