// The steps that make a database, embedded from schema/*.sql at build time.
#pragma once

#include <span>
#include <string_view>

namespace fanout {

struct SchemaStep {
  int version = 0;  // the number that the file's name begins with
  std::string_view name;
  std::string_view sql;
};

std::span<const SchemaStep> schema_steps();

}  // namespace fanout
