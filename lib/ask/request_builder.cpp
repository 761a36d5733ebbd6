#include "ask/request_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "ask/redirect.h"
#include "base/ascii.h"
#include "base/excerpt.h"
#include "page/page_kind.h"

namespace fanout {
namespace {

CannotAsk no_value(std::string_view where, const std::string& name, Names& names) {
  if (!names.value(name)) return {fmt::format("{}: {{{}}} has no value here", where, name)};
  return {
      fmt::format("{0}: {{{1}}} is empty here, so something else would be asked for; if that is meant, write "
                  "{{{1}?}}",
                  where, name)};
}

Template::Lookup lookup_in(Names& names) {
  return [&names](std::string_view name) { return names.value(name); };
}

bool is_encoded(std::string_view text, std::size_t at) {
  const auto is_hex = [&](std::size_t i) {
    return i < text.size() && std::isxdigit(static_cast<unsigned char>(text[i]));
  };
  return text[at] == '%' && is_hex(at + 1) && is_hex(at + 2);
}

// Literal text of a value, which is data throughout: "a&b" is one value. What is encoded already stays (RFC
// 6570 §3.1), so that braces can be written: %7B.
void append_literal(std::string& target, std::string_view text) {
  while (!text.empty()) {
    const auto percent = std::min(text.find('%'), text.size());
    target += percent_encode(text.substr(0, percent), false);
    text.remove_prefix(percent);
    if (text.empty()) return;
    target += is_encoded(text, 0) ? "%" : "%25";
    text.remove_prefix(1);
  }
}

std::optional<CannotAsk> append_value(std::string& target, const std::string& name, const Template& value,
                                      Names& names) {
  for (const Template::Piece& piece : value.pieces()) {
    if (!piece.is_name) {
      append_literal(target, piece.text);
      continue;
    }
    const auto text = names.value(piece.text);
    if (!text && piece.optional) continue;
    if (!text) return no_value("query " + name, piece.text, names);
    const std::string encoded = percent_encode(*text, piece.keep_reserved);
    for (const char c : encoded)
      c == '#' ? target += "%23" : target += c;  // only the target's end may have one
  }
  return std::nullopt;
}

void append_parameter(std::string& target, std::string_view name) {
  target += target.find('?') == std::string::npos ? '?' : '&';
  target += percent_encode(name, false);
  target += '=';
}

// `{+name}` keeps slashes, but what a vendor sends must not end the path.
void keep_in_path(std::string& path) {
  if (path.find_first_of("?#") == std::string::npos) return;
  std::string kept;
  for (const char c : path) {
    if (c == '?') {
      kept += "%3F";
    } else if (c == '#') {
      kept += "%23";
    } else {
      kept += c;
    }
  }
  path = std::move(kept);
}

// "." and ".." mean another place than the one that the configuration names.
bool has_dot_segment(std::string_view path) {
  for (auto at = path.find("/."); at != std::string_view::npos; at = path.find("/.", at + 1)) {
    auto segment = path.substr(at + 1);
    segment = segment.substr(0, segment.find('/'));
    if (segment == "." || segment == "..") return true;
  }
  return false;
}

void append_page(std::string& target, const Task& task, const Page& page) {
  for (const auto& [name, value] : page_parameters(task, page)) {
    append_parameter(target, name);
    target += percent_encode(value, false);
  }
}

// In a path an empty text is as missing as none: `/b//data` is another resource.
Template::Lookup full_only(Names& names) {
  return [&names](std::string_view name) {
    auto value = names.value(name);
    return value && value->empty() ? std::nullopt : value;
  };
}

// `path = "{+troop.url}"`: where the item says, a whole URL or a path of the vendor's own origin.
bool is_the_items_own(const Template& path) {
  return !path.pieces().empty() && path.pieces().front().is_name && path.pieces().front().keep_reserved;
}

std::variant<std::string, CannotAsk> path_for(const Level& level, const VendorSpec& vendor, Names& names) {
  std::string missing;
  auto path = level.path.expand(full_only(names), &missing);
  if (!path) return no_value("path", missing, names);
  if (is_the_items_own(level.path)) {
    auto target = same_origin_target(vendor, vendor.base_url.path + "/", *path);
    if (target) return std::move(*target);
    return CannotAsk{fmt::format("path: {} is no address on the vendor's own origin, {}", excerpt(*path),
                                 vendor.base_url.origin())};
  }
  keep_in_path(*path);
  if (has_dot_segment(*path))
    return CannotAsk{fmt::format("path: a segment of {} would be a dot or two", *path)};
  return vendor.base_url.path + *path;
}

// What the level sets takes the place of what an item's own address says already.
void drop_what_is_set(std::string& target, const Level& level) {
  for (const auto& [name, value] : level.query) target = without_parameter(target, name);
  if (level.page.kind == nullptr) return;
  for (const auto* name : {&level.page.param, &level.page.size_param}) {
    if (!name->empty()) target = without_parameter(target, *name);
  }
}

std::variant<std::string, CannotAsk> target_for(const Task& task, const Level& level,
                                                const VendorSpec& vendor, Names& names) {
  auto path = path_for(level, vendor, names);
  if (std::holds_alternative<CannotAsk>(path)) return path;
  std::string target = std::get<std::string>(std::move(path));
  if (is_the_items_own(level.path)) drop_what_is_set(target, level);
  for (const auto& [name, value] : level.query) {
    if (value.stands_for_nothing(lookup_in(names))) continue;
    append_parameter(target, name);
    if (auto cannot = append_value(target, name, value, names)) return std::move(*cannot);
  }
  append_page(target, task, level.page);
  if (target.size() <= kLongestTarget) return target;
  return CannotAsk{
      fmt::format("the target would be {} bytes long, and {} are the most", target.size(), kLongestTarget)};
}

std::optional<CannotAsk> add_headers(Request& request, const Level& level, Names& names) {
  for (const auto& [name, value] : level.headers) {
    if (value.stands_for_nothing(lookup_in(names))) continue;
    std::string missing;
    auto text = value.expand_raw(
        lookup_in(names), [](std::string plain) { return plain; }, &missing);
    if (!text) return no_value("header " + name, missing, names);
    const bool breaks =
        std::ranges::any_of(*text, [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7F; });
    if (breaks) return CannotAsk{fmt::format("header {}: its value would hold a control character", name)};
    if (text->size() > kLongestTarget)
      return CannotAsk{fmt::format("header {}: its value is too long", name)};
    std::erase_if(request.headers,
                  [low = lower(name)](const auto& header) { return lower(header.first) == low; });
    request.headers.emplace_back(name, std::move(*text));
  }
  return std::nullopt;
}

}  // namespace

std::variant<Request, CannotAsk> request_for(const Task& task, const RunNames& run,
                                             const PipelineSpec& pipeline, const Level& level,
                                             const VendorSpec& vendor) {
  Names names(task.parents, run, pipeline);
  auto target = target_for(task, level, vendor, names);
  if (auto* cannot = std::get_if<CannotAsk>(&target)) return std::move(*cannot);
  Request request;
  request.target = std::get<std::string>(std::move(target));
  request.headers = vendor.headers;
  if (auto cannot = add_headers(request, level, names)) return std::move(*cannot);
  return request;
}

}  // namespace fanout
