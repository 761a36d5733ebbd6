// The private in-memory database that expressions are evaluated in: what they may call, read and use up.
//
// Allowed is what expression/safe_functions.h lists, and what an expression makes itself. Whatever else
// SQLite has, now or in a later version, is refused: there is no list of what is dangerous. Owned by an
// Expressions. Not thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;
struct sqlite3_context;
struct sqlite3_value;

namespace fanout {

class Sandbox {
 public:
  using Header = std::function<std::string_view(std::string_view)>;

  // What one expression may use beyond what all may.
  struct Reach {
    bool headers = false;                 // the function header
    std::vector<std::string> own_tables;  // `WITH name AS (…)`, in lower case

    bool may_call(std::string_view function) const;
    bool may_read(const std::string& table, std::string_view column) const;
  };

  Sandbox();
  ~Sandbox();
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  sqlite3* database() const { return database_.get(); }
  // Before each compilation and evaluation: a full allowance of work, and values that are in proportion to
  // what is given. `reach` outlives it.
  void allow(const Reach& reach, std::size_t given_bytes);
  void answer_headers_from(const Header* header) { header_ = header; }
  // Also one that SQLite makes when it is first named.
  bool is_table_of_sqlite(const std::string& name);
  // Why the last statement was refused or stopped; empty if it was not, or failed for a reason of its own.
  std::string why_stopped() const;

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  class ClocklessVfs;

  void add_functions();
  int refuse(std::string message);
  static int authorize(void* self, int action, const char* first, const char* second, const char*,
                       const char*);
  static int look(void* self);
  // Both give back their argument, and count it.
  static void reread(sqlite3_context* context, int count, sqlite3_value** values);
  static void reparse(sqlite3_context* context, int count, sqlite3_value** values);
  static void read_header(sqlite3_context* context, int count, sqlite3_value** values);

  std::unique_ptr<ClocklessVfs> vfs_;
  std::unique_ptr<sqlite3, Close> database_;
  const Reach* reach_ = nullptr;
  bool looking_for_tables_ = false;  // is_table_of_sqlite
  std::string refused_;              // what was asked for first that is not allowed, as a message
  const Header* header_ = nullptr;   // while a `when` is evaluated
  std::int64_t steps_left_ = 0;
  std::int64_t reread_left_ = 0;
  std::int64_t memory_before_ = 0;
};

}  // namespace fanout
