#include "http/strict_head.h"

#include <algorithm>
#include <vector>

#include "base/ascii.h"

namespace fanout {
namespace {

constexpr std::string_view kBlanks = " \t";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// What says where a reply ends. Letters alone count, so that nothing only looks like it.
bool is_framing(std::string_view name) {
  std::string letters;
  for (const char c : lower(name))
    if (c >= 'a' && c <= 'z') letters += c;
  return letters == "contentlength" || letters == "transferencoding";
}

std::string_view next_line(std::string_view& text) {
  const auto end = text.find('\n');
  auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// "http/1.0  200" becomes "HTTP/1.0 200 ": nobody reads the reason.
std::string status_line(std::string_view line) {
  std::string version(line.substr(0, line.find_first_of(kBlanks)));
  std::string_view rest = line.substr(version.size());
  rest = trimmed(rest);
  for (char& c : version)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  const auto status = rest.substr(0, rest.find_first_of(kBlanks));
  return version + " " + std::string(status) + " \r\n";
}

// A control character in a value means nothing; one that ends a line or a text is left for the parser to
// refuse.
void append_value(std::string& head, std::string_view value) {
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    const bool harmless = (byte < 0x20 && byte != '\0' && byte != '\r') || byte == 0x7F;
    head += harmless ? ' ' : c;
  }
}

struct Header {
  std::string_view name;
  std::string value;
};

}  // namespace

std::size_t end_of_head(std::string_view bytes, std::size_t& searched) {
  for (auto at = bytes.find('\n', searched); at != std::string_view::npos; at = bytes.find('\n', at + 1)) {
    const auto rest = bytes.substr(at + 1, 2);
    if (rest.starts_with('\n')) return at + 2;
    if (rest == "\r\n") return at + 3;
    if (rest.size() < 2) {  // this line end may still be followed by an empty line
      searched = at;
      return std::string_view::npos;
    }
  }
  searched = bytes.size();
  return std::string_view::npos;
}

std::optional<std::string> strict_head(std::string_view head, std::string* why) {
  const auto refuse = [why](std::string reason) {
    *why = std::move(reason);
    return std::nullopt;
  };
  std::string strict = status_line(next_line(head));
  std::vector<Header> headers;
  while (!head.empty()) {
    const auto line = next_line(head);
    if (line.empty()) break;
    if (kBlanks.find(line.front()) != std::string_view::npos) {  // the header before it goes on
      if (headers.empty()) return refuse("a blank begins its first header");
      if (is_framing(headers.back().name))
        return refuse("its header " + std::string(headers.back().name) + " is folded");
      headers.back().value.append(" ").append(trimmed(line));
      continue;
    }
    const auto colon = line.find(':');
    const auto written = line.substr(0, colon);
    const auto name = trimmed(written);
    const bool exact = lower(name) == "content-length" || lower(name) == "transfer-encoding";
    if (is_framing(name) && (colon == std::string_view::npos || name.size() != written.size() || !exact))
      return refuse("its header " + std::string(name) + " is not written as it must be");
    if (is_framing(name)) {
      const auto same = [&](const Header& header) { return lower(header.name) == lower(name); };
      if (std::ranges::any_of(headers, same) ||
          (lower(name) == "content-length" && line.find(',') != std::string_view::npos))
        return refuse("its header " + std::string(name) + " is said twice");
    }
    if (colon == std::string_view::npos) continue;
    // One that nobody could ask for by its name. Without a name it is the parser's to refuse.
    if (!name.empty() && !is_header_name(name)) continue;
    headers.push_back({name, std::string(trimmed(line.substr(colon + 1)))});
  }
  for (const auto& header : headers) {
    strict.append(header.name).append(": ");
    append_value(strict, header.value);
    strict.append("\r\n");
  }
  return strict.append("\r\n");
}

}  // namespace fanout
