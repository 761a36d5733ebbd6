// A configuration as the machines of lib/harvest take it.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "base/error.h"
#include "config/load.h"

namespace fanout {

// Throws Error with the first thing that is wrong in it.
inline std::shared_ptr<const Config> config_of(const std::string& toml) {
  auto loaded = load_config_text(toml, "fanoutd.toml");
  if (const auto* errors = std::get_if<ConfigErrors>(&loaded)) throw Error(errors->front().text(), toml);
  return std::make_shared<const Config>(std::get<Config>(std::move(loaded)));
}

}  // namespace fanout
