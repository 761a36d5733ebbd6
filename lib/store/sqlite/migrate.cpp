#include "store/sqlite/migrate.h"

#include <fmt/format.h>

#include "base/error.h"
#include "store/sqlite/schema.h"

namespace fanout {

int newest_version() { return schema_steps().back().version; }

int check_version(Database& database) {
  const auto application = database.number("PRAGMA application_id");
  const auto version = static_cast<int>(database.number("PRAGMA user_version"));
  const auto tables = database.number("SELECT count(*) FROM sqlite_schema");
  if (application == 0 && version == 0 && tables == 0) return 0;
  const auto path = database.path().string();
  if (application != kApplicationId) {
    throw Error(fmt::format("{} is a database of another program", path),
                "choose another folder with --state-dir, or move that file away");
  }
  if (version > newest_version()) {
    throw Error(fmt::format("{} is of a newer fanoutd (schema {}, this one knows {})", path, version,
                            newest_version()),
                "install the newer fanoutd again, or choose another folder with --state-dir");
  }
  return version;
}

// All in one transaction: whoever looks beside us never sees a database that is half of a version.
void migrate(Database& database) {
  const int version = check_version(database);
  if (version == newest_version()) return;
  Transaction transaction(database);
  for (const auto& step : schema_steps()) {
    if (step.version > version) database.execute(std::string(step.sql));
  }
  database.execute(fmt::format("PRAGMA user_version = {}", newest_version()));
  database.execute(fmt::format("PRAGMA application_id = {}", kApplicationId));
  transaction.commit();
}

}  // namespace fanout
