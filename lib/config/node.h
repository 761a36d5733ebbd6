// A configuration text as a tree in which each piece knows where it was written. config/toml_text.h makes it;
// config/reader.h is how the sections read it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fanout {

struct Place {
  std::string file;
  int line = 0;  // from 1; 0: the file as a whole
  int column = 0;
};
// "fanoutd.toml:12:3"
std::string place_text(const Place& place);

struct Entry;

struct Node {
  enum class Kind { text, integer, real, boolean, date, list, table };
  Kind kind = Kind::table;
  Place place;
  std::string text;          // kind text
  bool as_written = false;   // kind text: on one line and without escapes, so that at() can point into it
  std::int64_t integer = 0;  // kind integer; boolean as 0 or 1
  std::vector<Node> list;
  std::vector<Entry> table;  // in the order in which it was written

  const Entry* entry(std::string_view key) const;
  // The place of a byte of a text, for errors inside of it.
  Place at(std::size_t offset) const;
};

struct Entry {
  std::string key;
  Place key_place;
  Node value;
};

// "a text", "a table", …
const char* kind_name(Node::Kind kind);

}  // namespace fanout
