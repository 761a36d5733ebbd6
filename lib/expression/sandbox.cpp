#include "expression/sandbox.h"

#include <sqlite3.h>

#include <algorithm>

#include "base/ascii.h"
#include "base/error.h"
#include "expression/safe_functions.h"

namespace fanout {
namespace {

// About half a second of work. A join of two arrays of 3,000 elements stays below it.
constexpr std::int64_t kMostSteps = 50'000'000;
constexpr int kStepsBetweenLooks = 1000;
// Looking into the same JSON again for another row is one step to SQLite, however long the JSON is. So its
// bytes are counted too: to find it in SQLite's cache is to compare them, to parse it costs far more.
constexpr std::int64_t kMostReread = std::int64_t(16) << 30;
constexpr std::int64_t kParsingToReading = 64;
constexpr std::int64_t kMostMemory = 256 << 20;

std::string_view text_or_empty(const char* text) { return text == nullptr ? std::string_view() : text; }

// What it is harmless to compile and what it may cost is not up to the expression.
void bound(sqlite3* database) {
  sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
  // A misspelt name in double quotes is an error, not a text.
  sqlite3_db_config(database, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_limit(database, SQLITE_LIMIT_EXPR_DEPTH, 200);
  sqlite3_limit(database, SQLITE_LIMIT_COLUMN, 200);
  sqlite3_limit(database, SQLITE_LIMIT_COMPOUND_SELECT, 50);
  sqlite3_limit(database, SQLITE_LIMIT_VDBE_OP, 25'000);
  sqlite3_limit(database, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_limit(database, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000);
}

}  // namespace

bool Sandbox::Reach::may_call(std::string_view function) const {
  return function == "reread" || function == "reparse" || is_safe_function(function) ||
         (function == "header" && headers);
}

// SQLite asks for no leave to read a column of what the expression makes itself. Where no column of such a
// table is used, it asks for an empty one.
bool Sandbox::Reach::may_read(const std::string& table, std::string_view column) const {
  const bool is_own = std::ranges::find(own_tables, table) != own_tables.end();
  return is_safe_table(table) || (is_own && column.empty());
}

// This machine's VFS without its clock: the same answer must give the same rows whenever it is looked at.
class Sandbox::ClocklessVfs {
 public:
  ClocklessVfs() : vfs_(*sqlite3_vfs_find(nullptr)) {
    name_ = "clockless-" + std::to_string(reinterpret_cast<std::uintptr_t>(this));
    vfs_.zName = name_.c_str();
    vfs_.pNext = nullptr;
    vfs_.xCurrentTime = [](sqlite3_vfs*, double*) { return SQLITE_ERROR; };
    vfs_.xCurrentTimeInt64 = [](sqlite3_vfs*, sqlite3_int64*) { return SQLITE_ERROR; };
    sqlite3_vfs_register(&vfs_, 0);
  }
  ~ClocklessVfs() { sqlite3_vfs_unregister(&vfs_); }
  ClocklessVfs(const ClocklessVfs&) = delete;
  ClocklessVfs& operator=(const ClocklessVfs&) = delete;
  const char* name() const { return name_.c_str(); }

 private:
  sqlite3_vfs vfs_;
  std::string name_;
};

void Sandbox::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

Sandbox::Sandbox() : vfs_(std::make_unique<ClocklessVfs>()) {
  sqlite3* opened = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX;
  const int result = sqlite3_open_v2(":memory:", &opened, flags, vfs_->name());
  database_.reset(opened);
  if (result != SQLITE_OK) throw Error("SQLite cannot open a database in memory", "free some memory");
  // Where a sort needs room it takes memory, which look() bounds, and no file. json_each and json_tree, which
  // alone stay, declare themselves as tables when they are first used; later on nothing may.
  const char* kept[] = {"json_each", "json_tree", nullptr};
  sqlite3_drop_modules(opened, kept);
  sqlite3_exec(opened, "PRAGMA temp_store = MEMORY; SELECT 1 FROM json_each('[]'), json_tree('[]')", nullptr,
               nullptr, nullptr);
  bound(opened);
  add_functions();
  sqlite3_progress_handler(opened, kStepsBetweenLooks, look, this);
  sqlite3_set_authorizer(opened, authorize, this);
}

Sandbox::~Sandbox() = default;

void Sandbox::add_functions() {
  const auto add = [this](const char* name, void (*function)(sqlite3_context*, int, sqlite3_value**)) {
    const int pure = SQLITE_UTF8 | SQLITE_DIRECTONLY;
    sqlite3_create_function_v2(database(), name, 1, pure, this, function, nullptr, nullptr, nullptr);
  };
  add("reread", reread);
  add("reparse", reparse);
  add("header", read_header);
}

// What is not listed is refused, whatever SQLite has.
int Sandbox::authorize(void* self, int action, const char* first, const char* second, const char*,
                       const char*) {
  auto& sandbox = *static_cast<Sandbox*>(self);
  if (sandbox.looking_for_tables_) return SQLITE_OK;
  if (sandbox.reach_ == nullptr) return SQLITE_DENY;
  const std::string name = lower(text_or_empty(action == SQLITE_FUNCTION ? second : first));
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_RECURSIVE:
      return SQLITE_OK;
    case SQLITE_READ:
      if (sandbox.reach_->may_read(name, text_or_empty(second))) return SQLITE_OK;
      return sandbox.refuse("it may not read the table " + name + ", only json_each, json_tree and its own");
    case SQLITE_FUNCTION:
      if (sandbox.reach_->may_call(name)) return SQLITE_OK;
      return sandbox.refuse("it may not use the function " + name + " here");
    default:
      return sandbox.refuse("it may only read, and only what it is given");
  }
}

int Sandbox::refuse(std::string message) {
  if (refused_.empty()) refused_ = std::move(message);
  return SQLITE_DENY;
}

bool Sandbox::is_table_of_sqlite(const std::string& name) {
  std::string quoted;
  for (const char c : name) quoted.append(c == '"' ? 2 : 1, c);
  const std::string sql = "SELECT 1 FROM \"" + quoted + "\"";
  looking_for_tables_ = true;
  sqlite3_stmt* found = nullptr;
  const int result = sqlite3_prepare_v2(database(), sql.c_str(), -1, &found, nullptr);
  sqlite3_finalize(found);
  looking_for_tables_ = false;
  return result == SQLITE_OK;
}

int Sandbox::look(void* self) {
  auto& sandbox = *static_cast<Sandbox*>(self);
  sandbox.steps_left_ -= kStepsBetweenLooks;
  const bool too_much_memory = sqlite3_memory_used() - sandbox.memory_before_ > kMostMemory;
  return sandbox.steps_left_ < 0 || too_much_memory ? 1 : 0;
}

void Sandbox::reread(sqlite3_context* context, int, sqlite3_value** values) {
  auto& sandbox = *static_cast<Sandbox*>(sqlite3_user_data(context));
  sandbox.reread_left_ -= sqlite3_value_bytes(values[0]);
  if (sandbox.reread_left_ >= 0) return sqlite3_result_value(context, values[0]);
  sqlite3_result_error(context, "stopped because it reads all of its JSON again for too many rows", -1);
}

void Sandbox::reparse(sqlite3_context* context, int count, sqlite3_value** values) {
  auto& sandbox = *static_cast<Sandbox*>(sqlite3_user_data(context));
  sandbox.reread_left_ -= sqlite3_value_bytes(values[0]) * (kParsingToReading - 1);
  reread(context, count, values);
}

void Sandbox::read_header(sqlite3_context* context, int, sqlite3_value** values) {
  const auto& sandbox = *static_cast<const Sandbox*>(sqlite3_user_data(context));
  const auto* name = reinterpret_cast<const char*>(sqlite3_value_text(values[0]));
  if (sandbox.header_ == nullptr || name == nullptr) return sqlite3_result_null(context);
  const std::string_view value = (*sandbox.header_)(lower(name));
  if (value.empty()) return sqlite3_result_null(context);
  sqlite3_result_text64(context, value.data(), value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

void Sandbox::allow(const Reach& reach, std::size_t given_bytes) {
  reach_ = &reach;
  refused_.clear();
  steps_left_ = kMostSteps;
  reread_left_ = kMostReread;
  memory_before_ = sqlite3_memory_used();
  const std::size_t longest = std::min<std::size_t>(2 * given_bytes + (1 << 20), 1'000'000'000);
  sqlite3_limit(database(), SQLITE_LIMIT_LENGTH, static_cast<int>(longest));
}

std::string Sandbox::why_stopped() const {
  if (!refused_.empty()) return refused_;
  if (steps_left_ < 0) return "stopped after " + std::to_string(kMostSteps) + " steps";
  switch (sqlite3_errcode(database())) {
    case SQLITE_INTERRUPT:
      return "stopped because it used more than " + std::to_string(kMostMemory >> 20) + " MiB";
    case SQLITE_TOOBIG:
      return "stopped because one of its values is longer than " +
             std::to_string(sqlite3_limit(database(), SQLITE_LIMIT_LENGTH, -1)) + " bytes";
    default:
      return {};
  }
}

}  // namespace fanout
