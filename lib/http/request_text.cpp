#include "http/request_text.h"

#include <algorithm>
#include <boost/beast/core/string.hpp>

namespace fanout {
namespace {

constexpr std::string_view kUserAgent = "fanoutd/0.1";

void append_target(std::string_view target, std::string* text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (const char c : target) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte < 0x7F) {
      *text += c;
    } else {
      *text += {'%', kDigits[byte >> 4U], kDigits[byte & 0xFU]};
    }
  }
}

// A line break in a value would begin a header of its own; config and asking let none through.
void append_header(std::string_view name, std::string_view value, std::string* text) {
  text->append(name).append(": ");
  for (const char c : value) *text += c == '\r' || c == '\n' || c == '\0' ? ' ' : c;
  text->append("\r\n");
}

bool has_header(const Request& request, std::string_view name) {
  return boost::beast::iequals(request.secret_header_name, name) ||
         std::ranges::any_of(request.headers,
                             [&](const auto& header) { return boost::beast::iequals(header.first, name); });
}

void append_default(const Request& request, std::string_view name, std::string_view value,
                    std::string* text) {
  if (!has_header(request, name)) append_header(name, value, text);
}

}  // namespace

std::string standing_headers(const BaseUrl& base_url) {
  const bool v6 = base_url.host.find(':') != std::string::npos;
  std::string host = v6 ? "[" + base_url.host + "]" : base_url.host;
  if (base_url.port != (base_url.tls ? "443" : "80")) host += ":" + base_url.port;
  std::string text;
  append_header("Host", host, &text);
  return text;
}

void append_request(const Request& request, const std::string& standing_headers, std::string* text) {
  text->append("GET ");
  if (!request.target.starts_with('/')) *text += '/';
  append_target(request.target, text);
  if (!request.secret_query.empty()) {
    *text += request.target.find('?') == std::string::npos ? '?' : '&';
    append_target(request.secret_query.reveal(), text);
  }
  text->append(" HTTP/1.1\r\n").append(standing_headers);
  append_default(request, "User-Agent", kUserAgent, text);
  append_default(request, "Accept", "application/json", text);
  append_default(request, "Accept-Encoding", "gzip, deflate", text);
  for (const auto& [name, value] : request.headers) {
    if (!boost::beast::iequals(name, request.secret_header_name)) append_header(name, value, text);
  }
  if (!request.secret_header_name.empty()) {
    append_header(request.secret_header_name, request.secret_header_value.reveal(), text);
  }
  text->append("\r\n");
}

}  // namespace fanout
