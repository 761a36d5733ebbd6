#include "harvest/gate.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "ask/request_builder.h"

namespace fanout {

Gate::Gate(const VendorSpec& spec, const TransportMaker& make_transport, const Clock& clock, const Log& log)
    : spec_(spec),
      clock_(clock),
      log_(log),
      credentials_(Credentials::prepare(spec)),
      transport_(make_transport(spec)),
      limiter_(limits_of(spec), clock.mono()) {}

Limits Gate::limits_of(const VendorSpec& spec) { return {spec.concurrency, spec.rates, spec.burst}; }

void Gate::reconfigure(const VendorSpec& spec, const TransportMaker& make_transport) {
  auto credentials = Credentials::prepare(spec);
  const bool same_place = spec.base_url == spec_.base_url && spec.ca_file == spec_.ca_file;
  const bool same_way = same_place && spec.timeout == spec_.timeout &&
                        spec.connect_timeout == spec_.connect_timeout && spec.body_limit == spec_.body_limit;
  const bool same_credentials = *credentials == *credentials_;
  const bool same_limits =
      spec.rates == spec_.rates && spec.burst == spec_.burst && spec.concurrency == spec_.concurrency;
  auto transport = same_way ? nullptr : make_transport(spec);  // may throw, and then nothing has changed
  spec_ = spec;
  credentials_ = std::move(credentials);
  if (!same_way) transport_ = std::move(transport);
  if (!same_limits) {
    limiter_.reconfigure(limits_of(spec_), clock_.mono());
    covered_until_ = MonoTime{};
  }
  if (!same_place) begun_.clear();  // it led there
  // A hold is the vendor's word: how long we wait for replies, and how large they may be, does not end it.
  if (!same_place || !same_credentials) limiter_.reset(clock_.mono());
}

void Gate::renew_credentials() {
  std::string why;
  // Those that cannot be read now are kept: the next reply says whether they still hold.
  if (auto renewed = credentials_->refused(&why)) {
    credentials_ = std::move(renewed);
  } else {
    log_.warning(fmt::format("vendor {}: {}", spec_.name, why));
  }
}

void Gate::restore(const LimiterRow& row) {
  limiter_.restore(row.state, {clock_.mono(), clock_.wall(), clock_.boot()});
  paused_ = row.paused;
  saved(row);
}

LimiterRow Gate::save(MonoTime valid_until) const {
  const auto now = clock_.mono();
  LimiterRow row;
  row.subject = "vendor/" + spec_.name;
  row.paused = paused_;
  if (const auto hold = limiter_.hold(); hold && *hold > now) {
    row.hold_until = clock_.wall() + std::chrono::ceil<milliseconds>(*hold - now);
  }
  row.why = limiter_.why(now);
  if (const auto next = limiter_.next(now); !row.why.empty() && next > now && next != MonoTime::max()) {
    row.next = clock_.wall() + std::chrono::ceil<milliseconds>(next - now);
  }
  row.state = limiter_.save({now, clock_.wall(), clock_.boot()}, valid_until);
  return row;
}

// A hold that moves later while another reason stands must be kept as well.
bool Gate::changed() const {
  if (limiter_.why(clock_.mono()).empty() != saved_why_.empty()) return true;
  // An open breaker waits longer after each probe, and after a restart as long.
  if (limiter_.next_probe() != saved_probe_) return true;
  return limiter_.hold() && (!saved_hold_ || *limiter_.hold() > *saved_hold_);
}

void Gate::saved(const LimiterRow& row) {
  saved_why_ = row.why;
  saved_hold_ = limiter_.hold();
  saved_probe_ = limiter_.next_probe();
}

std::string Gate::why(MonoTime at) const {
  return paused_ ? fmt::format("vendor {} is paused", spec_.name) : limiter_.why(at);
}

void Gate::add(Claimed claimed) {
  if (const auto begun = begun_.find({claimed.task.run, claimed.task.id}); begun != begun_.end()) {
    claimed.so_far = std::move(begun->second);
    begun_.erase(begun);
  }
  waiting_[claimed.task.run].push_back(std::move(claimed));
  ++buffered_;
}

void Gate::add_in_front(Claimed claimed) {
  waiting_[claimed.task.run].push_front(std::move(claimed));
  ++buffered_;
}

std::size_t Gate::buffered(std::int64_t run) const {
  const auto found = waiting_.find(run);
  return found == waiting_.end() ? 0 : found->second.size();
}

std::vector<Claimed> Gate::take_run(std::int64_t run) {
  std::vector<Claimed> taken;
  const auto found = waiting_.find(run);
  if (found == waiting_.end()) return taken;
  for (auto& claimed : found->second) {
    remember(claimed);
    taken.push_back(std::move(claimed));
  }
  buffered_ -= taken.size();
  waiting_.erase(found);
  return taken;
}

void Gate::remember(const Claimed& claimed) {
  if (claimed.so_far != AttemptSoFar()) begun_[{claimed.task.run, claimed.task.id}] = claimed.so_far;
}

void Gate::forget(std::int64_t run) {
  begun_.erase(begun_.lower_bound({run, 0}), begun_.lower_bound({run + 1, 0}));
  refused_.erase(refused_.lower_bound({run, 0}), refused_.lower_bound({run + 1, 0}));
}

milliseconds Gate::refused(const Task& task) {
  constexpr milliseconds kWaits[] = {seconds(1), seconds(5), seconds(10)};
  auto& refusals = refused_.try_emplace({task.run, task.id}, Refusals{clock_.mono(), 0}).first->second;
  return kWaits[std::min<std::size_t>(static_cast<std::size_t>(refusals.times++), std::size(kWaits) - 1)];
}

bool Gate::accepts_others(const Task& task) const {
  const auto found = refused_.find({task.run, task.id});
  if (found == refused_.end()) return false;
  const auto served = limiter_.served();
  return (served && *served > found->second.first) ||
         (found->second.times >= 2 && limiter_.well(clock_.mono()));
}

int Gate::refusals(const Task& task) const {
  const auto found = refused_.find({task.run, task.id});
  return found == refused_.end() ? 0 : found->second.times;
}

void Gate::failed(const Task& task) {
  if (failing_.size() < 2) failing_.insert(task.id);
}

VendorState Gate::state() const {
  const auto now = clock_.mono();
  const auto probe = limiter_.next_probe();
  const auto until = probe && *probe != MonoTime::max() && *probe > now ? *probe - now : microseconds(0);
  return {limiter_.breaker_open(), limiter_.well(now), failing_.size() > 1,
          std::chrono::ceil<milliseconds>(until)};
}

std::vector<Claimed> Gate::take_all() {
  std::vector<Claimed> taken;
  while (!waiting_.empty()) {
    for (auto& claimed : take_run(waiting_.begin()->first)) taken.push_back(std::move(claimed));
  }
  return taken;
}

std::optional<Claimed> Gate::next(const std::function<std::string(std::int64_t)>& pipeline_of) {
  if (buffered_ == 0) return std::nullopt;
  auto chosen = waiting_.begin();
  if (waiting_.size() > 1) {
    std::vector<std::string> pipelines;
    for (const auto& [run, tasks] : waiting_) pipelines.push_back(pipeline_of(run));
    const auto turn = turns_.pick(pipelines);
    for (auto it = waiting_.begin(); turn && it != waiting_.end(); ++it) {
      if (pipeline_of(it->first) == *turn) chosen = it;
    }
  }
  turns_.charge(pipeline_of(chosen->first), 1);
  Claimed claimed = std::move(chosen->second.front());
  chosen->second.pop_front();
  --buffered_;
  if (chosen->second.empty()) waiting_.erase(chosen);
  return claimed;
}

}  // namespace fanout
