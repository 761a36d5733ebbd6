#include "spec/base_url.h"

#include <algorithm>
#include <charconv>

#include "base/ascii.h"

namespace fanout {
namespace {

bool is_alnum(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool all_of(std::string_view text, std::string_view others) {
  return std::all_of(text.begin(), text.end(),
                     [&](char c) { return is_alnum(c) || others.find(c) != std::string_view::npos; });
}

// "host", "host:port" or "[v6]:port" into its parts. Says what is wrong, or nothing.
std::string read_authority(std::string_view authority, BaseUrl& url) {
  std::string_view port;
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    if (end == std::string_view::npos) return "the bracket of the IPv6 address does not close";
    url.host = lower(authority.substr(1, end - 1));
    if (url.host.find(':') == std::string::npos || !all_of(url.host, ":.")) {
      return "\"" + url.host + "\" is no IPv6 address";
    }
    const std::string_view rest = authority.substr(end + 1);
    if (!rest.empty() && !rest.starts_with(':')) return "after the address comes :port or a path";
    port = rest.empty() ? rest : rest.substr(1);
    if (!rest.empty() && port.empty()) return "the port is missing after the colon";
  } else {
    const std::size_t colon = authority.find(':');
    url.host = lower(authority.substr(0, colon));
    if (url.host.empty()) return "it has no host";
    if (!all_of(url.host, ".-_")) return "\"" + url.host + "\" is no host name";
    if (colon != std::string_view::npos) {
      port = authority.substr(colon + 1);
      if (port.empty()) return "the port is missing after the colon";
    }
  }
  url.port = url.tls ? "443" : "80";
  if (port.empty()) return {};
  int number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (error != std::errc() || end != port.data() + port.size() || number < 1 || number > 65535) {
    return "\"" + std::string(port) + "\" is no port";
  }
  url.port = std::to_string(number);
  return {};
}

std::string read_url(std::string_view text, BaseUrl& url) {
  const std::size_t colon = text.find("://");
  const std::string scheme = lower(text.substr(0, colon));
  if (colon == std::string_view::npos || (scheme != "http" && scheme != "https")) {
    return "it begins with neither https:// nor http://";
  }
  url.tls = scheme == "https";
  std::string_view rest = text.substr(colon + 3);
  if (rest.find_first_of("?#") != std::string_view::npos) {
    return "it ends before a query or fragment; what is to be asked goes into the levels";
  }
  const std::size_t slash = rest.find('/');
  const std::string_view authority = rest.substr(0, slash);
  if (authority.find('@') != std::string_view::npos) {
    return "user and password do not belong into it; write auth = { kind = \"basic\", … }";
  }
  if (std::string why = read_authority(authority, url); !why.empty()) return why;
  std::string_view path = slash == std::string_view::npos ? std::string_view() : rest.substr(slash);
  while (path.ends_with('/')) path.remove_suffix(1);
  if (!all_of(path, "/-._~!$&'()*+,;=:@%")) return "its path holds a character that must be percent-encoded";
  url.path = std::string(path);
  return {};
}

}  // namespace

std::string BaseUrl::text() const { return origin() + path; }

std::string BaseUrl::origin() const {
  const bool is_v6 = host.find(':') != std::string::npos;
  std::string url = tls ? "https://" : "http://";
  url += is_v6 ? "[" + host + "]" : host;
  if (port != (tls ? "443" : "80")) url += ":" + port;
  return url;
}

std::optional<BaseUrl> parse_base_url(std::string_view text, std::string* why) {
  BaseUrl url;
  std::string wrong = read_url(text, url);
  if (wrong.empty()) return url;
  if (why != nullptr) *why = std::move(wrong);
  return std::nullopt;
}

}  // namespace fanout
