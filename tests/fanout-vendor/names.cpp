#include "names.h"

#include <fmt/format.h>

#include <array>
#include <iterator>

#include "chance.h"

namespace fanout_vendor {
namespace {

using namespace std::string_view_literals;

// "#" becomes the id; a name without one is shared by siblings on purpose.
constexpr std::array kKinds{
    "a/b/c-#"sv,
    "../../etc/passwd"sv,
    ".."sv,
    "."sv,
    ""sv,
    "/absolute-#"sv,
    "na\u00efve \u65e5\u672c\u8a9e \U0001f680 #"sv,
    "\u202etxt.exe-#"sv,
    "say \"hi\" 'there' \\ #"sv,
    "two\nlines\r\nand\ttab-#"sv,
    "100% %2e%2e%2f %00 %zz #"sv,
    "  spaces around #  "sv,
    "Same"sv,
    "same"sv,
    ".hidden-#"sv,
    "-rf *"sv,
    "$(reboot) `id` ~ ; & | #"sv,
    "'); DROP TABLE task; --"sv,
    "{troop.id} {+run.id} #"sv,
    "nul\0bell\a\x7f#"sv,
    "CON"sv,
    "C:\\x:y*z?<#>|"sv,
    "?start=0&end=1#fragment-"sv,
    "e\u0301 combined #"sv,
};
constexpr std::size_t kLong = 300;  // longer than a file name may be, in characters and even more in bytes

std::string long_name(std::string_view letter, std::uint64_t id) {
  std::string name = std::to_string(id);
  for (std::size_t count = name.size(); count < kLong; ++count) name.append(letter);
  return name;
}

}  // namespace

std::string hostile_name(std::string_view level, std::uint64_t id) {
  const auto kind = mix(id + level.size()) % (kKinds.size() + 2);
  if (kind == kKinds.size()) return long_name("x", id);
  if (kind == kKinds.size() + 1) return long_name("\u00fc", id);
  std::string name;
  for (const char c : kKinds[kind]) {
    if (c == '#') {
      name += std::to_string(id);
    } else {
      name += c;
    }
  }
  return name;
}

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", byte);
    } else {
      out += c;
    }
  }
  out += '"';
}

}  // namespace fanout_vendor
