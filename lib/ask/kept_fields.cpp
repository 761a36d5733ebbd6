#include "ask/kept_fields.h"

#include <boost/json/basic_parser_impl.hpp>
#include <limits>

namespace fanout {
namespace {

namespace parsing = boost::json;
using Code = parsing::error_code;
using Text = parsing::string_view;

constexpr std::size_t kDeepest = 128;

// What Boost.JSON's parser reports; see its documentation.
class Handler {
 public:
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = max_object_size;
  static constexpr std::size_t max_key_size = max_object_size;
  static constexpr std::size_t max_string_size = max_object_size;

  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }
  bool on_array_begin(Code&) {
    ++lists_;
    return true;
  }
  bool on_array_end(std::size_t, Code&) {
    --lists_;
    return true;
  }
  bool on_object_begin(Code&) {
    around_.push_back(name_.size());
    return true;
  }
  bool on_object_end(std::size_t, Code&) {
    name_.resize(around_.back());
    around_.pop_back();
    return true;
  }
  bool on_string_part(Text part, std::size_t, Code&) { return append(part); }
  bool on_string(Text part, std::size_t, Code&) { return append(part) && value(); }
  bool on_key_part(Text part, std::size_t, Code&) { return append(part); }
  bool on_key(Text part, std::size_t, Code&) {
    append(part);
    name_.resize(around_.back());
    if (!name_.empty()) name_ += '.';
    name_ += text_;
    text_.clear();
    return true;
  }
  bool on_number_part(Text part, Code&) { return append(part); }
  bool on_int64(std::int64_t, Text part, Code&) { return append(part) && value(); }
  bool on_uint64(std::uint64_t, Text part, Code&) { return append(part) && value(); }
  bool on_double(double, Text part, Code&) { return append(part) && value(); }
  bool on_bool(bool truth, Code&) { return append(truth ? "true" : "false") && value(); }
  bool on_null(Code&) { return true; }
  bool on_comment_part(Text, Code&) { return true; }
  bool on_comment(Text, Code&) { return true; }

  std::vector<std::pair<std::string, std::string>> found;

 private:
  bool append(Text part) {
    text_.append(part.data(), part.size());
    return true;
  }
  bool value() {
    if (lists_ == 0 && !name_.empty()) found.emplace_back(name_, text_);
    text_.clear();
    return true;
  }

  std::string name_;
  std::vector<std::size_t> around_;  // how long the name is outside of each object
  int lists_ = 0;
  std::string text_;
};

}  // namespace

std::vector<std::pair<std::string, std::string>> kept_fields(std::string_view parents) {
  parsing::parse_options options;
  options.max_depth = kDeepest;
  parsing::basic_parser<Handler> parser(options);
  Code code;
  parser.write_some(false, parents.data(), parents.size(), code);
  if (code) return {};
  return std::move(parser.handler().found);
}

}  // namespace fanout
