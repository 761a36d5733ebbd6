// SQLite in RAII: a connection, prepared statements, a transaction that rolls back unless committed.
//
// Only the daemon's own connection (Mode::create) checkpoints; every other one never does, not even when it
// is closed: SQLite before 3.51.3 can lose committed rows when a second connection checkpoints beside a
// writer.
//
// A connection and what is made from it belong to one thread. Failures are exceptions: MustWait for a full
// disk or a database that somebody else keeps locked, Error with a hint for everything else.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace fanout {

class Database {
 public:
  enum class Mode { read_only, read_write, create };
  // Long enough for any honest writer; the sqlite3 shell of an operator may hold a lock for longer.
  static constexpr std::chrono::milliseconds kPatience{5000};

  // vfs: name of a registered SQLite VFS; empty: the system's. patience: how long a lock is waited for.
  Database(const std::filesystem::path& path, Mode mode, const std::string& vfs = {},
           std::chrono::milliseconds patience = kPatience);
  // Reads the file alone, as it lies: takes no lock, makes no file beside it, and changes nothing.
  static Database at_rest(const std::filesystem::path& path, const std::string& vfs = {});

  void execute(const std::string& sql);         // one or more statements without results
  std::int64_t number(const std::string& sql);  // first column of the first row; 0 if there is none
  std::int64_t last_id() const;
  std::int64_t changes() const;  // rows that the last statement changed itself
  // From here on changes made through this connection fire no triggers of the tables. Whoever calls this does
  // by hand what the triggers do.
  void fire_no_triggers();
  // Whether closing the connection may checkpoint and remove the log.
  void checkpoint_on_close(bool may);
  // Bytes of the file beside it that holds what is not moved into the database yet.
  std::int64_t log_length() const;
  // Keeps an empty log when the last connection is closed, so that who may only read can open it then too.
  void keep_log_file();
  const std::filesystem::path& path() const { return path_; }
  sqlite3* handle() const { return handle_.get(); }

  [[noreturn]] void fail(int code, std::string_view doing) const;

 private:
  Database(const std::filesystem::path& path, const std::string& name, int flags, const std::string& vfs,
           std::chrono::milliseconds patience);

  struct Close {
    void operator()(sqlite3* handle) const;
  };
  std::filesystem::path path_;
  std::unique_ptr<sqlite3, Close> handle_;
};

// A prepared statement. Bound text is not copied: it must live until the statement has been stepped.
class Statement {
 public:
  enum class Kind { null, integer, real, text };

  Statement(const Database& database, std::string_view sql);

  template <typename... Values>
  Statement& bind(const Values&... values) {
    reset();
    int column = 0;
    (bind_one(++column, values), ...);
    return *this;
  }
  bool step();  // true: there is a row
  void run();   // to its end, without results

  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string_view text(int column) const;  // until the next step
  bool is_null(int column) const { return kind(column) == Kind::null; }
  Kind kind(int column) const;
  int columns() const;
  std::string_view column_name(int column) const;
  void reset();

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  void bind_one(int column, std::int64_t value);
  void bind_one(int column, int value) { bind_one(column, static_cast<std::int64_t>(value)); }
  void bind_one(int column, double value);
  void bind_one(int column, std::string_view value);
  void bind_one(int column, std::nullptr_t);
  template <typename Value>
  void bind_one(int column, const std::optional<Value>& value) {
    value ? bind_one(column, *value) : bind_one(column, nullptr);
  }
  void check(int code, std::string_view doing) const;

  const Database* database_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

// BEGIN IMMEDIATE … COMMIT, or ROLLBACK when it is destroyed before commit().
class Transaction {
 public:
  explicit Transaction(Database& database);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Database& database_;
  bool open_ = true;
};

}  // namespace fanout
