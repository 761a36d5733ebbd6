#include "daemon/open_database.h"

#include <fmt/format.h>

#include "base/error.h"
#include "store/sqlite/migrate.h"

namespace fanout {
namespace {

Error no_database_yet(const std::filesystem::path& path) {
  return Error(fmt::format("there is no database at {} yet", path.string()),
               "the daemon makes it at its first start; or name another folder with --state-dir or --config");
}

}  // namespace

std::filesystem::path database_path(const std::filesystem::path& state_dir) {
  return state_dir / "fanoutd.db";
}

Database open_beside(const std::filesystem::path& state_dir, Database::Mode mode) {
  const auto path = database_path(state_dir);
  std::error_code error;
  const bool there = std::filesystem::exists(path, error);
  if (!there && !error) throw no_database_yet(path);
  Database database(path, mode);
  database.execute("PRAGMA wal_autocheckpoint = 0");
  const int version = check_version(database);
  if (version == 0) throw no_database_yet(path);
  if (version < newest_version()) {
    throw Error(fmt::format("{} is of an older fanoutd (schema {}, this one knows {})", path.string(),
                            version, newest_version()),
                "start the new daemon once: it brings the database up to date");
  }
  return database;
}

}  // namespace fanout
