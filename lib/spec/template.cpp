#include "spec/template.h"

#include <algorithm>
#include <array>

namespace fanout {
namespace {

using Characters = std::array<bool, 256>;

constexpr Characters with(Characters set, std::string_view more) {
  for (const char c : more) set[static_cast<unsigned char>(c)] = true;
  return set;
}

// RFC 3986 §2.3 and §2.2. Tables, because each byte of each request passes through here.
constexpr Characters kUnreserved =
    with({}, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");
constexpr Characters kUnreservedAndReserved = with(kUnreserved, ":/?#[]@!$&'()*+,;=");
constexpr Characters kHex = with({}, "0123456789ABCDEFabcdef");

bool is_in(const Characters& set, char c) { return set[static_cast<unsigned char>(c)]; }

bool is_encoded(std::string_view text, std::size_t at) {
  return text[at] == '%' && at + 2 < text.size() && is_in(kHex, text[at + 1]) && is_in(kHex, text[at + 2]);
}

void append_encoded(std::string& to, std::string_view text, bool keep_reserved) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  const Characters& kept = keep_reserved ? kUnreservedAndReserved : kUnreserved;
  std::size_t begin = 0;  // of what is kept and not yet appended
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (is_in(kept, text[at]) || (keep_reserved && is_encoded(text, at))) continue;
    const auto byte = static_cast<unsigned char>(text[at]);
    to.append(text, begin, at - begin);
    to += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    begin = at + 1;
  }
  to.append(text, begin);
}

// Names of levels and fields; a field may be called almost anything.
bool is_name_character(char c) {
  return static_cast<unsigned char>(c) > ' ' && c != '{' && c != '}' && c != '+' && c != 0x7f;
}

}  // namespace

std::string percent_encode(std::string_view text, bool keep_reserved) {
  std::string encoded;
  encoded.reserve(text.size() + 8);
  append_encoded(encoded, text, keep_reserved);
  return encoded;
}

std::optional<Template> Template::parse(std::string_view text, std::string* why, std::size_t* where) {
  const auto refuse = [&](std::string reason, std::size_t at) {
    if (why != nullptr) *why = std::move(reason);
    if (where != nullptr) *where = at;
    return std::nullopt;
  };
  Template parsed;
  parsed.text_ = text;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '}') return refuse("a } without its {", at);
    if (text[at] != '{') {
      const auto end = std::min(text.find_first_of("{}", at), text.size());
      parsed.pieces_.push_back({std::string(text.substr(at, end - at)), false, false, false, at});
      at = end;
      continue;
    }
    const auto end = text.find_first_of("{}", at + 1);
    if (end == std::string_view::npos || text[end] == '{') return refuse("a { without its }", at);
    auto name = text.substr(at + 1, end - at - 1);
    const bool keep_reserved = name.starts_with('+');
    if (keep_reserved) name.remove_prefix(1);
    const bool optional = name.size() > 1 && name.ends_with('?');
    if (optional) name.remove_suffix(1);
    if (name.empty()) return refuse("there is no name between { and }", at);
    for (const char c : name) {
      if (!is_name_character(c)) return refuse("\"" + std::string(name) + "\" is no name", at);
    }
    parsed.pieces_.push_back({std::string(name), true, keep_reserved, optional, at});
    at = end + 1;
  }
  return parsed;
}

std::optional<std::string> Template::expand(const Lookup& lookup, std::string* missing) const {
  std::string expanded;
  expanded.reserve(text_.size() + 32);
  for (const auto& piece : pieces_) {
    if (!piece.is_name) {
      append_encoded(expanded, piece.text, true);
      continue;
    }
    const auto value = lookup(piece.text);
    if (!value) {
      if (piece.optional) continue;
      if (missing != nullptr) *missing = piece.text;
      return std::nullopt;
    }
    append_encoded(expanded, *value, piece.keep_reserved);
  }
  return expanded;
}

std::optional<std::string> Template::expand_raw(const Lookup& lookup,
                                                const std::function<std::string(std::string)>& shape,
                                                std::string* missing) const {
  std::string expanded;
  for (const auto& piece : pieces_) {
    if (!piece.is_name) {
      expanded += piece.text;
      continue;
    }
    auto value = lookup(piece.text);
    if (!value && piece.optional) value.emplace();
    if (!value) {
      if (missing != nullptr) *missing = piece.text;
      return std::nullopt;
    }
    expanded += shape(std::move(*value));
  }
  return expanded;
}

bool Template::stands_for_nothing(const Lookup& lookup) const {
  return !pieces_.empty() && std::ranges::all_of(pieces_, [&lookup](const Piece& piece) {
    return piece.is_name && piece.optional && lookup(piece.text).value_or("").empty();
  });
}

std::vector<std::string> Template::names() const {
  std::vector<std::string> names;
  for (const auto& piece : pieces_) {
    if (piece.is_name) names.push_back(piece.text);
  }
  return names;
}

}  // namespace fanout
