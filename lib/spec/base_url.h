// The origin that a vendor answers at, and the path in front of all of its paths. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fanout {

struct BaseUrl {
  bool tls = true;
  std::string host;  // IPv6 without brackets
  std::string port;
  std::string path;  // without trailing slash; may be empty
  std::string text() const;
  std::string origin() const;  // without the path
  friend bool operator==(const BaseUrl&, const BaseUrl&) = default;
};

// "https://oracle.example:8443/rest". Nothing for text that is none; *why then says what is wrong, without
// repeating a password.
std::optional<BaseUrl> parse_base_url(std::string_view text, std::string* why);

}  // namespace fanout
