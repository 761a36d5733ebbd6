// Paths into JSON: the subset `$`, `.name`, `['name']`, `[n]`, `[*]` of RFC 9535.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace fanout {

class JsonPath {
 public:
  struct Wildcard {};
  using Step = std::variant<std::string, std::int64_t, Wildcard>;

  // Nothing for text that is no path; *why then says what is wrong with it.
  static std::optional<JsonPath> parse(std::string_view text, std::string* why = nullptr);

  // Every node that the path leads to, in document order; none where it leads nowhere.
  std::vector<const nlohmann::json*> all(const nlohmann::json& root) const;
  // The first of them, or null.
  const nlohmann::json* first(const nlohmann::json& root) const;

  const std::string& text() const { return text_; }
  const std::vector<Step>& steps() const { return steps_; }

 private:
  std::string text_;
  std::vector<Step> steps_;
};

}  // namespace fanout
