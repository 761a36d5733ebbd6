#include "tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <optional>
#include <utility>

#include "chance.h"
#include "names.h"

namespace fanout_vendor {
namespace {

constexpr std::uint64_t kVanishSalt = 0x7a215;
constexpr std::uint64_t kPoisonSalt = 0x90150;
constexpr std::uint64_t kPageSize = 50;  // where a request names a page but no size
constexpr std::uint64_t kSamples = 60;
constexpr std::uint64_t kFirstSecond = 1'700'000'000;

std::optional<std::uint64_t> read_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || rest != text.data() + text.size()) return std::nullopt;
  return number;
}

// How many of 0..count-1 leave `rest` when divided by `parents`.
std::uint64_t children(std::uint64_t count, std::uint64_t parents, std::uint64_t rest) {
  return rest < count ? (count - rest - 1) / parents + 1 : 0;
}

struct PageQuery {
  std::optional<std::uint64_t> offset, size, page, per_page;
  bool readable = true;
};

PageQuery read_query(std::string_view query) {
  PageQuery asked;
  const std::array<std::pair<std::string_view, std::optional<std::uint64_t>*>, 4> fields{
      {{"offset", &asked.offset},
       {"size", &asked.size},
       {"page", &asked.page},
       {"per_page", &asked.per_page}}};
  while (!query.empty()) {
    const auto pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const auto equals = std::min(pair.find('='), pair.size());
    for (const auto& [name, field] : fields) {
      if (pair.substr(0, equals) != name) continue;
      *field = read_number(pair.substr(std::min(equals + 1, pair.size())));
      if (!*field) asked.readable = false;
    }
  }
  return asked;
}

// Sets the page of a list; false when it makes no sense (400).
bool turn_to_page(Found& found, std::string_view query, std::uint64_t limit) {
  const PageQuery asked = read_query(query);
  const bool by_offset = asked.offset || asked.size;
  const bool by_page = asked.page || asked.per_page;
  if (!asked.readable || (by_offset && by_page) || asked.size == 0U || asked.per_page == 0U ||
      asked.page == 0U) {
    return false;
  }
  if (by_page) {
    found.size = std::min(asked.per_page.value_or(kPageSize), limit);
    const std::uint64_t before = asked.page.value_or(1) - 1;
    found.offset = before > found.total / found.size ? found.total : before * found.size;
  } else if (by_offset) {
    found.offset = std::min(asked.offset.value_or(0), found.total);
    found.size = std::min(asked.size.value_or(kPageSize), limit);
  }
  return true;
}

std::string times() {
  std::string text;
  for (std::uint64_t i = 0; i < kSamples; ++i) {
    if (i > 0) text += ", ";
    text += std::to_string(kFirstSecond + 60 * i);
  }
  return text;
}

// 0.000 to 99.999, as fast as digits can be written.
char* write_value(char* to, std::uint64_t thousandths) {
  const auto digit = [](std::uint64_t number) { return static_cast<char>('0' + number % 10); };
  if (thousandths >= 10'000) *to++ = digit(thousandths / 10'000);
  *to++ = digit(thousandths / 1'000);
  *to++ = '.';
  *to++ = digit(thousandths / 100);
  *to++ = digit(thousandths / 10);
  *to++ = digit(thousandths);
  return to;
}

}  // namespace

Tree::Tree(TreeShape shape) : shape_(std::move(shape)), base_(shape_.big_ids ? kBigIdBase : 0) {}

bool Tree::vanished(std::uint64_t warrior) const { return chosen(shape_.vanish, warrior, kVanishSalt); }
bool Tree::poisoned(std::uint64_t group) const { return chosen(shape_.poison, group, kPoisonSalt); }

bool Tree::read_id(std::string_view segment, std::uint64_t below, std::uint64_t& id) const {
  const auto number = read_number(segment);
  if (!number || *number < base_ || *number - base_ >= below) return false;
  if (segment.size() > 1 && segment.front() == '0') return false;  // 007 is not 7
  id = *number - base_;
  return true;
}

Found Tree::find(std::string_view target) const {
  const auto mark = std::min(target.find('?'), target.size());
  auto path = target.substr(0, mark);
  if (!path.starts_with(shape_.prefix)) return {};
  path.remove_prefix(shape_.prefix.size());
  Found found = match(path);
  if (found.status == 200 && found.kind != Found::Kind::data &&
      !turn_to_page(found, target.substr(std::min(mark + 1, target.size())), shape_.page_limit)) {
    found.status = 400;
  }
  return found;
}

Found Tree::match(std::string_view path) const {
  constexpr std::string_view kTroopsPath = "/device/groups";
  constexpr std::string_view kWarriorPath = "/device/devices/";
  constexpr std::string_view kSources = "/devicedatasources";
  Found found;
  if (path == kTroopsPath) return {200, Found::Kind::troops, false, 0, shape_.troops, 0, 0};
  if (path.starts_with(kTroopsPath) && path.ends_with("/devices")) {
    path.remove_prefix(kTroopsPath.size());
    path.remove_suffix(std::string_view("/devices").size());
    if (!path.starts_with('/') || !read_id(path.substr(1), shape_.troops, found.of)) return found;
    found.total = children(shape_.warriors, shape_.troops, found.of);
    found.kind = Found::Kind::warriors;
  } else if (path.starts_with(kWarriorPath)) {
    path.remove_prefix(kWarriorPath.size());
    const auto slash = std::min(path.find('/'), path.size());
    if (!read_id(path.substr(0, slash), shape_.warriors, found.of)) return found;
    path.remove_prefix(slash);
    if (!path.starts_with(kSources)) return found;
    path.remove_prefix(kSources.size());
    if (path.empty()) {
      if (vanished(found.of)) return found;
      found.total = children(shape_.groups, shape_.warriors, found.of);
      found.kind = Found::Kind::groups;
    } else {
      const auto warrior = found.of;
      if (!path.starts_with('/') || !path.ends_with("/data") || path.size() < 7) return found;
      if (!read_id(path.substr(1, path.size() - 6), shape_.groups, found.of)) return found;
      if (found.of % shape_.warriors != warrior) return found;
      found.kind = Found::Kind::data;
      found.poisoned = poisoned(found.of);
    }
  } else {
    return found;
  }
  found.status = 200;
  return found;
}

void Tree::append_body(std::string& out, const Found& found) const {
  if (found.kind == Found::Kind::data) {
    append_data(out, found.of);
  } else {
    append_list(out, found);
  }
}

void Tree::append_item(std::string& out, std::string_view level, std::uint64_t id) const {
  fmt::format_to(std::back_inserter(out), R"({{"id":{},"name":)", base_ + id);
  if (shape_.hostile_names) {
    append_json_string(out, hostile_name(level, id));
  } else {
    fmt::format_to(std::back_inserter(out), R"("{}-{}")", level, id);
  }
  const bool gone = level == "warrior" && decommissioned(id);
  out += gone ? R"(,"status":"decommissioned"})" : R"(,"status":"active"})";
}

void Tree::append_list(std::string& out, const Found& found) const {
  const auto size = found.size == 0 ? found.total : found.size;
  const auto pages = found.total == 0 ? 0 : (found.total - 1) / size + 1;
  const auto end = found.offset + std::min(size, found.total - found.offset);
  std::string_view level = "troop";
  std::uint64_t step = 1;
  if (found.kind == Found::Kind::warriors) level = "warrior", step = shape_.troops;
  if (found.kind == Found::Kind::groups) level = "group", step = shape_.warriors;
  fmt::format_to(std::back_inserter(out), R"({{"total":{},"pages":{},"items":[)", found.total, pages);
  for (auto i = found.offset; i < end; ++i) {
    if (i > found.offset) out += ',';
    append_item(out, level, found.of + i * step);
  }
  out += "]}";
}

void Tree::append_data(std::string& out, std::uint64_t group) const {
  static const std::string kTimes = times();
  fmt::format_to(std::back_inserter(out), R"({{"id":{},"time":[{}],"values":[)", base_ + group, kTimes);
  std::array<char, kSamples * 26> text{};
  char* to = text.data();
  const std::uint64_t seed = mix(group);
  for (std::uint64_t i = 0; i < kSamples; ++i) {
    const std::uint64_t three = mix(seed + i);
    *to++ = '[';
    to = write_value(to, (three & 0xfffffU) % 100'000);
    *to++ = ',';
    *to++ = ' ';
    to = write_value(to, ((three >> 20U) & 0xfffffU) % 100'000);
    *to++ = ',';
    *to++ = ' ';
    to = write_value(to, ((three >> 40U) & 0xfffffU) % 100'000);
    *to++ = ']';
    *to++ = ',';
    *to++ = ' ';
  }
  out.append(text.data(), static_cast<std::size_t>(to - text.data() - 2));
  out += "]}";
}

}  // namespace fanout_vendor
