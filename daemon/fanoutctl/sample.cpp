#include "daemon/fanoutctl/sample.h"

#include <fmt/format.h>

#include <cstdio>
#include <string>

#include "base/error.h"
#include "daemon/fanoutctl/giving.h"
#include "daemon/open_database.h"
#include "store/state_lock.h"

namespace fanout {
namespace {

constexpr const char* kNoDaemon =
    "a sample is asked by the daemon, under its limits; start it: systemctl start fanoutd";

std::int64_t latest_run(Database& database) {
  return database.number("SELECT value FROM counter WHERE name = 'run'");
}

// The run that takes it, and what holds it up.
struct Taking {
  bool is_open = false;
  std::string blocked;
};

Taking taking(Database& database, const std::string& pipeline, std::int64_t after) {
  Statement run(database,
                "SELECT blocked FROM run INDEXED BY run_by_pipeline WHERE pipeline = ?1 AND id > ?2 AND "
                "cause = 'sample' AND finished_at IS NULL");
  run.bind(pipeline, after);
  if (!run.step()) return {};
  return {true, std::string(run.text(0))};
}

bool is_taken(Database& database, const std::string& pipeline, std::int64_t after) {
  Statement sample(database, "SELECT 1 FROM sample WHERE pipeline = ?1 AND run > ?2");
  return sample.bind(pipeline, after).step();
}

}  // namespace

void take_sample(boost::asio::io_context& loop, const std::filesystem::path& state_dir, const Words& words) {
  auto database = open_beside(state_dir, Database::Mode::read_write);
  const auto folder = database.path().parent_path();
  if (!StateLock::holder(folder)) throw Error("no daemon runs here, so nobody can take a sample", kNoDaemon);
  const auto before = latest_run(database);
  const auto given = give(loop, database, "sample", fmt::format("{}/{}", words.pipeline, words.sample));
  if (!given.outcome) throw Error(given.not_applied(), "");
  if (given.is_refused()) throw Error(*given.outcome, "");
  std::string said;
  wait_until(loop, [&] {
    const auto now = taking(database, words.pipeline, before);
    if (now.is_open && !StateLock::holder(folder))
      throw Error("the daemon has ended, and the sample with it", kNoDaemon);
    if (!now.blocked.empty() && now.blocked != said) {
      std::fputs(fmt::format("the sample waits: {}\n", now.blocked).c_str(), stderr);
      said = now.blocked;
    }
    return !now.is_open;
  });
  // It ends in one transaction with what it has shown.
  if (!is_taken(database, words.pipeline, before))
    throw Error("the daemon ended while the sample was taken, and the sample with it",
                fmt::format("take another: fanoutctl plan {} --sample {}", words.pipeline, words.sample));
}

}  // namespace fanout
