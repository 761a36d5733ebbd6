// The machines of harvest/ around a configuration, on a simulated clock and disk: each test takes what it is
// about, and pending() shows what would be committed.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <vector>

#include "harvest/agenda.h"
#include "harvest/committer.h"
#include "harvest/dispatchers.h"
#include "harvest/helm.h"
#include "harvest/open_runs.h"
#include "output/outputs.h"
#include "sim/sim_clock.h"
#include "sim/sim_disk.h"
#include "sim/sim_files.h"
#include "sim/sim_vfs.h"
#include "store/sqlite/sqlite_store.h"
#include "support/configured.h"

namespace fanout {

class SilentVendor : public Transport {
 public:
  boost::asio::awaitable<Reply> ask(Request) override { co_return Reply{}; }
};

class Machines : public testing::Test {
 protected:
  // Two pipelines of one vendor, and one of another.
  static const char* const kConfig;

  // Not made here, since that takes long to compile.
  Machines();
  ~Machines() override;
  void SetUp() override;

  Commit& pending() { return committer.pending(); }
  // A run that is open, with so many tasks ready.
  ActiveRun& open(std::int64_t id, const std::string& pipeline, std::int64_t ready = 0);
  Claimed claimed_of(const ActiveRun& run, std::int64_t id = 1);
  // Does what has been handed to an executor.
  void poll();

  sim::Timeline timeline;
  sim::SimClock clock{timeline, from_unix_ms(1'800'000'000'000)};
  sim::SimFiles files{1};
  sim::SimVfs vfs{files, "harvest-machines", 1};
  sim::SimDisk disk{files};
  SeededRandom random{1};
  std::vector<std::string> lines;
  Log log{[this](Severity, std::string_view line) { lines.emplace_back(line); }};
  boost::asio::io_context loop;
  std::exception_ptr failure;
  Threads threads{loop.get_executor(), loop.get_executor(), loop.get_executor(),
                  [this](std::exception_ptr error) { failure = std::move(error); }};
  SqliteStore store{"/state/fanoutd.db", vfs.name()};
  Outputs outputs{disk, "/state/out", store.recover(clock.wall()).open_parts, log};
  Keeper keeper{store, outputs, clock};

  std::shared_ptr<const Config> config = config_of(kConfig);
  OpenRuns runs{config};
  Dispatchers dispatchers{[](const VendorSpec&) { return std::make_unique<SilentVendor>(); }, clock, log};
  Agenda agenda;
  int commits = 0;
  int tries_in_vain = 0;
  Kept kept;
  Committer committer{threads, keeper, clock, log, [this](const Commit* commit, Kept what) {
                        commit != nullptr ? ++commits : ++tries_in_vain;
                        kept = std::move(what);
                      }};
  Helm helm{clock, runs, dispatchers, agenda, committer};
};

}  // namespace fanout
