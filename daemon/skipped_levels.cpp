#include "daemon/skipped_levels.h"

#include <fmt/format.h>

#include "daemon/layout.h"

namespace fanout {

std::vector<std::string> skipped_levels(const Database& database, std::int64_t run) {
  Statement levels(
      database,
      "SELECT t.level, t.skipped, (SELECT reason FROM task WHERE run = t.run AND level = t.level"
      " AND state = 'skipped' LIMIT 1) FROM tally t JOIN run r ON r.id = t.run"
      " WHERE t.run = ?1 AND t.skipped > 0 AND t.done + t.dead + t.waiting + t.ready + t.leased = 0"
      " AND r.state = 'finished' ORDER BY t.depth, t.level");
  levels.bind(run);
  std::vector<std::string> lines;
  while (levels.step()) {
    auto line =
        fmt::format("level {}: all {} tasks were skipped, so nothing of it was kept; is its path right?",
                    levels.text(0), grouped(levels.integer(1)));
    if (!levels.is_null(2)) line += fmt::format(" The reason of the first: {}", one_line(levels.text(2)));
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace fanout
