#include "ask/redirect.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <utility>

#include "auth/kinds.h"
#include "spec/base_url.h"

namespace fanout {
namespace {

bool is_scheme(std::string_view text) {
  return !text.empty() && std::isalpha(static_cast<unsigned char>(text.front())) != 0 &&
         std::ranges::all_of(
             text, [](unsigned char c) { return std::isalnum(c) != 0 || c == '+' || c == '-' || c == '.'; });
}

// "https" of "https://…"; empty for a relative reference.
std::string_view scheme_of(std::string_view reference) {
  const auto scheme = reference.substr(0, reference.find(':'));
  return scheme.size() < reference.size() && is_scheme(scheme) ? scheme : std::string_view();
}

std::string_view before_query(std::string_view target) { return target.substr(0, target.find('?')); }

// §5.2.4, for a path that begins with a slash.
std::string without_dot_segments(std::string_view path) {
  std::string result;
  while (!path.empty()) {
    const auto end = std::min(path.find('/', 1), path.size());
    const auto segment = path.substr(0, end);
    path.remove_prefix(end);
    const bool up = segment == "/..";
    if (!up && segment != "/.") {
      result += segment;
      continue;
    }
    if (up) result.resize(std::min(result.rfind('/'), result.size()));
    if (path.empty()) result += '/';
  }
  return result.empty() ? "/" : result;
}

bool may_stand_in_target(unsigned char c) {
  return std::isalnum(c) != 0 ||
         std::string_view("-._~!$&'()*+,;=:@/?%").find(static_cast<char>(c)) != std::string_view::npos;
}

// Blanks and letters beyond ASCII are sent as they are by many; a control character by nobody honest.
std::optional<std::string> encoded(std::string_view target) {
  std::string result;
  for (const char c : target) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) return std::nullopt;
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    if (may_stand_in_target(byte)) {
      result += c;
    } else {
      result += {'%', kDigits[byte >> 4U], kDigits[byte & 0xFU]};
    }
  }
  return result;
}

std::string decoded(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size(); ++at) {
    unsigned byte = 0;
    const auto digits = text.substr(at + 1, 2);
    const bool escaped = text[at] == '%' && digits.size() == 2 &&
                         std::from_chars(digits.data(), digits.data() + 2, byte, 16).ptr == digits.data() + 2;
    result += escaped ? static_cast<char>(byte) : text[at] == '+' ? ' ' : text[at];
    if (escaped) at += 2;
  }
  return result;
}

bool same_origin(const BaseUrl& ours, std::string_view scheme, std::string_view authority) {
  const auto theirs = parse_base_url(std::string(scheme) + "://" + std::string(authority), nullptr);
  return theirs && theirs->tls == ours.tls && theirs->host == ours.host && theirs->port == ours.port;
}

// The reference's path and query, as they are seen from what was asked.
std::string resolved(std::string_view reference, std::string_view asked) {
  const auto path = before_query(reference);
  const auto query = reference.substr(path.size());
  if (path.empty()) return std::string(query.empty() ? asked : before_query(asked)).append(query);
  std::string merged(path);
  if (!path.starts_with('/')) {
    const auto base = before_query(asked);
    merged.insert(0, base.substr(0, base.rfind('/') + 1));
  }
  return without_dot_segments(merged).append(query);
}

}  // namespace

std::optional<std::string> same_origin_target(const VendorSpec& vendor, const std::string& asked_target,
                                              std::string_view location) {
  if (location.empty() || location.size() > kLongestTarget) return std::nullopt;
  std::string_view reference = location.substr(0, location.find('#'));
  const auto scheme = scheme_of(reference);
  if (!scheme.empty()) reference.remove_prefix(scheme.size() + 1);
  const bool has_authority = reference.starts_with("//");
  if (!scheme.empty() && !has_authority) return std::nullopt;
  if (has_authority) {
    reference.remove_prefix(2);
    const auto authority = reference.substr(0, reference.find_first_of("/?\\"));
    const std::string_view ours = vendor.base_url.tls ? "https" : "http";
    if (!same_origin(vendor.base_url, scheme.empty() ? ours : scheme, authority)) return std::nullopt;
    reference.remove_prefix(authority.size());
  }
  std::string absolute(reference);
  if (has_authority && !reference.starts_with('/')) absolute.insert(0, "/");
  auto target = encoded(resolved(absolute, asked_target));
  if (!target || target->size() > kLongestTarget) return std::nullopt;
  const auto of_auth = auth_kind(vendor.auth.kind).query_parameter(vendor.auth);
  return of_auth.empty() ? std::move(*target) : without_parameter(*target, of_auth);
}

std::string without_parameter(std::string_view target, std::string_view name) {
  const auto mark = target.find('?');
  if (mark == std::string_view::npos) return std::string(target);
  std::string kept(target.substr(0, mark));
  char before = '?';
  for (auto rest = target.substr(mark + 1);;) {
    const auto end = std::min(rest.find('&'), rest.size());
    const auto pair = rest.substr(0, end);
    if (decoded(pair.substr(0, pair.find('='))) != name) {
      kept += std::exchange(before, '&');
      kept += pair;
    }
    if (end == rest.size()) return kept;
    rest.remove_prefix(end + 1);
  }
}

}  // namespace fanout
