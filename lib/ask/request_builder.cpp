#include "ask/request_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cctype>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/ascii.h"

namespace fanout {
namespace {

namespace json = boost::json;

constexpr std::size_t kLongestTarget = 8000;  // bytes; most servers refuse more than about 8 KiB

// Objects, arrays and null stand for nothing that could be put into a URL.
std::optional<std::string> plain_text(const json::value& value) {
  switch (value.kind()) {
    case json::kind::string:
      return std::string(value.get_string());
    case json::kind::int64:
      return std::to_string(value.get_int64());
    case json::kind::uint64:
      return std::to_string(value.get_uint64());
    case json::kind::double_:
      return nlohmann::json(value.get_double()).dump();  // the shortest that reads back
    case json::kind::bool_:
      return value.get_bool() ? "true" : "false";
    default:
      return std::nullopt;
  }
}

// What names stand for. Reads `parents` when the first name needs it, and once.
class Names {
 public:
  Names(const std::string& parents, const RunNames& run, const std::map<std::string, std::string>& vars)
      : parents_(parents), run_(run), vars_(vars) {}

  std::optional<std::string> value(std::string_view name) {
    const auto dot = name.find('.');
    const auto group = name.substr(0, dot);
    if (dot == std::string_view::npos) return of_ancestor(group, nullptr);
    const std::string field(name.substr(dot + 1));
    if (group == "run") return of_run(field);
    if (group != "vars") return of_ancestor(group, &field);
    const auto found = vars_.find(field);
    return found == vars_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  std::optional<std::string> of_run(const std::string& field) const {
    if (field == "id") return std::to_string(run_.id);
    if (field == "date") return run_.date;
    if (field == "at") return run_.at;
    if (field == "since") return run_.since;
    return std::nullopt;
  }

  std::optional<std::string> of_ancestor(std::string_view level, const std::string* field) {
    if (!read_) {
      boost::system::error_code error;
      read_ = json::parse(parents_, error, json::storage_ptr(&memory_));
    }
    const auto* levels = read_->if_object();
    const auto* ancestor = levels == nullptr ? nullptr : levels->if_contains(level);
    if (ancestor == nullptr || field == nullptr)
      return ancestor == nullptr ? std::nullopt : plain_text(*ancestor);
    const auto* fields = ancestor->if_object();
    const auto* found = fields == nullptr ? nullptr : fields->if_contains(*field);
    return found == nullptr ? std::nullopt : plain_text(*found);
  }

  const std::string& parents_;
  const RunNames& run_;
  const std::map<std::string, std::string>& vars_;
  std::array<unsigned char, 1024> first_memory_;  // enough for most, without an allocation
  json::monotonic_resource memory_{first_memory_.data(), first_memory_.size()};
  std::optional<json::value> read_;
};

// Never copied or moved: its names point into it.
struct OwnedNames {
  OwnedNames(std::string of_parents, RunNames of_run, std::map<std::string, std::string> of_vars)
      : parents(std::move(of_parents)), run(std::move(of_run)), vars(std::move(of_vars)) {}
  OwnedNames(const OwnedNames&) = delete;
  OwnedNames& operator=(const OwnedNames&) = delete;

  const std::string parents;
  const RunNames run;
  const std::map<std::string, std::string> vars;
  Names names{parents, run, vars};
};

CannotAsk no_value(std::string_view where, const std::string& name) {
  return {fmt::format("{}: {{{}}} has no value here", where, name)};
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
    if (!text) return no_value("query " + name, piece.text);
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
  if (page.kind == Page::Kind::none) return;
  const std::int64_t before = task.page - 1;
  append_parameter(target, page.param);
  target += std::to_string(page.kind == Page::Kind::offset ? before * page.size : page.first + before);
  if (page.size_param.empty()) return;
  append_parameter(target, page.size_param);
  target += std::to_string(page.size);
}

std::variant<std::string, CannotAsk> target_for(const Task& task, const Level& level, const BaseUrl& base_url,
                                                Names& names) {
  std::string missing;
  auto path = level.path.expand([&names](std::string_view name) { return names.value(name); }, &missing);
  if (!path) return no_value("path", missing);
  keep_in_path(*path);
  if (has_dot_segment(*path))
    return CannotAsk{fmt::format("path: a segment of {} would be a dot or two", *path)};
  std::string target = base_url.path + *path;
  for (const auto& [name, value] : level.query) {
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
    std::string missing;
    auto text = value.expand_raw([&names](std::string_view wanted) { return names.value(wanted); },
                                 [](std::string plain) { return plain; }, &missing);
    if (!text) return no_value("header " + name, missing);
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

Template::Lookup names_of(const Task& task, const RunNames& run, const PipelineSpec& pipeline) {
  auto owned = std::make_shared<OwnedNames>(task.parents, run, pipeline.vars);
  return [owned](std::string_view name) { return owned->names.value(name); };
}

std::variant<Request, CannotAsk> request_for(const Task& task, const RunNames& run,
                                             const PipelineSpec& pipeline, const Level& level,
                                             const VendorSpec& vendor) {
  Names names(task.parents, run, pipeline.vars);
  auto target = target_for(task, level, vendor.base_url, names);
  if (auto* cannot = std::get_if<CannotAsk>(&target)) return std::move(*cannot);
  Request request;
  request.target = std::get<std::string>(std::move(target));
  request.headers = vendor.headers;
  if (auto cannot = add_headers(request, level, names)) return std::move(*cannot);
  return request;
}

}  // namespace fanout
