#include "daemon/fanoutctl/waiting.h"

#include <fmt/format.h>

#include "daemon/fanoutctl/rows.h"
#include "daemon/layout.h"

namespace fanout {
namespace {

constexpr const char* kFirstOfWaiting =
    "SELECT strftime('%Y-%m-%d %H:%M:%S', due_at / 1000, 'unixepoch') AS due, reason FROM task"
    " INDEXED BY task_waiting WHERE run = ?1 AND state = 'waiting'"
    " AND NOT EXISTS (SELECT 1 FROM tally WHERE run = ?1 AND ready + leased > 0) ORDER BY due_at LIMIT 1";

}  // namespace

std::string waiting_text(const Database& database, std::int64_t run) {
  const auto first = rows_of(database, kFirstOfWaiting, run);
  if (first.empty()) return {};
  const auto why = one_line(cell(first.front(), "reason"));
  return fmt::format("all that is open of it waits, the first until {} UTC{}", cell(first.front(), "due"),
                     why.empty() ? "" : ": " + why);
}

}  // namespace fanout
