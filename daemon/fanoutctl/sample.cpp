#include "daemon/fanoutctl/sample.h"

#include <fmt/format.h>

#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <string>

#include "base/error.h"
#include "daemon/fanoutctl/giving.h"
#include "daemon/fanoutctl/waiting.h"
#include "daemon/open_database.h"
#include "store/state_lock.h"

namespace fanout {
namespace {

std::int64_t latest_run(Database& database) {
  return database.number("SELECT value FROM counter WHERE name = 'run'");
}

// The run that takes it, and what holds it up.
struct Taking {
  bool is_open = false;
  std::string waits_for;
};

Taking taking(Database& database, const std::string& pipeline, std::int64_t after) {
  Statement run(database,
                "SELECT id, blocked FROM run INDEXED BY run_by_pipeline WHERE pipeline = ?1 AND id > ?2 AND "
                "cause = 'sample' AND finished_at IS NULL");
  run.bind(pipeline, after);
  if (!run.step()) return {};
  const std::string blocked(run.text(1));
  return {true, blocked.empty() ? waiting_text(database, run.integer(0)) : blocked};
}

bool is_taken(Database& database, const std::string& pipeline, std::int64_t after) {
  Statement sample(database, "SELECT 1 FROM sample WHERE pipeline = ?1 AND run > ?2");
  return sample.bind(pipeline, after).step();
}

// Looks that find the same. A retry waits for a moment, and that is worth no word.
constexpr int kWorthSaying = 150;

std::string how_to_start(const Words& words) {
  const auto usual = words.config == kDefaultConfig && words.state_dir.empty();
  return "a sample is asked by the daemon, under its limits; start it: " +
         (usual ? "systemctl start fanoutd" : "fanoutd --config " + words.config.string());
}

}  // namespace

void take_sample(boost::asio::io_context& loop, const std::filesystem::path& state_dir, const Words& words) {
  auto database = open_beside(state_dir, Database::Mode::read_write);
  const auto folder = database.path().parent_path();
  if (!StateLock::holder(folder))
    throw Error("no daemon runs here, so nobody can take a sample", how_to_start(words));
  bool told_to_end = false;
  boost::asio::signal_set signals(loop, SIGINT, SIGTERM);
  signals.async_wait([&](boost::system::error_code error, int) { told_to_end = !error; });
  const auto before = latest_run(database);
  const auto given = give(loop, database, "sample", fmt::format("{}/{}", words.pipeline, words.sample));
  if (!given.outcome) throw Error(given.not_applied(), "");
  if (given.is_refused()) throw Error(*given.outcome, "");
  std::string seen, said;
  int looks = 0;
  wait_until(loop, [&] {
    const auto now = taking(database, words.pipeline, before);
    if (now.is_open && !StateLock::holder(folder))
      throw Error("the daemon has ended, and the sample with it", how_to_start(words));
    looks = now.waits_for == seen ? looks + 1 : 0;
    seen = now.waits_for;
    if (!seen.empty() && seen != said && looks >= kWorthSaying) {
      std::fputs(fmt::format("the sample waits: {}\n", seen).c_str(), stderr);
      said = seen;
    }
    return !now.is_open || told_to_end;
  });
  if (told_to_end && taking(database, words.pipeline, before).is_open) {
    give(loop, database, "cancel", words.pipeline);
    throw Error("told to end: the sample is cancelled, and nothing is kept of it", "");
  }
  // It ends in one transaction with what it has shown.
  if (!is_taken(database, words.pipeline, before))
    throw Error(
        "the sample was cancelled, gave way to a run, or ended with its daemon: nothing is kept of it",
        fmt::format("take another: fanoutctl plan {} --sample {}", words.pipeline, words.sample));
}

}  // namespace fanout
