#include "spec/json_path.h"

#include <charconv>
#include <span>

namespace fanout {
namespace {

// RFC 9535 §2.5.1.1: a name after a dot.
bool begins_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool continues_name(char c) { return begins_name(c) || (c >= '0' && c <= '9'); }

class Parser {
 public:
  explicit Parser(std::string_view text) : rest_(text) {}

  bool parse(std::vector<JsonPath::Step>& steps) {
    if (!take('$')) return refuse("it begins with $");
    while (!rest_.empty()) {
      JsonPath::Step step;
      if (take('.')) {
        if (!dotted(step)) return false;
      } else if (take('[')) {
        if (!bracketed(step)) return false;
        if (!take(']')) return refuse("a [ without its ]");
      } else {
        return refuse("after $ and each step comes a . or a [");
      }
      steps.push_back(std::move(step));
    }
    return true;
  }

  std::string why;

 private:
  bool refuse(std::string reason) {
    why = std::move(reason);
    return false;
  }

  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool dotted(JsonPath::Step& step) {
    if (take('*')) {
      step = JsonPath::Wildcard{};
      return true;
    }
    if (rest_.empty() || !begins_name(rest_.front())) {
      return refuse("after a . comes a name; one that begins with something else is written ['the name']");
    }
    std::size_t length = 1;
    while (length < rest_.size() && continues_name(rest_[length])) ++length;
    step = std::string(rest_.substr(0, length));
    rest_.remove_prefix(length);
    return true;
  }

  bool bracketed(JsonPath::Step& step) {
    if (take('*')) {
      step = JsonPath::Wildcard{};
      return true;
    }
    if (rest_.starts_with('\'') || rest_.starts_with('"')) return quoted(step);
    std::int64_t index = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), index);
    const bool padded = rest_.size() > 1 && rest_[0] == '0' && end != rest_.data() + 1;
    if (error != std::errc() || rest_.front() == '-' || padded) {
      return refuse("between [ and ] stands a number from 0, a name in quotes, or *");
    }
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    step = index;
    return true;
  }

  bool quoted(JsonPath::Step& step) {
    const char quote = rest_.front();
    rest_.remove_prefix(1);
    std::string name;
    while (!rest_.empty() && rest_.front() != quote) {
      if (take('\\') && !(rest_.starts_with(quote) || rest_.starts_with('\\'))) {
        return refuse("a \\ in a name stands before its quote or another \\");
      }
      name += rest_.front();
      rest_.remove_prefix(1);
    }
    if (!take(quote)) return refuse("a name in quotes does not end");
    step = std::move(name);
    return true;
  }

  std::string_view rest_;
};

// Where one step that is no wildcard leads, or null.
const nlohmann::json* child_at(const nlohmann::json& node, const JsonPath::Step& step) {
  if (const auto* name = std::get_if<std::string>(&step)) {
    if (!node.is_object()) return nullptr;
    const auto member = node.find(*name);
    return member == node.end() ? nullptr : &*member;
  }
  const auto index = static_cast<std::size_t>(std::get<std::int64_t>(step));
  return node.is_array() && index < node.size() ? &node[index] : nullptr;
}

void follow(const nlohmann::json& node, const JsonPath::Step& step,
            std::vector<const nlohmann::json*>& found) {
  if (!std::holds_alternative<JsonPath::Wildcard>(step)) {
    if (const auto* child = child_at(node, step)) found.push_back(child);
  } else if (node.is_structured()) {
    for (const auto& child : node) found.push_back(&child);
  }
}

// Without a list on the way: this is asked of every item.
const nlohmann::json* first_from(const nlohmann::json* node, std::span<const JsonPath::Step> steps) {
  for (; !steps.empty(); steps = steps.subspan(1)) {
    if (std::holds_alternative<JsonPath::Wildcard>(steps.front())) {
      if (!node->is_structured()) return nullptr;
      for (const auto& child : *node) {
        if (const auto* found = first_from(&child, steps.subspan(1))) return found;
      }
      return nullptr;
    }
    node = child_at(*node, steps.front());
    if (node == nullptr) return nullptr;
  }
  return node;
}

}  // namespace

std::optional<JsonPath> JsonPath::parse(std::string_view text, std::string* why) {
  JsonPath path;
  Parser parser(text);
  if (!parser.parse(path.steps_)) {
    if (why != nullptr) *why = parser.why;
    return std::nullopt;
  }
  path.text_ = text;
  return path;
}

std::vector<const nlohmann::json*> JsonPath::all(const nlohmann::json& root) const {
  std::vector<const nlohmann::json*> nodes{&root};
  for (const auto& step : steps_) {
    std::vector<const nlohmann::json*> next;
    for (const auto* node : nodes) follow(*node, step, next);
    nodes = std::move(next);
  }
  return nodes;
}

const nlohmann::json* JsonPath::first(const nlohmann::json& root) const { return first_from(&root, steps_); }

}  // namespace fanout
