#include "config/state_place.h"

#include <cstdlib>
#include <fstream>
#include <optional>
#include <regex>
#include <string_view>

#include "config/config_error.h"
#include "config/sources.h"

namespace fanout {
namespace {

// Of a text that is no TOML further down, as far as anybody can tell.
std::optional<std::string> state_dir_in(const std::filesystem::path& file) {
  static const std::regex kLine(R"(\s*state_dir\s*=\s*["']([^"'\\]+)["']\s*(#.*)?)");
  std::ifstream text(file);
  std::smatch found;
  for (std::string line; std::getline(text, line) && !line.starts_with('[');) {
    if (std::regex_match(line, found, kLine)) return found[1];
  }
  return std::nullopt;
}

std::filesystem::path beside(const std::filesystem::path& file, const std::string& written) {
  return file.parent_path() / written;
}

}  // namespace

std::filesystem::path default_state_dir(const std::filesystem::path& file) {
  if (const char* given = std::getenv("STATE_DIRECTORY"); given != nullptr && *given != '\0') {
    const std::string folders = given;  // systemd separates several by colons
    return folders.substr(0, folders.find(':'));
  }
  return file == kServiceConfig ? kServiceStateDir : "fanoutd.state";
}

StatePlace state_place(const std::filesystem::path& file) {
  Complaints complaints;
  const auto root = read_sources(file, complaints);
  StatePlace place;
  if (!complaints.none()) place.unread = complaints.in_order().front().text();
  if (const Entry* said = root ? root->entry("state_dir") : nullptr;
      said != nullptr && !said->value.text.empty()) {
    place.folder = beside(said->value.place.file, said->value.text);
  } else if (const auto written = root ? std::nullopt : state_dir_in(file)) {
    place.folder = beside(file, *written);
  } else {
    place.folder = default_state_dir(file);
  }
  return place;
}

}  // namespace fanout
