// The configurations that stories are told of.
#pragma once

#include <fmt/format.h>

#include <string>

namespace fanout {

inline std::string vendor(const std::string& more) {
  // What is not about finding a limit does not wait until one is found.
  const bool searches = more.find("adaptive") != std::string::npos || more.find("rate") != std::string::npos;
  return "[vendor.v]\nbase_url = \"http://v.example\"\n" + more + (searches ? "" : "adaptive = false\n");
}

inline std::string pipeline(const std::string& name, const std::string& more = "",
                            const std::string& level = "") {
  return fmt::format(
      "[pipeline.{0}]\nvendor = \"v\"\n{1}[[pipeline.{0}.level]]\nname = \"a\"\npath = \"/{0}\"\n{2}", name,
      more, level);
}

// A list of so many items, and a level that is asked for each.
inline std::string fan(const std::string& name, const std::string& more = "") {
  return pipeline(name, more, "items = \"$\"\n") +
         fmt::format("[[pipeline.{0}.level]]\nname = \"b\"\nparent = \"a\"\npath = \"/{0}/{{a}}\"\n", name);
}

inline std::string list_of(int count) {
  std::string list;
  for (int i = 1; i <= count; ++i) list += (list.empty() ? "[" : ",") + std::to_string(i);
  return list + "]";
}

}  // namespace fanout
