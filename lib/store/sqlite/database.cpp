#include "store/sqlite/database.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>
#include <utility>

#include "base/error.h"
#include "base/ownership.h"

namespace fanout {
namespace {

int flags_of(Database::Mode mode) {
  switch (mode) {
    case Database::Mode::read_only:
      return SQLITE_OPEN_READONLY;
    case Database::Mode::read_write:
      return SQLITE_OPEN_READWRITE;
    case Database::Mode::create:
      break;
  }
  return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
}

// What SQLite takes for a URI reads some characters as its own.
std::string uri_of(const std::filesystem::path& path) {
  std::string uri = "file:";
  for (const char c : path.string()) {
    if (c == '%' || c == '?' || c == '#') {
      uri += fmt::format("%{:02x}", static_cast<unsigned char>(c));
    } else {
      uri += c;
    }
  }
  return uri;
}

bool is_full(int code, int system_error) {
  if ((code & 0xff) == SQLITE_FULL) return true;
  return (code & 0xff) == SQLITE_IOERR && (system_error == ENOSPC || system_error == EDQUOT);
}

std::string hint_for(int code, const std::filesystem::path& path) {
  switch (code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return fmt::format(
          "the file is damaged or no database of fanoutd; keep a copy, then try: sqlite3 '{}' .recover",
          path.string());
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
      if (auto hint = ownership_hint(path.parent_path()); !hint.empty()) return hint;
      return fmt::format("is {} there, and may this user write to it? look with: ls -ld '{}'",
                         path.parent_path().string(), path.parent_path().string());
    case SQLITE_IOERR:
      return "the disk failed; look with: journalctl -k -p err";
    default:
      return "this is not expected; please report it with the lines above";
  }
}

}  // namespace

Database::Database(const std::filesystem::path& path, Mode mode, const std::string& vfs,
                   std::chrono::milliseconds patience)
    : Database(path, path.string(), flags_of(mode), vfs, patience) {
  if (mode == Mode::create) return;
  execute("PRAGMA wal_autocheckpoint = 0");
  checkpoint_on_close(false);
}

Database::Database(const std::filesystem::path& path, const std::string& name, int flags,
                   const std::string& vfs, std::chrono::milliseconds patience)
    : path_(path) {
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(name.c_str(), &opened, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                                   vfs.empty() ? nullptr : vfs.c_str());
  handle_.reset(opened);
  if (code != SQLITE_OK) fail(code, "opening the database");
  sqlite3_busy_timeout(opened, static_cast<int>(patience.count()));
}

Database Database::at_rest(const std::filesystem::path& path, const std::string& vfs) {
  return {path, uri_of(path) + "?immutable=1", SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, vfs, kPatience};
}

void Database::fire_no_triggers() {
  int on = 1;
  sqlite3_db_config(handle(), SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, &on);
  FANOUT_INVARIANT(on == 0);
}

void Database::checkpoint_on_close(bool may) {
  sqlite3_db_config(handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, may ? 0 : 1, nullptr);
}

void Database::keep_log_file() {
  int keep = 1;
  sqlite3_file_control(handle(), "main", SQLITE_FCNTL_PERSIST_WAL, &keep);  // a VFS that cannot does without
}

std::int64_t Database::log_length() const {
  sqlite3_file* log = nullptr;
  sqlite3_int64 length = 0;
  if (sqlite3_file_control(handle(), "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) != SQLITE_OK) return 0;
  if (log == nullptr || log->pMethods == nullptr) return 0;
  return log->pMethods->xFileSize(log, &length) == SQLITE_OK ? length : 0;
}

void Database::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }

void Database::execute(const std::string& sql) {
  const int code = sqlite3_exec(handle(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(code, std::string_view(sql).substr(0, 80));
}

std::int64_t Database::number(const std::string& sql) {
  Statement statement(*this, sql);
  return statement.step() ? statement.integer(0) : 0;
}

std::int64_t Database::last_id() const { return sqlite3_last_insert_rowid(handle()); }
std::int64_t Database::changes() const { return sqlite3_changes64(handle()); }

void Database::fail(int code, std::string_view doing) const {
  const int system_error = handle() != nullptr ? sqlite3_system_errno(handle()) : 0;
  const char* message = handle() != nullptr ? sqlite3_errmsg(handle()) : sqlite3_errstr(code);
  if (is_full(code, system_error)) throw DiskFull(fmt::format("no room for {}", path_.string()));
  if ((code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED) {
    throw MustWait(
        fmt::format("{} is locked by another program", path_.string()),
        "end its transaction; a sqlite3 shell after BEGIN holds the lock until COMMIT or ROLLBACK");
  }
  throw Error(fmt::format("{}: {} ({}, while {})", path_.string(), message, code, doing),
              hint_for(code, path_));
}

Statement::Statement(const Database& database, std::string_view sql) : database_(&database) {
  sqlite3_stmt* prepared = nullptr;
  const int code = sqlite3_prepare_v3(database.handle(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &prepared, nullptr);
  if (code != SQLITE_OK) database.fail(code, sql);
  statement_.reset(prepared);
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

void Statement::check(int code, std::string_view doing) const {
  if (code != SQLITE_OK) database_->fail(code, doing);
}

bool Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  // Reset at once: a statement that stays open would keep the transaction from rolling back.
  const std::string sql = sqlite3_sql(statement_.get());
  sqlite3_reset(statement_.get());
  database_->fail(code, sql);
}

void Statement::run() {
  while (step()) {
  }
  reset();
}

void Statement::reset() { sqlite3_reset(statement_.get()); }

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }
double Statement::real(int column) const { return sqlite3_column_double(statement_.get(), column); }
std::string_view Statement::text(int column) const {
  const unsigned char* text = sqlite3_column_text(statement_.get(), column);
  if (text == nullptr) return {};
  return {reinterpret_cast<const char*>(text),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}
Statement::Kind Statement::kind(int column) const {
  switch (sqlite3_column_type(statement_.get(), column)) {
    case SQLITE_NULL:
      return Kind::null;
    case SQLITE_INTEGER:
      return Kind::integer;
    case SQLITE_FLOAT:
      return Kind::real;
    default:
      return Kind::text;
  }
}
int Statement::columns() const { return sqlite3_column_count(statement_.get()); }
std::string_view Statement::column_name(int column) const {
  return sqlite3_column_name(statement_.get(), column);
}

void Statement::bind_one(int column, std::int64_t value) {
  check(sqlite3_bind_int64(statement_.get(), column, value), "binding a number");
}
void Statement::bind_one(int column, double value) {
  check(sqlite3_bind_double(statement_.get(), column, value), "binding a number");
}
void Statement::bind_one(int column, std::string_view value) {
  const char* data = value.data() != nullptr ? value.data() : "";
  check(sqlite3_bind_text64(statement_.get(), column, data, value.size(), SQLITE_STATIC, SQLITE_UTF8),
        "binding text");
}
void Statement::bind_one(int column, std::nullptr_t) {
  check(sqlite3_bind_null(statement_.get(), column), "binding null");
}

Transaction::Transaction(Database& database) : database_(database) { database_.execute("BEGIN IMMEDIATE"); }

Transaction::~Transaction() {
  if (open_ && sqlite3_get_autocommit(database_.handle()) == 0) {
    sqlite3_exec(database_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

void Transaction::commit() {
  database_.execute("COMMIT");
  open_ = false;
}

}  // namespace fanout
