#include "config/expression.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "base/ascii.h"
#include "base/error.h"
#include "config/safe_functions.h"
#include "config/sql_text.h"

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
constexpr int kLongestExpression = 64 * 1024;
constexpr std::size_t kMostKept = 1000;  // prepared statements of each kind

enum class Kind { where, when, select };

const std::vector<GivenName>& given(Kind kind) {
  static const std::array<std::vector<GivenName>, 3> names{{
      {{"item", true}},
      {{"status", false}, {"body", true}},
      {{"parents", true}, {"body", true}, {"fetched_at", false}},
  }};
  return names[static_cast<std::size_t>(kind)];
}

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

// This machine's VFS without its clock: the same answer must give the same rows whenever it is looked at.
class ClocklessVfs {
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

// One evaluation of a statement: what it is given lives as long as this, and it is reset at the end.
class Evaluation {
 public:
  explicit Evaluation(sqlite3_stmt* statement) : statement_(statement) {}
  ~Evaluation() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }
  Evaluation(const Evaluation&) = delete;
  Evaluation& operator=(const Evaluation&) = delete;

  void give(const char* parameter, std::string_view text) {
    const int index = sqlite3_bind_parameter_index(statement_, parameter);
    if (index > 0)
      sqlite3_bind_text64(statement_, index, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  void give(const char* parameter, int number) {
    const int index = sqlite3_bind_parameter_index(statement_, parameter);
    if (index > 0) sqlite3_bind_int(statement_, index, number);
  }
  int step() { return sqlite3_step(statement_); }

 private:
  sqlite3_stmt* statement_;
};

std::string text_as_json(std::string text) {
  return nlohmann::json(std::move(text)).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string column_as_json(sqlite3_stmt* statement, int column) {
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
      return std::to_string(sqlite3_column_int64(statement, column));
    case SQLITE_FLOAT:
      return nlohmann::json(sqlite3_column_double(statement, column)).dump();
    case SQLITE_NULL:
      return "null";
    default:
      break;
  }
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, column));
  if (bytes == nullptr) return "\"\"";
  return text_as_json(std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement, column))));
}

}  // namespace

struct Expressions::Database {
  struct Statement {
    std::unique_ptr<sqlite3_stmt, Finalize> prepared;
    std::vector<std::string> columns;
  };
  using Header = std::function<std::string_view(std::string_view)>;

  Database();

  // Null for an expression that does not compile.
  Statement* prepare(Kind kind, const std::string& expression, std::string& why);
  // Before each evaluation: a full allowance of work, and results that are in proportion to what is given.
  void allow(std::size_t given_bytes);
  // Why the last call failed, in the words of the expression's writer.
  std::string message(Kind kind) const;
  bool is_true(Kind kind, const std::string& condition, int status, std::string_view json,
               const Header* header_of, std::string& why);
  std::optional<std::vector<std::string>> rows(const std::string& select, std::string_view parents,
                                               std::string_view body, std::string_view fetched_at,
                                               std::string& why);
  std::optional<std::string> error_in(Kind kind, const std::string& expression);

  static int authorize(void* self, int action, const char*, const char* name, const char*, const char*);
  static int look(void* self);
  // Both give back their argument, and count it.
  static void reread(sqlite3_context* context, int count, sqlite3_value** values);
  static void reparse(sqlite3_context* context, int count, sqlite3_value** values);
  static void read_header(sqlite3_context* context, int count, sqlite3_value** values);

  ClocklessVfs vfs;
  std::unique_ptr<sqlite3, CloseDatabase> raw;
  std::array<std::unordered_map<std::string, Statement>, 3> kept;  // by kind

  Kind preparing = Kind::where;
  const Header* header = nullptr;  // while a `when` is evaluated
  std::int64_t steps_left = 0;
  std::int64_t reread_left = 0;
  std::int64_t memory_before = 0;
};

Expressions::Database::Database() {
  sqlite3* opened = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX;
  const int result = sqlite3_open_v2(":memory:", &opened, flags, vfs.name());
  raw.reset(opened);
  if (result != SQLITE_OK) throw Error("SQLite cannot open a database in memory", "free some memory");
  // Where a sort needs room it takes memory, which look() bounds, and no file. json_each and json_tree
  // declare themselves as tables when they are first used, which later on nothing may.
  sqlite3_exec(opened, "PRAGMA temp_store = MEMORY; SELECT 1 FROM json_each('[]'), json_tree('[]')", nullptr,
               nullptr, nullptr);

  sqlite3_db_config(opened, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(opened, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(opened, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
  // A misspelt name in double quotes is an error, not a text.
  sqlite3_db_config(opened, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_limit(opened, SQLITE_LIMIT_SQL_LENGTH, kLongestExpression);
  sqlite3_limit(opened, SQLITE_LIMIT_EXPR_DEPTH, 200);
  sqlite3_limit(opened, SQLITE_LIMIT_COLUMN, 200);
  sqlite3_limit(opened, SQLITE_LIMIT_COMPOUND_SELECT, 50);
  sqlite3_limit(opened, SQLITE_LIMIT_VDBE_OP, 25'000);
  sqlite3_limit(opened, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_limit(opened, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000);

  const int pure = SQLITE_UTF8 | SQLITE_DIRECTONLY;
  sqlite3_create_function_v2(opened, "reread", 1, pure, this, reread, nullptr, nullptr, nullptr);
  sqlite3_create_function_v2(opened, "reparse", 1, pure, this, reparse, nullptr, nullptr, nullptr);
  sqlite3_create_function_v2(opened, "header", 1, pure, this, read_header, nullptr, nullptr, nullptr);
  sqlite3_progress_handler(opened, kStepsBetweenLooks, look, this);
  sqlite3_set_authorizer(opened, authorize, this);
}

int Expressions::Database::authorize(void* self, int action, const char*, const char* name, const char*,
                                     const char*) {
  const auto& database = *static_cast<const Database*>(self);
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:  // there is no table but what json_each and json_tree make
    case SQLITE_RECURSIVE:
      return SQLITE_OK;
    case SQLITE_FUNCTION: {
      const std::string_view function = name == nullptr ? "" : name;
      const bool is_ours = function == "reread" || function == "reparse" ||
                           (function == "header" && database.preparing == Kind::when);
      return is_ours || is_safe_function(function) ? SQLITE_OK : SQLITE_DENY;
    }
    default:
      return SQLITE_DENY;
  }
}

int Expressions::Database::look(void* self) {
  auto& database = *static_cast<Database*>(self);
  database.steps_left -= kStepsBetweenLooks;
  const bool too_much_memory = sqlite3_memory_used() - database.memory_before > kMostMemory;
  return database.steps_left < 0 || too_much_memory ? 1 : 0;
}

void Expressions::Database::reread(sqlite3_context* context, int, sqlite3_value** values) {
  auto& database = *static_cast<Database*>(sqlite3_user_data(context));
  database.reread_left -= sqlite3_value_bytes(values[0]);
  if (database.reread_left >= 0) return sqlite3_result_value(context, values[0]);
  sqlite3_result_error(context, "stopped because it reads all of its JSON again for too many rows", -1);
}

void Expressions::Database::reparse(sqlite3_context* context, int count, sqlite3_value** values) {
  auto& database = *static_cast<Database*>(sqlite3_user_data(context));
  database.reread_left -= sqlite3_value_bytes(values[0]) * (kParsingToReading - 1);
  reread(context, count, values);
}

void Expressions::Database::read_header(sqlite3_context* context, int, sqlite3_value** values) {
  const auto& database = *static_cast<const Database*>(sqlite3_user_data(context));
  const auto* name = reinterpret_cast<const char*>(sqlite3_value_text(values[0]));
  if (database.header == nullptr || name == nullptr) return sqlite3_result_null(context);
  const std::string_view value = (*database.header)(lower(name));
  if (value.empty()) return sqlite3_result_null(context);
  sqlite3_result_text64(context, value.data(), value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

void Expressions::Database::allow(std::size_t given_bytes) {
  steps_left = kMostSteps;
  reread_left = kMostReread;
  memory_before = sqlite3_memory_used();
  const std::size_t longest = std::min<std::size_t>(2 * given_bytes + (1 << 20), 1'000'000'000);
  sqlite3_limit(raw.get(), SQLITE_LIMIT_LENGTH, static_cast<int>(longest));
}

std::string Expressions::Database::message(Kind kind) const {
  if (steps_left < 0) return "stopped after " + std::to_string(kMostSteps) + " steps";
  if (sqlite3_errcode(raw.get()) == SQLITE_INTERRUPT) {
    return "stopped because it used more than " + std::to_string(kMostMemory >> 20) + " MiB";
  }
  return as_written(sqlite3_errmsg(raw.get()), given(kind));
}

Expressions::Database::Statement* Expressions::Database::prepare(Kind kind, const std::string& expression,
                                                                 std::string& why) {
  auto& statements = kept[static_cast<std::size_t>(kind)];
  if (const auto found = statements.find(expression); found != statements.end()) return &found->second;
  std::optional<std::string> sql = with_parameters(expression, given(kind), &why);
  if (!sql) return nullptr;
  // In a WHERE clause, AND and OR leave out what need not be evaluated: a body that is no JSON, for example.
  if (kind != Kind::select) sql = "SELECT 1 WHERE (" + *sql + ")";

  preparing = kind;
  allow(sql->size());
  sqlite3_stmt* prepared = nullptr;
  const int result = sqlite3_prepare_v3(raw.get(), sql->c_str(), static_cast<int>(sql->size()),
                                        SQLITE_PREPARE_PERSISTENT, &prepared, nullptr);
  Statement statement{std::unique_ptr<sqlite3_stmt, Finalize>(prepared), {}};
  if (result != SQLITE_OK) {
    why = message(kind);
    return nullptr;
  }
  if (sqlite3_stmt_readonly(prepared) == 0 || sqlite3_stmt_isexplain(prepared) != 0) {
    why = "it is no SELECT";
    return nullptr;
  }
  for (int i = 0; i < sqlite3_column_count(prepared); ++i) {
    statement.columns.push_back(as_written(sqlite3_column_name(prepared, i), given(kind)));
  }
  std::vector<std::string> columns = statement.columns;
  std::sort(columns.begin(), columns.end());
  if (const auto twin = std::adjacent_find(columns.begin(), columns.end()); twin != columns.end()) {
    why = "two of its columns are named " + *twin + "; name them with AS";
    return nullptr;
  }
  if (statements.size() >= kMostKept) statements.clear();
  return &statements.insert_or_assign(expression, std::move(statement)).first->second;
}

bool Expressions::Database::is_true(Kind kind, const std::string& condition, int status,
                                    std::string_view json, const Header* header_of, std::string& why) {
  const Statement* statement = prepare(kind, condition, why);
  if (statement == nullptr) return false;
  header = header_of;
  allow(json.size());
  Evaluation evaluation(statement->prepared.get());
  evaluation.give(kind == Kind::where ? ":item" : ":body", json);
  evaluation.give(":status", status);
  const int result = evaluation.step();
  header = nullptr;
  if (result != SQLITE_ROW && result != SQLITE_DONE) why = message(kind);
  return result == SQLITE_ROW;
}

std::optional<std::vector<std::string>> Expressions::Database::rows(const std::string& select,
                                                                    std::string_view parents,
                                                                    std::string_view body,
                                                                    std::string_view fetched_at,
                                                                    std::string& why) {
  const Statement* statement = prepare(Kind::select, select, why);
  if (statement == nullptr) return std::nullopt;
  allow(parents.size() + body.size());
  Evaluation evaluation(statement->prepared.get());
  evaluation.give(":parents", parents);
  evaluation.give(":body", body);
  evaluation.give(":fetched_at", fetched_at);

  std::vector<std::string> keys;
  for (const std::string& column : statement->columns) keys.push_back(text_as_json(column) + ":");
  std::vector<std::string> rows;
  std::int64_t room = kMostMemory;
  int result = evaluation.step();
  for (; result == SQLITE_ROW; result = evaluation.step()) {
    std::string row = "{";
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (i > 0) row += ',';
      row += keys[i] + column_as_json(statement->prepared.get(), static_cast<int>(i));
    }
    room -= static_cast<std::int64_t>(row.size() + sizeof(std::string));
    if (room < 0) {
      why = "its rows are larger than " + std::to_string(kMostMemory >> 20) + " MiB";
      return std::nullopt;
    }
    rows.push_back(std::move(row += '}'));
  }
  if (result == SQLITE_DONE) return rows;
  why = message(Kind::select);
  return std::nullopt;
}

// A slip in a JSON path shows only when the expression is evaluated. Whatever else fails on empty objects may
// be right on what a vendor sends.
std::optional<std::string> Expressions::Database::error_in(Kind kind, const std::string& expression) {
  std::string why;
  if (prepare(kind, expression, why) == nullptr) return why;
  if (kind == Kind::select) {
    rows(expression, "{}", "{}", "", why);
  } else {
    is_true(kind, expression, 200, "{}", nullptr, why);
  }
  if (why.find("JSON path") == std::string::npos) return std::nullopt;
  return why;
}

Expressions::Expressions() : database_(std::make_unique<Database>()) {}
Expressions::~Expressions() = default;
Expressions::Expressions(Expressions&&) noexcept = default;
Expressions& Expressions::operator=(Expressions&&) noexcept = default;

std::optional<std::string> Expressions::error_in_where(const std::string& condition) {
  return database_->error_in(Kind::where, condition);
}

std::optional<std::string> Expressions::error_in_when(const std::string& condition) {
  return database_->error_in(Kind::when, condition);
}

std::optional<std::string> Expressions::error_in_select(const std::string& select) {
  return database_->error_in(Kind::select, select);
}

bool Expressions::where(const std::string& condition, std::string_view item_json, std::string* why) {
  std::string failure;
  const bool result = database_->is_true(Kind::where, condition, 0, item_json, nullptr, failure);
  if (why != nullptr) *why = std::move(failure);
  return result;
}

bool Expressions::when(const std::string& condition, int status, std::string_view body,
                       const std::function<std::string_view(std::string_view)>& header, std::string* why) {
  std::string failure;
  const bool result = database_->is_true(Kind::when, condition, status, body, &header, failure);
  if (why != nullptr) *why = std::move(failure);
  return result;
}

std::optional<std::vector<std::string>> Expressions::select(const std::string& select,
                                                            std::string_view parents_json,
                                                            std::string_view body,
                                                            std::string_view fetched_at, std::string* why) {
  std::string failure;
  auto rows = database_->rows(select, parents_json, body, fetched_at, failure);
  if (why != nullptr) *why = std::move(failure);
  return rows;
}

}  // namespace fanout
