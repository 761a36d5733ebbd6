// A harvest on a virtual clock that reads like a story: a configuration, what the vendor answers, and what
// came of it.
//
// The real engine, keeper, store and outputs; the clock, the disk and the vendor are simulated. On one
// thread, without chance: each reply takes kReplyTime, each commit kCommitTime.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harvest/engine.h"
#include "harvest/keeper.h"
#include "output/outputs.h"
#include "sim/sim_clock.h"
#include "sim/sim_disk.h"
#include "sim/sim_files.h"
#include "sim/sim_vfs.h"
#include "store/sqlite/sqlite_store.h"

namespace fanout {

class Story {
 public:
  static constexpr milliseconds kReplyTime{10};
  static constexpr microseconds kCommitTime{1000};

  // What the vendor says to a target that it is asked for.
  using Answer = std::function<Reply(const std::string& target)>;

  Story(const std::string& toml, Answer answer);
  ~Story();

  // Everything that is configured, once, as `--once` does. False if it is not settled after so long.
  bool harvest(milliseconds within);
  // As a daemon.
  void begin();
  void pass(milliseconds time);
  void reload(const std::string& toml);
  // Somebody sets the clock.
  void set_clock_by(milliseconds jump);
  // SQL of an operator, in the shell; gives the first column of the first row as text.
  std::string shell(const std::string& sql);

  // The disk that database and outputs lie on.
  void fill_disk(bool full) { files_.set_full(full); }
  // What lies under that path in the output folder.
  std::string output(const std::string& path);

  // "0.010 /a 302": when each reply came, in seconds, what was asked, its status.
  const std::vector<std::string>& asked() const { return asked_; }
  const std::vector<std::string>& log() const { return lines_; }
  // So many commits were begun.
  int commits() const { return commits_; }
  microseconds now() const { return timeline_.now(); }

 private:
  class Vendor;
  void poll();

  sim::Timeline timeline_;
  sim::SimClock clock_;
  sim::SimFiles files_;
  sim::SimVfs vfs_;
  sim::SimDisk disk_;
  SeededRandom random_{1};
  Answer answer_;
  int commits_ = 0;
  std::vector<std::string> asked_;
  std::vector<std::string> lines_;
  Log log_;
  boost::asio::io_context loop_;
  std::unique_ptr<SqliteStore> store_;
  std::unique_ptr<Outputs> outputs_;
  std::unique_ptr<Keeper> keeper_;
  std::unique_ptr<Engine> engine_;
};

Reply reply(int status, std::string body = "{}",
            std::vector<std::pair<std::string, std::string>> headers = {});
// A vendor that lists so many at /p, and has nothing to tell of each.
Story::Answer lists(int items);

}  // namespace fanout
