// What is to be kept next, and the one commit that is under way.
//
// Owned by the engine, on the loop; the keeper works on the store thread. While a commit is on its way to the
// disk the next outcomes pile up and become the next one. One that cannot be kept now (disk full, database
// locked) is tried again as it is, at growing intervals; meanwhile blocked() says why.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/log.h"
#include "harvest/commit.h"
#include "harvest/keeper.h"

namespace fanout {

// Where things run. It outlives whoever knows it.
struct Threads {
  boost::asio::any_io_executor loop;
  boost::asio::any_io_executor store;    // the keeper runs here
  boost::asio::any_io_executor reading;  // large replies are parsed here
  // A failure of this machine, on the loop: ends the process.
  std::function<void(std::exception_ptr)> fail;
};

class Committer {
 public:
  // On the loop, after each try. A null commit: it could not be kept.
  using Ended = std::function<void(const Commit* commit, Kept kept)>;
  Committer(Threads threads, Keeper& keeper, const Clock& clock, const Log& log, Ended ended);

  // Becomes part of the next commit.
  Commit& pending() { return pending_; }
  void settle(Settlement settlement);
  // A record of the latest settlement.
  void keep(Record record, const std::shared_ptr<const Config>& config);
  // With the next commit some of what is old is forgotten.
  void prune(const Bygone& before) { pending_.prune_before = before; }
  // Enough is pending; nothing more is to be asked before some of it is kept.
  bool is_full() const;
  bool has_work() const;
  // A run of it is on the way into the store.
  bool begins_run_of(const std::string& pipeline) const;

  bool busy() const { return busy_; }
  // Why the last one could not be kept; empty: it was.
  const std::string& blocked() const { return blocked_; }
  MonoTime try_again_at() const { return try_again_at_; }
  // For so long a commit reserves what leaves; follows the length of a commit, or nothing could leave.
  milliseconds reserves() const { return reserves_; }

  // complete: adds what is only known now. Not called for one that is tried again.
  void begin(const std::function<void(Commit&)>& complete);

 private:
  void hand_over();
  void end(Kept kept);
  void put_in_front(Commit put_off);
  void wait(const std::string& why);

  Threads threads_;
  Keeper& keeper_;
  const Clock& clock_;
  const Log& log_;
  Ended ended_;
  Commit pending_;
  std::size_t pending_bytes_ = 0;
  std::shared_ptr<Commit> under_way_;  // with the keeper, or waiting to be tried again
  bool busy_ = false;
  MonoTime began_{};
  milliseconds reserves_;
  std::string blocked_;
  MonoTime try_again_at_{};
  milliseconds try_again_in_{0};
};

}  // namespace fanout
