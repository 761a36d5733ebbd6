#include "config/sources.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <set>
#include <vector>

#include "base/wording.h"
#include "config/include_pattern.h"
#include "config/reader.h"
#include "config/toml_text.h"

namespace fanout {
namespace {

namespace fs = std::filesystem;

std::optional<std::string> read_file(const fs::path& path, std::string& why) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    why = "is a folder";
    return std::nullopt;
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (file && !file.bad()) return text;
  why = errno == ENOENT ? "there is no such file" : std::string("cannot be read: ") + std::strerror(errno);
  return std::nullopt;
}

std::optional<Node> read_toml(const fs::path& path, const Place& named_at, const std::string& hint,
                              Complaints& complaints) {
  std::string why;
  const std::optional<std::string> text = read_file(path, why);
  if (!text) {
    const bool is_main = named_at.line == 0;
    complaints.add(named_at, is_main ? why : "cannot include " + in_quotes(path.string()) + ": " + why, hint);
    return std::nullopt;
  }
  return parse_toml(*text, path.string(), complaints);
}

void complain_about_two(const Entry& first, const Entry& second, const std::string& name,
                        Complaints& complaints) {
  complaints.add(second.key_place, name + " is already at " + place_text(first.key_place),
                 "keep one of them");
}

// Puts the sections of an included file beside those that are there.
void merge(Node& into, Node from, Complaints& complaints) {
  for (Entry& section : from.table) {
    if (section.key == "include") {
      complaints.add(section.key_place, "an included file includes no others",
                     "name them all in the main file");
      continue;
    }
    const auto there = std::find_if(into.table.begin(), into.table.end(),
                                    [&](const Entry& entry) { return entry.key == section.key; });
    const bool holds_sections = section.key == "vendor" || section.key == "pipeline";
    if (there == into.table.end()) {
      into.table.push_back(std::move(section));
    } else if (!holds_sections || there->value.kind != Node::Kind::table ||
               section.value.kind != Node::Kind::table) {
      complain_about_two(*there, section, in_quotes(section.key), complaints);
    } else {
      for (Entry& named : section.value.table) {
        const Entry* twin = there->value.entry(named.key);
        if (twin != nullptr) {
          complain_about_two(*twin, named, "[" + section.key + "." + named.key + "]", complaints);
        } else {
          there->value.table.push_back(std::move(named));
        }
      }
    }
  }
}

}  // namespace

std::optional<Node> read_sources(const fs::path& file, Complaints& complaints) {
  std::optional<Node> root =
      read_toml(file, {file.string(), 0, 0},
                "name the configuration with --config FILE; docs/configuration.md says how to "
                "write one",
                complaints);
  if (!root) return std::nullopt;
  bool all_read = true;
  std::error_code ignored;
  std::set<fs::path> read{fs::weakly_canonical(file, ignored)};
  const Node main = *root;
  for (const Node* pattern : Reader(main, "the configuration", complaints).texts("include")) {
    const Included found = included_by(file.parent_path(), pattern->text);
    for (const std::string& folder : found.unread) {
      complaints.add(pattern->place, "cannot look for files to include in " + folder,
                     "make the folder, or let this user read it; an empty folder is no error");
      all_read = false;
    }
    for (const fs::path& included : found.files) {
      if (!read.insert(fs::weakly_canonical(included, ignored)).second) continue;
      std::optional<Node> more = read_toml(included, pattern->place,
                                           "paths in include begin at the folder of this file", complaints);
      all_read = all_read && more.has_value();
      if (more) merge(*root, std::move(*more), complaints);
    }
  }
  if (!all_read) return std::nullopt;
  return root;
}

}  // namespace fanout
