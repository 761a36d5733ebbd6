#include "harvest/committer.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/post.hpp>

namespace fanout {
namespace {

constexpr std::size_t kMostPendingBytes = 32 * 1024 * 1024;
constexpr milliseconds kFirstTryAgain{1000};
constexpr milliseconds kLastTryAgain{30'000};
// What leaves is covered by the saved state of its limiter for this long; also what a crash costs at most.
constexpr milliseconds kReserves{100};
constexpr milliseconds kReservesAtMost{10'000};  // where a commit takes long

std::size_t bytes_of(const Settlement& settlement) {
  std::size_t bytes = 0;
  for (const auto& seed : settlement.seeds) bytes += sizeof(Seed) + seed.key.size() + seed.parents.own_size();
  if (!settlement.seeds.empty()) bytes += settlement.seeds.front().parents.shared_size();
  return bytes;
}

std::size_t bytes_of(const Record& record) {
  return record.body.size() + (record.cleaned_body ? record.cleaned_body->size() : 0);
}

}  // namespace

Committer::Committer(Threads threads, Keeper& keeper, const Clock& clock, const Log& log, Ended ended)
    : threads_(std::move(threads)),
      keeper_(keeper),
      clock_(clock),
      log_(log),
      ended_(std::move(ended)),
      reserves_(kReserves) {}

void Committer::settle(Settlement settlement) {
  pending_bytes_ += bytes_of(settlement);
  pending_.batch.settlements.push_back(std::move(settlement));
}

void Committer::keep(Record record, const std::shared_ptr<const Config>& config) {
  pending_bytes_ += bytes_of(record);
  pending_.records.push_back(std::move(record));
  pending_.settlement_of.push_back(pending_.batch.settlements.size() - 1);
  if (pending_.configs.empty() || pending_.configs.back() != config) pending_.configs.push_back(config);
}

bool Committer::is_full() const { return pending_bytes_ >= kMostPendingBytes; }

bool Committer::has_work() const {
  const Batch& batch = pending_.batch;
  return !batch.settlements.empty() || !batch.new_runs.empty() || !batch.limiters.empty() ||
         !batch.schedules.empty() || !batch.answered.empty() || !batch.dead.empty() ||
         !batch.resume_runs.empty() || !batch.wake_runs.empty() || !batch.calls.empty() ||
         batch.read_commands || !pending_.seal_runs.empty() || pending_.prune_before;
}

bool Committer::begins_run_of(const std::string& pipeline) const {
  const auto in = [&](const Batch& batch) {
    return std::ranges::any_of(batch.new_runs,
                               [&](const NewRun& fresh) { return fresh.run.pipeline == pipeline; });
  };
  return in(pending_.batch) || (under_way_ != nullptr && in(under_way_->batch));
}

void Committer::begin(const std::function<void(Commit&)>& complete) {
  if (under_way_ == nullptr) {
    under_way_ = std::make_shared<Commit>(std::exchange(pending_, {}));
    pending_bytes_ = 0;
    complete(*under_way_);
  }
  under_way_->batch.now = clock_.wall();
  hand_over();
}

void Committer::hand_over() {
  busy_ = true;
  began_ = clock_.mono();
  boost::asio::post(threads_.store, [this, commit = under_way_] {
    try {
      boost::asio::post(threads_.loop,
                        [this, kept = keeper_.keep(*commit)]() mutable { end(std::move(kept)); });
    } catch (...) {
      boost::asio::post(threads_.loop, [this, error = std::current_exception()] { threads_.fail(error); });
    }
  });
}

void Committer::end(Kept kept) {
  busy_ = false;
  if (kept.put_off) put_in_front(*std::exchange(kept.put_off, std::nullopt));
  if (!kept.must_wait.empty()) {
    wait(kept.must_wait);
    ended_(nullptr, std::move(kept));
    return;
  }
  if (!blocked_.empty()) {
    log_.notice("work goes on");
    blocked_.clear();
  }
  const auto took = std::chrono::ceil<milliseconds>(clock_.mono() - began_);
  reserves_ = std::min(kReserves + 2 * took, kReservesAtMost);
  const auto commit = std::exchange(under_way_, nullptr);
  ended_(commit.get(), std::move(kept));
}

void Committer::put_in_front(Commit put_off) {
  for (const auto& settlement : put_off.batch.settlements) pending_bytes_ += bytes_of(settlement);
  for (const auto& record : put_off.records) pending_bytes_ += bytes_of(record);
  auto later = Commit{};
  std::swap(later.batch.settlements, pending_.batch.settlements);
  std::swap(later.records, pending_.records);
  std::swap(later.settlement_of, pending_.settlement_of);
  std::swap(later.configs, pending_.configs);
  pending_.put_behind(std::move(put_off));
  pending_.put_behind(std::move(later));
}

void Committer::wait(const std::string& why) {
  if (blocked_.empty()) {
    log_.error(fmt::format("cannot keep anything now, so nothing is asked: {}", why));
    try_again_in_ = kFirstTryAgain;
  } else {
    try_again_in_ = std::min(try_again_in_ * 2, kLastTryAgain);
  }
  blocked_ = why;
  try_again_at_ = clock_.mono() + try_again_in_;
}

}  // namespace fanout
