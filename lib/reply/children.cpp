#include "reply/children.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/hash.h"
#include "reply/written_number.h"

namespace fanout {
namespace {

using nlohmann::json;

std::string hash_of(std::string_view text) { return fmt::format("#{:016x}", fnv1a(text)); }

// So that sums of hashes tell sets of texts apart (the last step of splitmix64).
std::uint64_t mixed(std::uint64_t hash) {
  hash = (hash ^ (hash >> 30U)) * 0xbf58476d1ce4e5b9U;
  hash = (hash ^ (hash >> 27U)) * 0x94d049bb133111ebU;
  return hash ^ (hash >> 31U);
}

// As text if it can tell one item from another.
std::optional<std::string> plain_key(const json& value) {
  if (!value.is_string())
    return value.is_primitive() && !value.is_null() ? std::optional(text_of(value)) : std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  if (text.empty()) return std::nullopt;
  const bool steers = std::ranges::any_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
  return text.size() > kLongestKey || steers ? hash_of(text) : text;
}

// The task's parents up to their closing brace, which is their last byte unless somebody edited the row.
std::string begin_of_parents(const std::string& parents, const std::string& level) {
  const auto end = parents.find_last_of('}');
  std::string begin = end == std::string::npos || !parents.starts_with('{') ? "{" : parents.substr(0, end);
  if (begin[begin.find_last_not_of(" \t\r\n")] != '{') begin += ',';
  return begin + text_of(level) + ':';
}

}  // namespace

Children::Children(const Task& task, const PipelineSpec& pipeline, const Level& level,
                   Expressions& expressions)
    : task_(task),
      pipeline_(pipeline),
      level_(level),
      expressions_(expressions),
      ancestors_(std::make_shared<const std::string>(begin_of_parents(task.parents, level.name))) {}

std::string Children::add(const json& item) {
  const bool paged = level_.page.kind != nullptr;
  if (!level_.where.empty() || paged) {
    const std::string text = text_of(item);
    if (paged) note(item, text);
    if (!level_.where.empty() && !lets_through(text)) return {};
  }
  if (!item.is_object() && !item.is_string() && !is_number(item)) {
    return fmt::format(
        "it is {}; items are objects, texts or numbers; where may leave out others, e.g. where = "
        "\"json_type(item) = 'object'\"",
        item.is_null() ? "null" : std::string("of type ") + item.type_name());
  }
  std::string kept;
  if (std::string wrong = read_kept(item, kept); !wrong.empty()) return wrong;
  kept += '}';
  if (ancestors_->size() + kept.size() > kLongestParents) {
    return fmt::format("what is kept of it and its ancestors is longer than {} bytes", kLongestParents);
  }
  std::string key;
  if (std::string wrong = read_key(item, key); !wrong.empty()) return wrong;
  if (level_.children.empty() || !keys_.insert(key).second) return {};

  for (const int child : level_.children) {
    const Level& below = pipeline_.levels.at(static_cast<std::size_t>(child));
    bytes_ += sizeof(Seed) + kept.size() + key.size();
    if (bytes_ > kMostSeedBytes) {
      return fmt::format(
          "what this reply's items need is more than {} MiB; keep less of them or ask page by page",
          kMostSeedBytes >> 20);
    }
    Seed& seed = seeds_.emplace_back();
    seed.level = below.name;
    seed.depth = below.depth;
    seed.parent = task_.list_id();
    seed.scope = level_.unique_in_run ? 0 : task_.list_id();
    seed.key = key;
    seed.parents = {ancestors_, kept};
  }
  return {};
}

bool Children::lets_through(const std::string& item) {
  std::string failure;
  if (expressions_.where(level_.where, item, &failure)) return true;
  if (failure.empty()) {
    ++left_out_.by_where;
  } else {
    if (left_out_.where_failed++ == 0) why_where_failed_ = std::move(failure);
  }
  return false;
}

// What makes the item another than those of other pages: its key where tasks are made of it, else all of it.
void Children::note(const json& item, const std::string& text) {
  std::string key;
  const bool by_key = !level_.children.empty() && read_key(item, key).empty();
  made_of_ += mixed(fnv1a(by_key ? key : text));
  if (made_of_ == 0) made_of_ = 1;
}

// A field named so, or else the way to one: "attributes.name".
const json* Children::field_of(const json& item, const std::string& field) const {
  if (const auto named = item.find(field); named != item.end()) return &*named;
  const json* at = &item;
  for (std::size_t begin = 0; begin <= field.size();) {
    const auto end = std::min(field.find('.', begin), field.size());
    if (!at->is_object()) return nullptr;
    const auto next = at->find(field.substr(begin, end - begin));
    if (next == at->end()) return nullptr;
    at = &*next;
    begin = end + 1;
  }
  return at;
}

// A field that is there and null is kept: many names are. A task that needs it then says so. So it is with
// one that an item may lack.
std::string Children::read_kept(const json& item, std::string& kept) const {
  if (!item.is_object()) {
    if (!level_.keep.empty()) return fmt::format("it has no field {}: it is no object", level_.keep.front());
    kept += text_of(item);
    return {};
  }
  char before = '{';
  for (const std::string& field : level_.keep) {
    const json* found = field_of(item, field);
    if (found == nullptr && std::ranges::find(level_.optional, field) == level_.optional.end()) {
      return fmt::format("it has no field {}, which is to be kept; write \"{}?\" if an item may lack it",
                         field, field);
    }
    kept += std::exchange(before, ',');
    kept += text_of(field) + ':' + (found == nullptr ? "null" : text_of(*found));
  }
  kept += level_.keep.empty() ? "{}" : "}";
  return {};
}

std::string Children::read_key(const json& item, std::string& key) const {
  if (level_.key_is_default && !item.is_object()) {
    if (auto plain = plain_key(item)) {
      key = std::move(*plain);
    } else {
      key = hash_of(text_of(item));
    }
    return {};
  }
  const json* found = level_.key.first(item);
  auto plain = found == nullptr ? std::nullopt : plain_key(*found);
  if (plain) {
    key = std::move(*plain);
  } else if (level_.key_is_default) {
    key = hash_of(text_of(item));
  } else if (found == nullptr) {
    return fmt::format("it has no key at {}", level_.key.text());
  } else {
    return fmt::format("its key at {} is no text or number that tells it from others", level_.key.text());
  }
  return {};
}

}  // namespace fanout
