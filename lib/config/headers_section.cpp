// headers = { Accept = "application/json" }
#include <algorithm>

#include "base/ascii.h"
#include "base/wording.h"
#include "config/sections.h"

namespace fanout {
namespace {

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool holds_control_characters(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7F; });
}

}  // namespace

void check_header(const Setting& header, Complaints& complaints) {
  const std::string low = lower(header.name);
  if (!is_header_name(header.name)) {
    complaints.add(header.node->place, in_quotes(header.name) + " is no header name");
  } else if (is_one_of(low, {"authorization", "proxy-authorization", "cookie", "api-key", "x-api-key",
                             "x-auth-token"})) {
    complaints.add(header.node->place,
                   "header " + in_quotes(header.name) + " carries a secret, which must not be here",
                   "use auth = { … } of the vendor");
  } else if (is_one_of(low,
                       {"host", "content-length", "transfer-encoding", "connection", "accept-encoding"})) {
    complaints.add(header.node->place, "header " + in_quotes(header.name) + " is set by fanoutd itself",
                   "leave it out");
  } else if (holds_control_characters(header.value)) {
    complaints.add(header.node->place, "header " + in_quotes(header.name) + " must be one line of text");
  }
}

}  // namespace fanout
