// Conditions and shapes in SQL, evaluated in a private in-memory database that can only read what it is
// given.
//
// `where` sees item; `when` and `wait` see status, body and header('name'); `select` sees parents, body and
// fetched_at. Not thread-safe: one Expressions for each thread that evaluates. Statements are prepared once
// and kept. Whatever an expression does it is stopped after a bounded number of steps.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fanout {

class Expressions {
 public:
  using Header = std::function<std::string_view(std::string_view)>;  // its value by its name

  Expressions();
  ~Expressions();
  Expressions(Expressions&&) noexcept;
  Expressions& operator=(Expressions&&) noexcept;

  // What is wrong with it, or nothing: for the configuration's check.
  std::optional<std::string> error_in_where(const std::string& condition);
  std::optional<std::string> error_in_when(const std::string& condition);
  std::optional<std::string> error_in_wait(const std::string& value);
  std::optional<std::string> error_in_select(const std::string& select);

  // An expression that fails on a vendor's data is not true; *why then says so.
  bool where(const std::string& condition, std::string_view item_json, std::string* why = nullptr);
  bool when(const std::string& condition, int status, std::string_view body, const Header& header,
            std::string* why = nullptr);
  // The value as a text. Nothing if it is NULL, or fails on this reply.
  std::optional<std::string> wait(const std::string& value, int status, std::string_view body,
                                  const Header& header, std::string* why = nullptr);
  // One JSON object per row, column names as its keys. Nothing if it fails on this answer.
  std::optional<std::vector<std::string>> select(const std::string& select, std::string_view parents_json,
                                                 std::string_view body, std::string_view fetched_at,
                                                 std::string* why = nullptr);

 private:
  struct Database;
  std::unique_ptr<Database> database_;
};

}  // namespace fanout
