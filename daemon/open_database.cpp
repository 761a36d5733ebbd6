#include "daemon/open_database.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>

#include "base/error.h"
#include "base/ownership.h"
#include "store/sqlite/migrate.h"
#include "store/state_lock.h"

namespace fanout {
namespace {

Error no_database_yet(const std::filesystem::path& path) {
  return Error(fmt::format("there is no database at {} yet", path.string()),
               "the daemon makes it at its first start; or name another folder with --state-dir or --config");
}

Error may_not_look(const std::filesystem::path& state_dir) {
  return Error(fmt::format("{} may not look into {}", this_user(), state_dir.string()),
               "members of its group may: usermod -aG fanoutd USER, then log in anew; or: sudo -u fanoutd "
               "fanoutctl …");
}

Error may_not_write(const std::filesystem::path& path) {
  return Error(fmt::format("{} may look at {} but not give orders", this_user(), path.string()),
               fmt::format("its owner may: sudo -u {} fanoutctl …", owner_of(path)));
}

// Some states can only be read by who may write: a log without its index, after the machine went down.
std::string way_out(const std::filesystem::path& path, Database::Mode mode, const std::string& otherwise) {
  const bool may_write = eaccess(path.parent_path().c_str(), W_OK) == 0;
  if (mode != Database::Mode::read_only || may_write) return otherwise;
  return fmt::format(
      "the daemon did not end by itself, and until it runs again only the owner can look: sudo -u {} "
      "fanoutctl …",
      owner_of(path));
}

}  // namespace

std::filesystem::path database_path(const std::filesystem::path& state_dir) {
  return state_dir / "fanoutd.db";
}

namespace {

// A log with something in it belongs to the database as much as the file itself.
bool has_log(const std::filesystem::path& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path.string() + "-wal", error);
  return !error && size > 0;
}

// Of a database that nobody has open and whose owner has closed it: then the file is all of it, and it can be
// read without the files beside it, which whoever may only read cannot make.
bool is_at_rest(const std::filesystem::path& path) {
  return !has_log(path) && !StateLock::holder(path.parent_path());
}

Database opened(const std::filesystem::path& path, Database::Mode mode) {
  try {
    Database database(path, mode);
    database.number("SELECT count(*) FROM sqlite_schema");
    return database;
  } catch (const MustWait&) {
    throw;
  } catch (const Error& error) {
    if (mode == Database::Mode::read_only && is_at_rest(path)) return Database::at_rest(path);
    throw Error(error.what(), way_out(path, mode, error.hint()));
  }
}

}  // namespace

Database open_beside(const std::filesystem::path& state_dir, Database::Mode mode) {
  const auto path = database_path(state_dir);
  std::error_code error;
  const bool there = std::filesystem::exists(path, error);
  if (!there && !error) throw no_database_yet(path);
  if (error == std::errc::permission_denied) throw may_not_look(state_dir);
  if (mode == Database::Mode::read_write && eaccess(path.c_str(), W_OK) != 0 && errno == EACCES) {
    throw may_not_write(path);
  }
  auto database = opened(path, mode);
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
