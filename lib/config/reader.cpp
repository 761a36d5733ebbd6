#include "config/reader.h"

#include <algorithm>
#include <span>

#include "base/units.h"
#include "base/wording.h"

namespace fanout {
namespace {

std::string must_be(const std::string& key, const char* what, const Node& node) {
  return in_quotes(key) + " must be " + what + ", not " + kind_name(node.kind);
}

// What a vendor is sent for it; nothing for what has no one way to be written.
std::optional<std::string> scalar_text(const Node& node) {
  switch (node.kind) {
    case Node::Kind::text:
      return node.text;
    case Node::Kind::integer:
      return std::to_string(node.integer);
    case Node::Kind::boolean:
      return node.integer != 0 ? "true" : "false";
    default:
      return std::nullopt;
  }
}

}  // namespace

Reader::Reader(const Node& table, std::string name, Complaints& complaints)
    : table_(table), name_(std::move(name)), complaints_(complaints) {}

const Node* Reader::any(const std::string& key) {
  // Asked for twice it is still one key in a message.
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.push_back(key);
  const Entry* entry = table_.entry(key);
  return entry == nullptr ? nullptr : &entry->value;
}

const Node* Reader::kind(const std::string& key, Node::Kind kind) {
  const Node* node = any(key);
  if (node == nullptr || node->kind == kind) return node;
  complaints_.add(node->place, must_be(key, kind_name(kind), *node));
  return nullptr;
}

const Node* Reader::text(const std::string& key, std::string& into) {
  const Node* node = kind(key, Node::Kind::text);
  if (node == nullptr) return nullptr;
  if (node->text.empty()) {
    complaints_.add(node->place, in_quotes(key) + " is empty", "leave it out or say what it is");
    return nullptr;
  }
  into = node->text;
  return node;
}

const Node* Reader::required(const std::string& key, const std::string& hint) {
  const Entry* entry = table_.entry(key);
  if (entry != nullptr) return &entry->value;
  complaints_.add(place(), name_ + " has no " + in_quotes(key), hint);
  return nullptr;
}

const Node* Reader::required_text(const std::string& key, std::string& into, const std::string& hint) {
  required(key, hint);
  return text(key, into);
}

const Node* Reader::one_of(const std::string& key, std::string& into,
                           const std::vector<std::string>& allowed) {
  std::string value;
  const Node* node = text(key, value);
  if (node == nullptr) return nullptr;
  if (std::find(allowed.begin(), allowed.end(), value) == allowed.end()) {
    std::vector<std::string> words;
    words.reserve(allowed.size());
    for (const std::string& word : allowed) words.push_back(in_quotes(word));
    complaints_.add(node->place,
                    in_quotes(key) + " must be " + listed(words, "or") + ", not " + in_quotes(value),
                    did_you_mean(value, allowed, ""));
    return nullptr;
  }
  into = value;
  return node;
}

const Node* Reader::in_range(const std::string& key, std::int64_t& into, std::int64_t least,
                             std::int64_t most) {
  const Node* node = kind(key, Node::Kind::integer);
  if (node == nullptr) return nullptr;
  if (node->integer < least || node->integer > most) {
    complaints_.add(node->place, in_quotes(key) + " must be from " + std::to_string(least) + " to " +
                                     std::to_string(most) + ", not " + std::to_string(node->integer));
    return nullptr;
  }
  into = node->integer;
  return node;
}

const Node* Reader::duration(const std::string& key, milliseconds& into) {
  std::string written;
  const Node* node = text(key, written);
  if (node == nullptr) return nullptr;
  const std::optional<milliseconds> value = parse_duration(written);
  if (value && value->count() <= 0) {
    complaints_.add(node->place, in_quotes(key) + " must be longer than nothing");
    return nullptr;
  }
  if (!value) {
    complaints_.add(node->place, in_quotes(key) + " is no duration: " + in_quotes(written),
                    "write for example \"250ms\", \"30s\", \"5m\", \"20h\" or \"7d\"");
    return nullptr;
  }
  into = *value;
  return node;
}

const Node* Reader::size(const std::string& key, std::int64_t& into, std::int64_t least, std::int64_t most) {
  std::string written;
  const Node* node = text(key, written);
  if (node == nullptr) return nullptr;
  const std::optional<std::int64_t> value = parse_size(written);
  if (!value) {
    complaints_.add(node->place, in_quotes(key) + " is no size: " + in_quotes(written),
                    "write for example \"64KiB\" or \"10MiB\"");
    return nullptr;
  }
  if (*value < least || *value > most) {
    complaints_.add(node->place, in_quotes(key) + " must be from " + format_size(least) + " to " +
                                     format_size(most) + ", not " + written);
    return nullptr;
  }
  into = *value;
  return node;
}

const Node* Reader::json_path(const std::string& key, std::optional<JsonPath>& into) {
  std::string written;
  const Node* node = text(key, written);
  if (node == nullptr) return nullptr;
  std::string why;
  std::optional<JsonPath> path = JsonPath::parse(written, &why);
  if (!path) {
    complaints_.add(node->place, in_quotes(key) + " is no path into JSON: " + why,
                    "write for example \"$.items\" or \"$.data['the list'][*]\"");
    return nullptr;
  }
  into = std::move(path);
  return node;
}

std::optional<TemplateAt> Reader::templated(const std::string& key) {
  std::string written;
  const Node* node = text(key, written);
  return node == nullptr ? std::nullopt : read_template(written, *node, complaints_);
}

std::vector<Setting> Reader::settings(const std::string& key, bool or_lists) {
  std::vector<Setting> found;
  const Node* node = kind(key, Node::Kind::table);
  if (node == nullptr) return found;
  for (const Entry& entry : node->table) {
    const bool list = or_lists && entry.value.kind == Node::Kind::list;
    const std::span<const Node> values = list ? std::span(entry.value.list) : std::span(&entry.value, 1);
    for (const Node& each : values) {
      if (const std::optional<std::string> value = scalar_text(each)) {
        found.push_back({entry.key, *value, &each});
      } else {
        complaints_.add(each.place,
                        must_be(entry.key, or_lists ? "a text or a list of texts" : "a text", each));
      }
    }
  }
  return found;
}

std::vector<const Node*> Reader::texts(const std::string& key, bool one_will_do) {
  std::vector<const Node*> found;
  const Node* node = any(key);
  if (node == nullptr) return found;
  if (one_will_do && node->kind == Node::Kind::text) return {node};
  if (node->kind != Node::Kind::list) {
    complaints_.add(node->place,
                    must_be(key, one_will_do ? "a text, or a list of texts" : "a list of texts", *node));
    return found;
  }
  if (one_will_do && node->list.empty())
    complaints_.add(node->place, in_quotes(key) + " is an empty list",
                    "leave it out, or put something into it");
  for (const Node& element : node->list) {
    if (element.kind == Node::Kind::text && !element.text.empty()) {
      found.push_back(&element);
    } else {
      complaints_.add(element.place,
                      in_quotes(key) + " must be a list of texts, and one of them is " +
                          (element.kind == Node::Kind::text ? "empty" : kind_name(element.kind)));
    }
  }
  return found;
}

std::vector<const Node*> Reader::tables(const std::string& key) {
  std::vector<const Node*> found;
  const Node* node = any(key);
  if (node == nullptr) return found;
  const bool all_tables = node->kind == Node::Kind::list &&
                          std::all_of(node->list.begin(), node->list.end(),
                                      [](const Node& element) { return element.kind == Node::Kind::table; });
  if (!all_tables) {
    complaints_.add(node->place, in_quotes(key) + " must be a list of tables",
                    "each begins with [[" + name_.substr(1, name_.size() - 2) + "." + key + "]]");
    return found;
  }
  for (const Node& element : node->list) found.push_back(&element);
  return found;
}

void Reader::unknown_keys() {
  for (const Entry& entry : table_.table) {
    if (std::find(known_.begin(), known_.end(), entry.key) != known_.end()) continue;
    complaints_.add(entry.key_place, "unknown key " + in_quotes(entry.key),
                    did_you_mean(entry.key, known_, name_ + " knows"));
  }
}

std::optional<TemplateAt> read_template(const std::string& text, const Node& node, Complaints& complaints) {
  std::string why;
  std::size_t where = 0;
  std::optional<Template> value = Template::parse(text, &why, &where);
  if (value) return TemplateAt{&node, std::move(*value)};
  complaints.add(node.at(where), in_quotes(text) + " is no template: " + why);
  return std::nullopt;
}

}  // namespace fanout
