#include <algorithm>
#include <array>

#include "output/format.h"

namespace fanout {
namespace {

// A new format is a line here.
const auto& formats() {
  static const std::array all{
      &json_files(),
      &ndjson_lines(),
  };
  return all;
}

}  // namespace

const OutputFormat* output_format(std::string_view path) {
  const auto found = std::ranges::find_if(
      formats(), [&](const OutputFormat* format) { return path.ends_with(format->ending()); });
  return found == formats().end() ? nullptr : *found;
}

std::optional<std::vector<std::string>> rows_of(const Record& record, Expressions& expressions,
                                                std::string* why) {
  std::string failure;
  auto rows =
      expressions.select(record.output->select, record.parents, record.text(), record.fetched_at, &failure);
  if (!rows) *why = "select failed: " + failure;
  return rows;
}

}  // namespace fanout
