// URI templates, RFC 6570 levels 1 and 2: `{name}` percent-encodes all but unreserved characters, `{+name}`
// keeps reserved ones. Beyond the RFC, `{name?}` may have no value and then stands for nothing. Names are
// `level.field`, `level`, `run.id`, `run.date`, `run.at`, `run.since`, `vars.x`; the caller says what each
// stands for.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fanout {

class Template {
 public:
  struct Piece {
    std::string text;  // literal text, or the name
    bool is_name = false;
    bool keep_reserved = false;  // {+name}
    bool optional = false;       // {name?}
    std::size_t offset = 0;      // in the template's text, for messages
  };
  // Gives a name's value; nothing if it has none.
  using Lookup = std::function<std::optional<std::string>(std::string_view name)>;

  // Nothing for text that is no template; *why and *where (offset) then say what is wrong.
  static std::optional<Template> parse(std::string_view text, std::string* why = nullptr,
                                       std::size_t* where = nullptr);

  // Percent-encoded for a URI. Nothing where a name has no value; *missing is then that name.
  std::optional<std::string> expand(const Lookup& lookup, std::string* missing = nullptr) const;
  // As it is, each value passed through `shape` (e.g. made safe as a path component).
  std::optional<std::string> expand_raw(const Lookup& lookup,
                                        const std::function<std::string(std::string)>& shape,
                                        std::string* missing = nullptr) const;

  // Whether it is made of names that need not have a value, and none of them has.
  bool stands_for_nothing(const Lookup& lookup) const;

  const std::string& text() const { return text_; }
  const std::vector<Piece>& pieces() const { return pieces_; }
  std::vector<std::string> names() const;

 private:
  std::string text_;
  std::vector<Piece> pieces_;
};

std::string percent_encode(std::string_view text, bool keep_reserved);

}  // namespace fanout
