// Keys that several sections have.
#include "base/units.h"
#include "base/wording.h"
#include "config/sections.h"

namespace fanout {
namespace {

constexpr double kLeastPercent = 0.01;  // less is a slip, and a hundred thousandth of a rate no rate

}  // namespace

std::optional<double> read_share(Reader& reader, const std::string& key, bool may_be_zero) {
  std::string text;
  const Node* node = reader.text(key, text);
  if (node == nullptr) return std::nullopt;
  const auto percent = parse_percent(text);
  if (percent && (*percent >= kLeastPercent || (may_be_zero && *percent <= 0))) return *percent / 100;
  reader.complaints().add(node->place,
                          in_quotes(key) + ": " + in_quotes(text) + " is no share that could be used",
                          may_be_zero ? "write for example \"2%\", or \"0%\" for none at all"
                                      : "more than 0% and at most 100%, for example \"60%\"");
  return std::nullopt;
}

const Node* read_zone(Reader& reader, std::string& zone) {
  const Node* node = reader.text("timezone", zone);
  if (node == nullptr) return nullptr;
  if (const auto wrong = error_in_zone(zone)) {
    reader.complaints().add(node->place, "\"timezone\": " + *wrong);
    zone = "UTC";
  }
  return node;
}

}  // namespace fanout
