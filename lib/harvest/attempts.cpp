#include "harvest/attempts.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <limits>

#include "task/disposition.h"

namespace fanout {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kReadElsewhere = 256 * 1024;  // bytes; parsing more than that would hold up the loop

}  // namespace

Attempts::Attempts(Threads threads, const Clock& clock, OpenRuns& runs, Ended ended)
    : threads_(std::move(threads)), clock_(clock), runs_(runs), ended_(std::move(ended)) {}

void Attempts::start(std::shared_ptr<Attempt> attempt, Request request) {
  const Task& task = attempt->claimed.task;
  if (auto* run = runs_.find(task.run)) ++run->in_flight;
  in_flight_[{task.id, task.claim}] = task.run;
  attempt->generation = generation_;
  asio::co_spawn(threads_.loop, carry(std::move(attempt), std::move(request)),
                 [fail = threads_.fail](std::exception_ptr e) {
                   if (e) fail(e);
                 });
}

std::int64_t Attempts::oldest_claim() const {
  auto oldest = std::numeric_limits<std::int64_t>::max();
  for (const auto& [task_and_claim, run] : in_flight_) oldest = std::min(oldest, task_and_claim.second);
  return oldest;
}

std::vector<Settlement> Attempts::give_up_all() {
  ++generation_;
  std::vector<Settlement> put_back;
  for (const auto& [task_and_claim, run] : in_flight_) {
    put_back.push_back(unclaimed(task_and_claim.first, task_and_claim.second));
    if (auto* open = runs_.find(run)) open->in_flight = 0;
  }
  in_flight_.clear();
  return put_back;
}

asio::awaitable<void> Attempts::carry(std::shared_ptr<Attempt> attempt, Request request) {
  Reply reply = co_await attempt->transport->ask(std::move(request));
  const auto* run = runs_.find(attempt->claimed.task.run);
  if (run != nullptr && attempt->level->page.kind != nullptr)
    attempt->lengths = run->lengths_of(attempt->level->name);
  // SQL that is asked item by item takes as long as its author likes.
  const bool here = attempt->level->where.empty() && reply.body.size() < kReadElsewhere;
  if (here) {
    auto reading = read(*attempt, reply, expressions_);
    end(*attempt, std::move(reply), std::move(reading));
  } else {
    auto shared = std::make_shared<Reply>(std::move(reply));
    auto reading =
        co_await asio::co_spawn(threads_.reading, read_elsewhere(attempt, shared), asio::use_awaitable);
    end(*attempt, std::move(*shared), std::move(reading));
  }
}

asio::awaitable<Reading> Attempts::read_elsewhere(std::shared_ptr<Attempt> attempt,
                                                  std::shared_ptr<Reply> reply) {
  co_return read(*attempt, *reply, expressions_elsewhere_);
}

Reading Attempts::read(const Attempt& attempt, const Reply& reply, Expressions& expressions) const {
  return read_reply(reply, attempt.claimed.task, *attempt.pipeline, *attempt.level, expressions,
                    clock_.wall(), attempt.credentials->redactor(), attempt.lengths);
}

void Attempts::end(Attempt& attempt, Reply reply, Reading reading) {
  if (attempt.generation != generation_) return;  // the store has its task back already
  in_flight_.erase({attempt.claimed.task.id, attempt.claimed.task.claim});
  if (auto* run = runs_.find(attempt.claimed.task.run)) --run->in_flight;
  ended_(attempt, std::move(reply), std::move(reading));
}

}  // namespace fanout
