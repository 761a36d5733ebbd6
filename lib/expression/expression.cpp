#include "expression/expression.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "expression/exact_text.h"
#include "expression/sandbox.h"
#include "expression/sql_text.h"

namespace fanout {
namespace {

constexpr std::size_t kLongestExpression = 64 * 1024;
constexpr std::int64_t kMostBytesOfRows = 256 << 20;
constexpr std::size_t kMostKept = 1000;  // prepared statements of each kind

enum class Kind { where, when, wait, select };
constexpr std::size_t kKinds = 4;

bool sees_headers(Kind kind) { return kind == Kind::when || kind == Kind::wait; }

const std::vector<GivenName>& given(Kind kind) {
  static const std::array<std::vector<GivenName>, kKinds> names{{
      {{"item", true}},
      {{"status", false}, {"body", true}},
      {{"status", false}, {"body", true}},
      {{"parents", true}, {"body", true}, {"fetched_at", false}},
  }};
  return names[static_cast<std::size_t>(kind)];
}

struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
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

std::string column_as_json(sqlite3_stmt* statement, int column, const ExactText& exact) {
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
      return std::to_string(sqlite3_column_int64(statement, column));
    case SQLITE_FLOAT:
      if (auto number = exact.number(sqlite3_column_double(statement, column))) return std::move(*number);
      return nlohmann::json(sqlite3_column_double(statement, column)).dump();
    case SQLITE_NULL:
      return "null";
    default:
      break;
  }
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, column));
  if (bytes == nullptr) return "\"\"";
  std::string text(bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
  if (auto number = exact.number(std::string_view(text))) return std::move(*number);
  exact.restore(text);
  return text_as_json(std::move(text));
}

}  // namespace

struct Expressions::Database {
  struct Statement {
    std::unique_ptr<sqlite3_stmt, Finalize> prepared;
    std::vector<std::string> columns;
    Sandbox::Reach reach;
  };

  // Null for an expression that does not compile.
  Statement* prepare(Kind kind, const std::string& expression, std::string& why);
  std::string what_is_wrong_with(const std::string& expression, Kind kind,
                                 const std::vector<std::string>& own_tables);
  // Why the last call failed, in the words of the expression's writer.
  std::string message(Kind kind) const;
  bool is_true(Kind kind, const std::string& condition, int status, std::string_view json,
               const Sandbox::Header* headers, std::string& why);
  std::optional<std::vector<std::string>> rows(const std::string& select, std::string_view parents,
                                               std::string_view body, std::string_view fetched_at,
                                               std::string& why);
  std::optional<std::string> value(const std::string& expression, int status, std::string_view body,
                                   const Sandbox::Header& headers, std::string& why);
  double rounded(std::string_view number);
  std::optional<std::string> error_in(Kind kind, const std::string& expression);

  Sandbox sandbox;
  std::unique_ptr<sqlite3_stmt, Finalize> rounding;
  std::array<std::unordered_map<std::string, Statement>, kKinds> kept;  // by kind
};

std::string Expressions::Database::message(Kind kind) const {
  std::string why = sandbox.why_stopped();
  return why.empty() ? as_written(sqlite3_errmsg(sandbox.database()), given(kind)) : why;
}

// What can be told before SQLite sees it.
std::string Expressions::Database::what_is_wrong_with(const std::string& expression, Kind kind,
                                                      const std::vector<std::string>& own_tables) {
  if (expression.size() > kLongestExpression)
    return "it is longer than " + std::to_string(kLongestExpression >> 10) + " KiB";
  if (kind == Kind::select && !begins_a_query(expression)) return "it is no SELECT";
  const auto taken = std::ranges::find_if(
      own_tables, [this](const std::string& name) { return sandbox.is_table_of_sqlite(name); });
  if (taken == own_tables.end()) return {};
  return "it names a table of its own " + *taken + ", as one of SQLite's is named";
}

Expressions::Database::Statement* Expressions::Database::prepare(Kind kind, const std::string& expression,
                                                                 std::string& why) {
  auto& statements = kept[static_cast<std::size_t>(kind)];
  if (const auto found = statements.find(expression); found != statements.end()) return &found->second;
  std::optional<std::string> sql = with_parameters(expression, given(kind), &why);
  if (!sql) return nullptr;
  // In a WHERE clause, AND and OR leave out what need not be evaluated: a body that is no JSON, for example.
  if (kind == Kind::where || kind == Kind::when) sql = "SELECT 1 WHERE (" + *sql + ")";
  if (kind == Kind::wait) sql = "SELECT (" + *sql + ")";
  Statement statement{nullptr, {}, {sees_headers(kind), tables_named_in(expression)}};
  why = what_is_wrong_with(expression, kind, statement.reach.own_tables);
  if (!why.empty()) return nullptr;

  sqlite3* const database = sandbox.database();
  sandbox.allow(statement.reach, sql->size());
  sqlite3_stmt* prepared = nullptr;
  const int result = sqlite3_prepare_v3(database, sql->c_str(), static_cast<int>(sql->size()),
                                        SQLITE_PREPARE_PERSISTENT, &prepared, nullptr);
  statement.prepared.reset(prepared);
  if (result != SQLITE_OK) {
    const int place = sqlite3_error_offset(database);
    why = message(kind);
    const bool is_told = !sandbox.why_stopped().empty() || place < 0;
    const std::string hint = is_told ? "" : hint_at(*sql, static_cast<std::size_t>(place), given(kind));
    if (!hint.empty()) why += "; " + hint;
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
                                    std::string_view json, const Sandbox::Header* headers, std::string& why) {
  const Statement* statement = prepare(kind, condition, why);
  if (statement == nullptr) return false;
  const ExactText exact({json}, [this](std::string_view number) { return rounded(number); });
  sandbox.answer_headers_from(headers);
  sandbox.allow(statement->reach, json.size());
  Evaluation evaluation(statement->prepared.get());
  evaluation.give(kind == Kind::where ? ":item" : ":body", exact.given(0));
  evaluation.give(":status", status);
  const int result = evaluation.step();
  sandbox.answer_headers_from(nullptr);
  if (result != SQLITE_ROW && result != SQLITE_DONE) why = message(kind);
  return result == SQLITE_ROW;
}

std::optional<std::string> Expressions::Database::value(const std::string& expression, int status,
                                                        std::string_view body, const Sandbox::Header& headers,
                                                        std::string& why) {
  const Statement* statement = prepare(Kind::wait, expression, why);
  if (statement == nullptr) return std::nullopt;
  sandbox.answer_headers_from(&headers);
  sandbox.allow(statement->reach, body.size());
  Evaluation evaluation(statement->prepared.get());
  evaluation.give(":body", body);
  evaluation.give(":status", status);
  const int result = evaluation.step();
  sandbox.answer_headers_from(nullptr);
  if (result != SQLITE_ROW) {
    why = message(Kind::wait);
    return std::nullopt;
  }
  const unsigned char* text = sqlite3_column_text(statement->prepared.get(), 0);
  if (text == nullptr) return std::nullopt;
  const int size = sqlite3_column_bytes(statement->prepared.get(), 0);
  return std::string(text, text + size);
}

std::optional<std::vector<std::string>> Expressions::Database::rows(const std::string& select,
                                                                    std::string_view parents,
                                                                    std::string_view body,
                                                                    std::string_view fetched_at,
                                                                    std::string& why) {
  const Statement* statement = prepare(Kind::select, select, why);
  if (statement == nullptr) return std::nullopt;
  const ExactText exact({parents, body}, [this](std::string_view number) { return rounded(number); });
  sandbox.allow(statement->reach, parents.size() + body.size());
  Evaluation evaluation(statement->prepared.get());
  evaluation.give(":parents", exact.given(0));
  evaluation.give(":body", exact.given(1));
  evaluation.give(":fetched_at", fetched_at);

  std::vector<std::string> keys;
  for (const std::string& column : statement->columns) keys.push_back(text_as_json(column) + ":");
  std::vector<std::string> rows;
  std::int64_t room = kMostBytesOfRows;
  int result = evaluation.step();
  for (; result == SQLITE_ROW; result = evaluation.step()) {
    std::string row = "{";
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (i > 0) row += ',';
      row += keys[i] + column_as_json(statement->prepared.get(), static_cast<int>(i), exact);
    }
    room -= static_cast<std::int64_t>(row.size() + sizeof(std::string));
    if (room < 0) {
      why = "its rows are larger than " + std::to_string(kMostBytesOfRows >> 20) + " MiB";
      return std::nullopt;
    }
    rows.push_back(std::move(row += '}'));
  }
  if (result == SQLITE_DONE) return rows;
  why = message(Kind::select);
  return std::nullopt;
}

// What SQLite makes of a number in JSON. Versions differ in the last digit.
double Expressions::Database::rounded(std::string_view number) {
  static const Sandbox::Reach kNothing;
  sandbox.allow(kNothing, number.size());
  if (!rounding) {
    sqlite3_stmt* prepared = nullptr;
    sqlite3_prepare_v3(sandbox.database(), "SELECT CAST(:number AS REAL)", -1, SQLITE_PREPARE_PERSISTENT,
                       &prepared, nullptr);
    rounding.reset(prepared);
  }
  Evaluation evaluation(rounding.get());
  evaluation.give(":number", number);
  return evaluation.step() == SQLITE_ROW ? sqlite3_column_double(rounding.get(), 0) : 0;
}

// SQLite looks at a JSON path when it comes to it, and some versions only where the path leads.
std::optional<std::string> Expressions::Database::error_in(Kind kind, const std::string& expression) {
  std::string why;
  if (prepare(kind, expression, why) == nullptr) return why;
  const std::string path = bad_json_path_in(expression);
  if (path.empty()) return std::nullopt;
  return "'" + path + "' is no JSON path: $, .name, .\"any name\", [2] or [#-1]";
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

std::optional<std::string> Expressions::error_in_wait(const std::string& value) {
  return database_->error_in(Kind::wait, value);
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

bool Expressions::when(const std::string& condition, int status, std::string_view body, const Header& header,
                       std::string* why) {
  std::string failure;
  const bool result = database_->is_true(Kind::when, condition, status, body, &header, failure);
  if (why != nullptr) *why = std::move(failure);
  return result;
}

std::optional<std::string> Expressions::wait(const std::string& value, int status, std::string_view body,
                                             const Header& header, std::string* why) {
  std::string failure;
  auto result = database_->value(value, status, body, header, failure);
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
