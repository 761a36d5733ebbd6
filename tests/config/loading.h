// Short ways to load a configuration and to say what came of it.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "config/load.h"

namespace fanout {

// A configuration around what a test is about.
inline std::string around(const std::string& vendor, const std::string& level, const std::string& more = "") {
  return "[vendor.v]\nbase_url = \"https://v.example\"\n" + vendor +
         "\n[pipeline.p]\nvendor = \"v\"\n[[pipeline.p.level]]\nname = \"a\"\npath = \"/a\"\n" + level +
         "\n" + more;
}

inline std::string all_of(const ConfigErrors& errors) {
  std::string text;
  for (const ConfigError& error : errors) text += error.text() + "\n";
  return text;
}

inline Config good(const std::variant<Config, ConfigErrors>& loaded) {
  const auto* errors = std::get_if<ConfigErrors>(&loaded);
  EXPECT_EQ(errors, nullptr) << all_of(*errors);
  return errors == nullptr ? std::get<Config>(loaded) : Config{};
}
inline Config load_text(const std::string& text) { return good(load_config_text(text, "fanoutd.toml")); }

inline std::vector<std::string> error_lines(const std::variant<Config, ConfigErrors>& loaded) {
  std::vector<std::string> lines;
  if (const auto* errors = std::get_if<ConfigErrors>(&loaded)) {
    for (const ConfigError& error : *errors) lines.push_back(error.text());
  }
  return lines;
}

}  // namespace fanout
