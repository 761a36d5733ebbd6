#include "http/strict_head.h"

#include <array>
#include <utility>

#include "base/ascii.h"

namespace fanout {
namespace {

enum class Framing { none, content_length, transfer_encoding };

constexpr std::string_view kContentLength = "contentlength";
constexpr std::string_view kTransferEncoding = "transferencoding";

bool is_spelled(std::string_view name, std::string_view letters) {
  for (const char c : name) {
    const char small = static_cast<char>(c | 0x20);
    if (small < 'a' || small > 'z') continue;
    if (letters.empty() || small != letters.front()) return false;
    letters.remove_prefix(1);
  }
  return letters.empty();
}

// What says where a reply ends. Letters alone count, so that nothing only looks like it.
Framing framing_of(std::string_view name) {
  if (is_spelled(name, kContentLength)) return Framing::content_length;
  if (is_spelled(name, kTransferEncoding)) return Framing::transfer_encoding;
  return Framing::none;
}

bool is_exact(std::string_view name, Framing framing) {
  return lower(name) == (framing == Framing::content_length ? "content-length" : "transfer-encoding");
}

// What may stand in a line, and in the name of a header.
enum Letters : unsigned char { kText = 1, kToken = 2 };
constexpr auto kLetters = [] {
  std::array<unsigned char, 256> letters{};
  for (unsigned c = 0; c < letters.size(); ++c) {
    const char letter = static_cast<char>(c);
    letters[c] = static_cast<unsigned char>((c >= 0x20 && c != 0x7F ? kText : 0) |
                                            (is_header_name({&letter, 1}) ? kToken : 0));
  }
  return letters;
}();

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
  rest = stripped(rest);
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

// One pass, by a table: this is done for every reply.
bool is_strict(std::string_view head) {
  static constexpr std::string_view kLineEnd = "\r\n";
  std::size_t at = 0;
  const auto pass = [&](Letters kind) {
    const auto begin = at;
    while (at < head.size() && (kLetters[static_cast<unsigned char>(head[at])] & kind) != 0) ++at;
    return head.substr(begin, at - begin);
  };
  const auto ends_line = [&] {
    const bool ends = head.substr(at, kLineEnd.size()) == kLineEnd;
    at += kLineEnd.size();
    return ends;
  };
  const auto status = pass(kText);
  // "HTTP/1.1 200 ": one blank on each side of the status.
  if (!status.starts_with("HTTP/1.") || status.size() < 13 || status[8] != ' ' || status[12] != ' ')
    return false;
  if (!ends_line()) return false;
  bool seen[] = {false, false, false};
  while (at < head.size()) {
    if (head[at] == '\r') return head.substr(at) == kLineEnd;
    const auto name = pass(kToken);
    if (name.empty() || at == head.size() || head[at] != ':') return false;
    const auto value = pass(kText);
    if (!ends_line()) return false;
    const auto framing = name.size() < kContentLength.size() ? Framing::none : framing_of(name);
    if (framing == Framing::none) continue;
    if (!is_exact(name, framing) || value.find(',') != std::string_view::npos) return false;
    if (std::exchange(seen[static_cast<int>(framing)], true)) return false;
  }
  return false;
}

std::optional<std::string> strict_head(std::string_view head, std::string* why) {
  const auto refuse = [why](std::string_view name, std::string_view reason) {
    why->assign("its header ").append(name).append(reason);
    return std::nullopt;
  };
  constexpr std::string_view kLineEnd = "\r\n";
  std::string strict;
  strict.reserve(head.size() + head.size() / 8);
  strict += status_line(next_line(head));
  std::string_view latest;      // the name of the header that may go on in the next line
  bool latest_is_kept = false;  // and whether it is read at all
  bool seen[] = {false, false, false};
  while (!head.empty()) {
    const auto line = next_line(head);
    if (line.empty()) break;
    if (kBlanks.find(line.front()) != std::string_view::npos) {
      if (latest.data() == nullptr) {
        *why = "a blank begins its first header";
        return std::nullopt;
      }
      if (framing_of(latest) != Framing::none) return refuse(latest, " is folded");
      if (!latest_is_kept) continue;
      strict.resize(strict.size() - kLineEnd.size());
      append_value(strict.append(" "), stripped(line));
      strict += kLineEnd;
      continue;
    }
    const auto colon = line.find(':');
    const auto written = line.substr(0, colon);
    const auto name = stripped(written);
    if (const auto framing = framing_of(name); framing != Framing::none) {
      if (colon == std::string_view::npos || name.size() != written.size() || !is_exact(name, framing))
        return refuse(name, " is not written as it must be");
      const bool lists = framing == Framing::content_length && line.find(',') != std::string_view::npos;
      if (std::exchange(seen[static_cast<int>(framing)], true) || lists)
        return refuse(name, " is said twice");
    }
    latest = name;
    // Nobody could ask for it by its name. Without a name it is the parser's to refuse.
    latest_is_kept = colon != std::string_view::npos && (name.empty() || is_header_name(name));
    if (!latest_is_kept) continue;
    strict.append(name).append(": ");
    append_value(strict, stripped(line.substr(colon + 1)));
    strict += kLineEnd;
  }
  return strict.append(kLineEnd);
}

}  // namespace fanout
