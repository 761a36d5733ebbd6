// The promise of design §3.4, by chance: random rates, delays, crashes, reboots, jumps of the wall clock,
// reloads, costs, finer limits. A witness that shares nothing with the limiter looks at what arrived.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "limit/limiter.h"

namespace fanout {
namespace {

constexpr std::int64_t kNever = -1;
constexpr milliseconds kCover{250};

struct Asked {
  std::int64_t taken = 0;  // µs of a time that no reboot touches
  std::int64_t arrived = 0;
  std::int64_t sent = kNever;
  std::int64_t finished = 0;
  std::vector<Rate> rates;  // in force when it was taken
  Demand demand;
};

// What a request counts for in a finer limit's value; 0: nothing.
int cost_in(const Demand& demand, const Demand::Part& of) {
  for (const auto& part : demand.parts) {
    if (part.limit == of.limit && part.value == of.value) return part.cost;
  }
  return 0;
}

// The most that those cost together that were asked up to `last`, it among them, in a stretch of that length.
template <typename Cost>
std::int64_t most_in_a_stretch(const std::vector<Asked>& asked, std::size_t last, std::int64_t length,
                               Cost cost) {
  std::vector<std::pair<std::int64_t, int>> near;
  const auto at = asked[last].arrived;
  for (std::size_t i = 0; i <= last; ++i) {
    const auto arrived = asked[i].arrived;
    if (arrived != kNever && std::abs(arrived - at) < length)
      near.emplace_back(arrived, cost(asked[i].demand));
  }
  std::ranges::sort(near);
  std::int64_t most = 0, in_it = 0;
  for (std::size_t first = 0, end = 0; first < near.size() && near[first].first <= at; ++first) {
    while (end < near.size() && near[end].first < near[first].first + length) in_it += near[end++].second;
    if (near[first].first + length > at) most = std::max(most, in_it);
    in_it -= near[first].second;
  }
  return most;
}

class Life {
 public:
  explicit Life(std::uint64_t seed) : chance_(seed) {
    some_finer_limits();
    limits_ = some_limits();
    now_ = up_to(1'000'000'000);
    limiter_.emplace(limits_, mono());
    most_asked_ = 150 + static_cast<std::size_t>(up_to(250));
  }

  void live() {
    for (int step = 0; step < 20'000 && asked_.size() < most_asked_; ++step) {
      send_what_may_go();
      if (one_in(300)) {
        crash();
      } else if (one_in(300)) {
        reconfigure();
      } else {
        go_on();
      }
    }
  }

  void expect_limits_kept() const {
    for (std::size_t last = 0; last < asked_.size(); ++last) {
      if (asked_[last].arrived == kNever) continue;
      for (const Rate& rate : asked_[last].rates) {
        const auto most = most_in_a_stretch(asked_, last, microseconds(rate.window).count(),
                                            [](const Demand& demand) { return demand.cost; });
        ASSERT_LE(most, rate.limit) << format(rate) << " was exceeded by request " << last;
      }
      for (const auto& part : asked_[last].demand.parts) {
        for (const Rate& rate : finer_.at(part.limit).rates) {
          const auto most = most_in_a_stretch(asked_, last, microseconds(rate.window).count(),
                                              [&](const Demand& demand) { return cost_in(demand, part); });
          ASSERT_LE(most, rate.limit) << format(rate) << " of " << finer_[part.limit].name << " for \""
                                      << part.value << "\" was exceeded by request " << last;
        }
      }
    }
  }

  std::size_t asked() const { return asked_.size(); }
  int crashes() const { return crashes_; }

 private:
  static std::string format(const Rate& rate) {
    return std::to_string(rate.limit) + "/" + std::to_string(rate.window.count()) + "ms";
  }

  std::int64_t up_to(std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(0, std::max<std::int64_t>(most, 0))(chance_);
  }
  bool one_in(int times) { return up_to(times - 1) == 0; }

  MonoTime mono() const { return MonoTime(microseconds(now_ - booted_)); }
  Moment moment() { return {mono(), WallTime(milliseconds(up_to(4'000'000'000'000))), boot_}; }

  static constexpr int kLargestCost = 3;

  // Their windows stay, so that no reload adds one of which nothing was kept.
  void some_finer_limits() {
    static constexpr milliseconds kWindows[] = {milliseconds(200), milliseconds(1000), milliseconds(5000)};
    for (std::int64_t i = up_to(2); i > 0; --i) {
      FinerLimits finer;
      finer.name = std::string(1, static_cast<char>('a' + finer_.size()));
      finer.per_value = one_in(2);
      finer.largest_cost = kLargestCost;
      for (const auto window : kWindows) {
        if (one_in(2)) finer.rates.push_back({kLargestCost + up_to(20), window});
      }
      if (one_in(3)) finer.concurrency = static_cast<int>(1 + up_to(4));
      finer_.push_back(std::move(finer));
    }
  }

  Demand some_demand() {
    Demand demand;
    if (!finer_.empty() || one_in(2)) demand.cost = static_cast<int>(1 + up_to(most_cost_ - 1));
    for (std::size_t i = 0; i < finer_.size(); ++i) {
      if (one_in(3)) continue;
      const auto value = finer_[i].per_value ? std::string(1, static_cast<char>('p' + up_to(3))) : "";
      demand.parts.push_back({i, static_cast<int>(1 + up_to(kLargestCost - 1)), value});
    }
    return demand;
  }

  Limits some_limits() {
    static constexpr milliseconds kWindows[] = {milliseconds(40), milliseconds(200), milliseconds(1000),
                                                milliseconds(3000), milliseconds(20'000)};
    Limits limits;
    std::int64_t smallest = 1'000;
    for (const auto window : kWindows) {
      if (!one_in(3)) continue;
      const auto limit = 1 + up_to(one_in(4) ? 700 : 60);
      smallest = std::min(smallest, limit);
      limits.rates.push_back({limit, window});
    }
    if (limits.rates.empty()) limits.rates.push_back({smallest = 1 + up_to(20), kWindows[up_to(3)]});
    limits.concurrency = static_cast<int>(1 + up_to(one_in(2) ? 40 : 4));
    limits.burst = static_cast<int>(one_in(2) ? 1 : 1 + up_to(smallest - 1));
    limits.finer = finer_;
    most_cost_ = std::min<std::int64_t>(kLargestCost, smallest);
    limits.largest_cost = static_cast<int>(most_cost_);
    return limits;
  }

  // As the engine does: nothing leaves that the saved state does not cover.
  void send_what_may_go() {
    while (now_ <= covered_until_ && asked_.size() < most_asked_) {
      const auto demand = some_demand();
      if (limiter_->next(demand, mono()) > mono() || one_in(8)) return;
      ASSERT_LT(static_cast<int>(flying_.size()), limits_.concurrency);
      ASSERT_TRUE(!limiter_->hold() || *limiter_->hold() <= mono());
      const auto ticket = limiter_->take(mono(), demand);
      expect_slots_kept(demand);
      flying_.emplace(asked_.size(), ticket);
      asked_.push_back(some_request());
      asked_.back().demand = demand;
    }
  }

  void expect_slots_kept(const Demand& demand) {
    for (const auto& part : demand.parts) {
      int beside = 0;
      for (const auto& [index, ticket] : flying_) beside += cost_in(asked_[index].demand, part) > 0 ? 1 : 0;
      ASSERT_LT(beside, finer_[part.limit].concurrency) << "of " << finer_[part.limit].name;
    }
  }

  Asked some_request() {
    Asked asked;
    asked.taken = now_;
    asked.rates = limits_.rates;
    const auto sent = now_ + (one_in(4) ? up_to(300'000) : up_to(300));
    asked.finished = sent + (one_in(8) ? up_to(2'000'000) : up_to(40'000));
    auto latest = asked.finished;
    if (!one_in(10)) {
      asked.sent = sent;
      latest = std::min(latest, sent + shortest_grace());
    }
    // The worst cases more often than chance would have it.
    const auto kind = up_to(3);
    asked.arrived = kind == 0 ? now_ : kind == 1 ? now_ + up_to(latest - now_) : latest;
    return asked;
  }

  // The network keeps the promise of every window that there ever is.
  static std::int64_t shortest_grace() { return Window::least_grace(milliseconds(40)).count(); }

  void go_on() {
    auto next = now_ + 1'000'000;
    if (const auto at = limiter_->next(mono()); at != MonoTime::max() && now_ <= covered_until_) {
      next = std::min(next, now_ + (at - mono()).count() + (one_in(3) ? up_to(3000) : 0));
    }
    for (const auto& [index, ticket] : flying_) {
      const Asked& asked = asked_[index];
      next = std::min(next, asked.sent > now_ ? asked.sent : asked.finished);
    }
    if (committed_at_ != kNever) next = std::min(next, committed_at_);
    now_ = std::max(next, now_ + 1);
    if (committed_at_ != kNever && committed_at_ <= now_) commit();
    if (committed_at_ == kNever && (now_ + up_to(200'000) > covered_until_)) begin_to_save();
    tell_of_replies();
  }

  void begin_to_save() {
    const auto moment_now = moment();
    saving_ = limiter_->save(moment_now, moment_now.mono + kCover);
    saving_until_ = now_ + microseconds(kCover).count();
    committed_at_ = now_ + 1 + up_to(30'000);
  }

  void commit() {
    saved_ = saving_;
    covered_until_ = saving_until_;
    committed_at_ = kNever;
  }

  void tell_of_replies() {
    for (auto it = flying_.begin(); it != flying_.end();) {
      const auto& [index, ticket] = *it;
      const Asked& asked = asked_[index];
      if (asked.sent != kNever && asked.sent <= now_ && !told_sent_[index]) {
        told_sent_[index] = true;
        // Told late it may be, but never before it was so.
        limiter_->sent(ticket, mono());
      }
      if (asked.finished > now_) {
        ++it;
        continue;
      }
      const auto evidence = one_in(30) ? Evidence::down : one_in(9) ? Evidence::unclear : Evidence::alive;
      limiter_->ended(ticket, {evidence, "why"}, mono());
      if (one_in(150))
        limiter_->ended(ticket, {Evidence::unclear, "", true, milliseconds(up_to(100))}, mono());
      it = flying_.erase(it);
    }
  }

  void crash() {
    ++crashes_;
    for (const auto& [index, ticket] : flying_) {
      Asked& asked = asked_[index];
      if (asked.arrived <= now_) continue;
      if (asked.sent == kNever) {
        asked.arrived = one_in(2) ? kNever : now_ + shortest_grace();
      } else if (asked.sent > now_) {
        asked.arrived = kNever;
      }
    }
    flying_.clear();
    const auto down_for = one_in(2) ? up_to(2'000) : up_to(3'000'000);
    if (one_in(3)) {
      booted_ = now_ + up_to(down_for);
      boot_ += '+';
    }
    now_ += down_for;
    if (one_in(4)) limits_ = some_limits();
    forget_cover();
    limiter_.emplace(limits_, mono());
    limiter_->restore(saved_, moment());
  }

  void reconfigure() {
    limits_ = some_limits();
    // Fewer at a time than are in flight already is another matter.
    limits_.concurrency = std::max(limits_.concurrency, static_cast<int>(flying_.size()));
    limiter_->reconfigure(limits_, mono());
    if (one_in(3)) limiter_->reset();
    forget_cover();
  }

  void forget_cover() {
    covered_until_ = kNever;
    committed_at_ = kNever;
  }

  std::mt19937_64 chance_;
  std::vector<FinerLimits> finer_;
  std::int64_t most_cost_ = 1;
  Limits limits_;
  std::optional<Limiter> limiter_;
  std::vector<Asked> asked_;
  std::map<std::size_t, Limiter::Ticket> flying_;
  std::map<std::size_t, bool> told_sent_;
  std::size_t most_asked_ = 0;
  std::int64_t now_ = 0;
  std::int64_t booted_ = 0;
  std::string boot_ = "boot";
  std::string saved_;
  std::string saving_;
  std::int64_t saving_until_ = kNever;
  std::int64_t committed_at_ = kNever;
  std::int64_t covered_until_ = kNever;
  int crashes_ = 0;
};

TEST(LimiterPromise, NoWindowOfTheVendorEverHoldsMoreThanItsLimit) {
  std::size_t asked = 0;
  int crashes = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Life life(seed);
    life.live();
    life.expect_limits_kept();
    if (testing::Test::HasFatalFailure()) return;
    asked += life.asked();
    crashes += life.crashes();
  }
  EXPECT_GT(asked, 400U * 100) << "the lives are too short to show anything";
  EXPECT_GT(crashes, 400);
}

}  // namespace
}  // namespace fanout
