#include "reply/json_scan.h"

#include <fmt/format.h>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/src.hpp>
#include <limits>

#include "base/excerpt.h"
#include "reply/item_finder.h"
#include "reply/written_number.h"

namespace fanout {
namespace {

namespace parsing = boost::json;
using nlohmann::json;
using Code = parsing::error_code;
using Text = parsing::string_view;

// What Boost.JSON's parser reports, as its documentation calls it. Nothing is wanted: the body is only
// checked, which most replies need and nothing more.
struct Checking {
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = max_object_size;
  static constexpr std::size_t max_key_size = max_object_size;
  static constexpr std::size_t max_string_size = max_object_size;

  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }
  bool on_array_begin(Code&) { return true; }
  bool on_array_end(std::size_t, Code&) { return true; }
  bool on_object_begin(Code&) { return true; }
  bool on_object_end(std::size_t, Code&) { return true; }
  bool on_string_part(Text, std::size_t, Code&) { return true; }
  bool on_string(Text, std::size_t, Code&) { return true; }
  bool on_key_part(Text, std::size_t, Code&) { return true; }
  bool on_key(Text, std::size_t, Code&) { return true; }
  bool on_number_part(Text, Code&) { return true; }
  bool on_int64(std::int64_t, Text, Code&) { return true; }
  bool on_uint64(std::uint64_t, Text, Code&) { return true; }
  bool on_double(double, Text, Code&) { return true; }
  bool on_bool(bool, Code&) { return true; }
  bool on_null(Code&) { return true; }
  bool on_comment_part(Text, Code&) { return true; }
  bool on_comment(Text, Code&) { return true; }

  Scanned finish() { return {}; }
};

// The same, and what is wanted is found.
class Finding : public Checking {
 public:
  explicit Finding(const Wanted& wanted) : finder_(wanted) {}

  bool on_array_begin(Code&) { return open(false); }
  bool on_array_end(std::size_t, Code&) { return close(); }
  bool on_object_begin(Code&) { return open(true); }
  bool on_object_end(std::size_t, Code&) { return close(); }
  bool on_string_part(Text part, std::size_t, Code&) { return append(part); }
  bool on_string(Text part, std::size_t, Code&) { return append(part) && value(std::exchange(text_, {})); }
  bool on_key_part(Text part, std::size_t, Code&) { return append(part); }
  bool on_key(Text part, std::size_t, Code&) {
    append(part);
    if (finder_.watching()) finder_.key(std::exchange(text_, {}));
    return true;
  }
  bool on_number_part(Text part, Code&) { return append(part); }
  bool on_int64(std::int64_t number, Text, Code&) { return value(number); }
  bool on_uint64(std::uint64_t number, Text, Code&) { return value(number); }
  bool on_double(double, Text part, Code&) { return append(part) && value(number_as_written(text_)); }
  bool on_bool(bool truth, Code&) { return value(truth); }
  bool on_null(Code&) { return value(nullptr); }

  Scanned finish() { return finder_.finish(); }

 private:
  bool append(Text part) {
    if (finder_.watching()) text_.append(part.data(), part.size());
    return true;
  }
  bool value(json value) {
    text_.clear();
    if (finder_.watching()) finder_.value(std::move(value));
    return true;
  }
  bool open(bool object) {
    if (finder_.watching()) finder_.open(object);
    return true;
  }
  bool close() {
    if (finder_.watching()) finder_.close();
    return true;
  }

  ItemFinder finder_;
  std::string text_;  // of the key, string or number at hand
};

Scanned malformed(std::string_view body, const Redactor* redactor, const std::string& why) {
  Scanned scanned;
  scanned.fault = Fault::malformed;
  const auto shown = redactor == nullptr ? excerpt(body) : excerpt(body, *redactor);
  const auto text = body.find_first_not_of(" \t\r\n");
  if (text == std::string_view::npos) {
    scanned.detail = "an empty body where JSON was expected";
  } else if (body[text] == '<') {
    scanned.detail = "answered HTML or XML instead of JSON: " + shown;
  } else {
    scanned.detail = why + ": " + shown;
  }
  return scanned;
}

template <typename Handler, typename... Given>
Scanned scan(std::string_view body, const Redactor* redactor, const Given&... given) {
  parsing::parse_options options;
  options.max_depth = kDeepest;
  parsing::basic_parser<Handler> parser(options, given...);
  Code code;
  const std::size_t read = parser.write_some(false, body.data(), body.size(), code);
  if (code == parsing::error::too_deep) {
    Scanned scanned;
    scanned.fault = Fault::too_deep;
    scanned.detail = fmt::format("nested deeper than {}", kDeepest);
    return scanned;
  }
  if (code) return malformed(body, redactor, fmt::format("not JSON ({} at byte {})", code.message(), read));
  if (read != body.size())
    return malformed(body, redactor, fmt::format("not JSON (something follows it at byte {})", read));
  return parser.handler().finish();
}

}  // namespace

Scanned scan_json(std::string_view body, const Wanted& wanted) {
  const bool nothing = wanted.items == nullptr && wanted.total == nullptr && wanted.pages == nullptr;
  return nothing ? scan<Checking>(body, wanted.redactor) : scan<Finding>(body, wanted.redactor, wanted);
}

}  // namespace fanout
