#include "daemon/fanoutd/premises.h"

#include <fmt/format.h>

#include "base/units.h"
#include "daemon/open_database.h"
#include "daemon/program.h"

namespace fanout {

Premises::Premises(const std::filesystem::path& state_dir, const Clock& clock, const Log& log)
    : lock(state_dir, format_utc(clock.wall())),
      is_new(!std::filesystem::exists(database_path(state_dir))),
      store(database_path(state_dir)),
      files(database_path(state_dir)),
      recovered(store.recover(clock.wall())),
      outputs(disk, state_dir / "out", recovered.open_parts, log),
      keeper(store, outputs, clock) {
  log.info(fmt::format("fanoutd {} with SQLite {}, state in {}", kVersion, SqliteStore::sqlite_version(),
                       state_dir.string()));
  // Said, since it is no good news where one was expected.
  if (is_new) log.notice(fmt::format("there was no database: {} is new", database_path(state_dir).string()));
}

}  // namespace fanout
