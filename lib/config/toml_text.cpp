#include "config/toml_text.h"

#include <toml++/toml.h>

#include <algorithm>
#include <tuple>

namespace fanout {
namespace {

Place place_of(const toml::source_position& at, const std::string& file) {
  return {file, static_cast<int>(at.line), static_cast<int>(at.column)};
}

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

Node node_of(const toml::node& from, const std::string& file) {
  Node node;
  const toml::source_region& region = from.source();
  node.place = place_of(region.begin, file);
  if (const toml::table* table = from.as_table()) {
    node.kind = Node::Kind::table;
    for (const auto& [key, value] : *table) {
      node.table.push_back(
          {std::string(key.str()), place_of(key.source().begin, file), node_of(value, file)});
    }
    // The library sorts by key. What was written first comes first: headers, and the order of errors.
    std::stable_sort(node.table.begin(), node.table.end(), [](const Entry& a, const Entry& b) {
      return std::tie(a.key_place.line, a.key_place.column) < std::tie(b.key_place.line, b.key_place.column);
    });
  } else if (const toml::array* array = from.as_array()) {
    node.kind = Node::Kind::list;
    for (const toml::node& element : *array) node.list.push_back(node_of(element, file));
  } else if (const auto* text = from.as_string()) {
    node.kind = Node::Kind::text;
    node.text = text->get();
    node.as_written = region.begin.line == region.end.line &&
                      region.end.column - region.begin.column == code_points(node.text) + 2;
  } else if (const auto* integer = from.as_integer()) {
    node.kind = Node::Kind::integer;
    node.integer = integer->get();
  } else if (const auto* boolean = from.as_boolean()) {
    node.kind = Node::Kind::boolean;
    node.integer = boolean->get() ? 1 : 0;
  } else {
    node.kind = from.is_floating_point() ? Node::Kind::real : Node::Kind::date;
  }
  return node;
}

}  // namespace

std::optional<Node> parse_toml(std::string_view text, const std::string& file, Complaints& complaints) {
  try {
    const toml::table table = toml::parse(text, std::string_view(file));
    return node_of(table, file);
  } catch (const toml::parse_error& error) {
    complaints.add(place_of(error.source().begin, file), std::string(error.description()),
                   "how TOML is written: https://toml.io");
    return std::nullopt;
  }
}

}  // namespace fanout
