// The requests in flight.
//
// Owned by the engine, on the loop. Each attempt is told of once: when its reply has been read, or when all
// are given up; what comes after that comes too late and is dropped. Small replies are read on the loop,
// others, and those of levels with a `where`, on the reading executor.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "expression/expression.h"
#include "harvest/attempt.h"
#include "harvest/committer.h"
#include "harvest/open_runs.h"
#include "http/transport.h"
#include "reply/reading.h"

namespace fanout {

class Attempts {
 public:
  using Ended = std::function<void(Attempt& attempt, Reply reply, Reading reading)>;
  Attempts(Threads threads, const Clock& clock, OpenRuns& runs, Ended ended);

  void start(std::shared_ptr<Attempt> attempt, Request request);
  // The requests go on, but nobody waits for their replies any more. Returns how to put their tasks back.
  std::vector<Settlement> give_up_all();
  std::size_t count() const { return in_flight_.size(); }
  // The lowest number of a claim among them; the highest number there is, if there are none.
  std::int64_t oldest_claim() const;

 private:
  boost::asio::awaitable<void> carry(std::shared_ptr<Attempt> attempt, Request request);
  boost::asio::awaitable<Reading> read_elsewhere(std::shared_ptr<Attempt> attempt,
                                                 std::shared_ptr<Reply> reply);
  Reading read(const Attempt& attempt, const Reply& reply, Expressions& expressions) const;
  void end(Attempt& attempt, Reply reply, Reading reading);

  Threads threads_;
  const Clock& clock_;
  OpenRuns& runs_;
  Ended ended_;
  Expressions expressions_;
  Expressions expressions_elsewhere_;                                        // the reading executor's own
  std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t> in_flight_;  // task and claim, to run
  std::uint64_t generation_ = 0;
};

}  // namespace fanout
