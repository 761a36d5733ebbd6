#include "base/redactor.h"

#include <algorithm>

#include "base/escapes.h"

namespace fanout {
namespace {

constexpr std::string_view kInItsPlace = "…";

std::u32string characters_of(std::string_view text) {
  std::u32string characters;
  std::vector<Spelling> found;
  while (!text.empty()) {
    // Taken as it is: a secret may hold what looks like an escape.
    const bool plain = std::string_view("%\\&+").find(text.front()) != std::string_view::npos;
    spellings(text, found);
    const Spelling& one = plain ? found.front() : found.back();
    characters += one.character;
    text.remove_prefix(one.bytes);
  }
  return characters;
}

// Each byte a character: somebody took our UTF-8 for Latin-1 and encoded it anew.
std::u32string bytes_of(std::string_view text) {
  std::u32string bytes;
  for (const char c : text) bytes += static_cast<unsigned char>(c);
  return bytes;
}

// The longest beginning of the text that spells the secret, in bytes; 0 if none does.
std::size_t spelt(std::string_view text, std::u32string_view secret) {
  std::vector<std::size_t> ends = {0};
  std::vector<std::size_t> next;
  std::vector<Spelling> found;
  for (const char32_t character : secret) {
    next.clear();
    for (const auto at : ends) {
      if (at >= text.size()) continue;
      spellings(text.substr(at), found);
      for (const auto& one : found) {
        const auto end = at + one.bytes;
        if (one.character == character && std::ranges::find(next, end) == next.end()) next.push_back(end);
      }
    }
    if (next.empty()) return 0;
    ends.swap(next);
  }
  return std::ranges::max(ends);
}

}  // namespace

Redactor::Redactor(const std::vector<Secret>& hidden) {
  for (const auto& secret : hidden) {
    const auto& text = secret.reveal();
    if (text.empty()) continue;
    for (auto& form : {characters_of(text), bytes_of(text)}) {
      if (std::ranges::find(hidden_, form) == hidden_.end()) hidden_.push_back(form);
    }
  }
  std::ranges::stable_sort(hidden_, std::greater(), &std::u32string::size);
}

std::string Redactor::redact(std::string_view text) const {
  if (hidden_.empty()) return std::string(text);
  std::string shown;
  // Most bytes can begin none, and need no further look.
  std::string beginnings = "%\\&+";
  bool wide = false;
  for (const auto& secret : hidden_) {
    if (secret.front() < 0x80) beginnings += static_cast<char>(secret.front());
    wide = wide || secret.front() >= 0x80;
  }
  while (!text.empty()) {
    const bool may_begin = beginnings.find(text.front()) != std::string::npos ||
                           (wide && static_cast<unsigned char>(text.front()) >= 0x80);
    std::size_t hidden = 0;
    for (auto it = hidden_.begin(); may_begin && it != hidden_.end(); ++it) {
      hidden = std::max(hidden, spelt(text, *it));
    }
    if (hidden == 0) {
      shown += text.front();
      text.remove_prefix(1);
    } else {
      shown += kInItsPlace;
      text.remove_prefix(hidden);
    }
  }
  return shown;
}

}  // namespace fanout
