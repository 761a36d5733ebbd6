// [vendor.X.told]
#include <algorithm>
#include <cctype>

#include "base/wording.h"
#include "config/sections.h"

namespace fanout {
namespace {

bool looks_like_a_header(const std::string& text) {
  return std::ranges::all_of(text, [](unsigned char c) { return std::isalnum(c) != 0 || c == '-'; });
}

}  // namespace

ToldSpec read_told(Reader& vendor, Checking checking) {
  ToldSpec told;
  const Node* node = vendor.kind("told", Node::Kind::table);
  if (node == nullptr) return told;
  const auto& outer = vendor.name();
  Reader reader(*node, outer.substr(0, outer.size() - 1) + ".told]", checking.complaints);
  bool all_well = true;
  for (const auto& [key, part] : kToldKeys) {
    std::string& into = told.*part;
    const Node* sql = reader.text(key, into);
    all_well = all_well && (sql != nullptr || reader.any(key) == nullptr);
    if (sql == nullptr) continue;
    if (const auto wrong = checking.expressions.error_in_wait(into))
      checking.complaints.add(
          sql->place, in_quotes(key) + ": " + *wrong,
          looks_like_a_header(into) ? "the value of a header is header('" + into + "')" : "");
  }
  reader.unknown_keys();
  const bool says_something =
      !told.cost.empty() || !told.remaining.empty() || (!told.limit.empty() && !told.window.empty());
  if (all_well && !says_something) {
    checking.complaints.add(node->place, reader.name() + " says nothing that could be kept to",
                            "say what is remaining, or limit and window, or what a request costs; e.g. "
                            "remaining = \"header('X-Left')\"");
  }
  return told;
}

}  // namespace fanout
