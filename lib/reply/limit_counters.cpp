#include "reply/limit_counters.h"

#include <algorithm>
#include <cmath>

#include "base/ascii.h"
#include "reply/header_words.h"

namespace fanout {
namespace {

constexpr double kMost = 1e12;  // no vendor allows more, and it fits into all that counts
constexpr std::size_t kMostCounters = 64;
constexpr double kFarBeyondTheWindow = 10;

bool says_something(const Counter& counter) {
  return counter.limit || counter.remaining || counter.reset || counter.window;
}

// Of a family, the policies that speak of this counter: of its name, else of its limit, else the only one.
Counter* policy_for(const Counter& counter, std::deque<Counter>& counters) {
  std::vector<Counter*> nameless_or_same, all;
  for (auto& policy : counters) {
    if (!policy.is_policy || policy.family != counter.family) continue;
    if (!counter.bucket.empty() && policy.bucket == counter.bucket) return &policy;
    if (counter.bucket.empty()) all.push_back(&policy);
  }
  if (all.empty()) return nullptr;
  if (!counter.limit) return all.front();
  const auto same = std::ranges::find_if(all, [&](const auto* p) { return p->limit == counter.limit; });
  if (same != all.end()) return *same;
  return all.size() == 1 && all.front()->bucket.empty() ? all.front() : nullptr;
}

void join_policies(std::deque<Counter>& counters) {
  std::vector<const Counter*> used;
  for (auto& counter : counters) {
    if (counter.is_policy || !says_something(counter)) continue;
    const auto* policy = policy_for(counter, counters);
    if (policy == nullptr) continue;
    if (!counter.window) counter.window = policy->window;
    if (!counter.limit) counter.limit = policy->limit;
    if (counter.unit.empty()) counter.unit = policy->unit;
    if (counter.limit == policy->limit) used.push_back(policy);
  }
  for (auto& counter : counters) {
    if (std::ranges::find(used, &counter) != used.end()) counter = Counter{};
  }
}

// A bucket without a reset of its own begins anew with its family.
void inherit_resets(std::deque<Counter>& counters) {
  for (auto& counter : counters) {
    if (counter.bucket.empty() || counter.reset || !counter.remaining) continue;
    const auto base = std::ranges::find_if(counters, [&](const Counter& other) {
      return other.family == counter.family && other.bucket.empty() && other.reset;
    });
    if (base != counters.end()) counter.reset = base->reset;
  }
}

bool is_of_requests(const Counter& counter) {
  const auto text = lower(counter.unit + " " + counter.bucket);
  for (const auto* other : {"bytes", "token", "cost", "point", "credit", "complexity", "jobs", "concurren"}) {
    if (text.find(other) != std::string::npos) return false;
  }
  return true;
}

std::optional<milliseconds> reset_of(const Counter& counter) {
  if (!counter.reset) return std::nullopt;
  const auto in = counter.reset->in;
  // A wait of many windows is one in milliseconds.
  if (counter.reset->is_delta && counter.window && in >= seconds(1000) && in / 1000 <= *counter.window &&
      static_cast<double>(in.count()) > kFarBeyondTheWindow * static_cast<double>(counter.window->count()))
    return in / 1000;
  return in;
}

ToldLimit limit_of(const Counter& counter) {
  ToldLimit limit;
  limit.name = counter.bucket.empty() ? counter.family : counter.family + " " + counter.bucket;
  limit.limit = counter.limit;
  limit.remaining = counter.remaining;
  if (!limit.remaining && counter.limit && counter.used)
    limit.remaining = std::llround(std::floor(std::max(*counter.limit - *counter.used, 0.0)));
  limit.reset_in = reset_of(counter);
  limit.window = counter.window;
  limit.of_requests = is_of_requests(counter);
  return limit;
}

template <typename Value>
bool agree(const std::optional<Value>& a, const std::optional<Value>& b) {
  return !a || !b || *a == *b;
}

// Many vendors tell one limit in two families of headers, of which one has the reset and the other the
// window.
bool is_said_again(const ToldLimit& limit, const ToldLimit& before) {
  return limit.limit && limit.remaining && limit.limit == before.limit &&
         limit.remaining == before.remaining && agree(limit.reset_in, before.reset_in) &&
         agree(limit.window, before.window) && limit.of_requests == before.of_requests;
}

}  // namespace

Counter& Counters::of(std::string_view family, std::string_view bucket) {
  const auto found = std::ranges::find_if(counters_, [&](const Counter& counter) {
    return !counter.is_policy && counter.family == family && counter.bucket == bucket;
  });
  if (found != counters_.end()) return *found;
  if (counters_.size() >= kMostCounters) return counters_.back();
  counters_.push_back({});
  counters_.back().family = family;
  counters_.back().bucket = bucket;
  return counters_.back();
}

Counter& Counters::add_policy(std::string_view family, std::string_view name) {
  if (counters_.size() >= kMostCounters) counters_.pop_back();
  counters_.push_back({});
  counters_.back().family = family;
  counters_.back().bucket = name;
  counters_.back().is_policy = true;
  return counters_.back();
}

std::optional<double> Counters::count(std::string_view text, Nonsense::Of of, std::string_view header) {
  text = trimmed(text);
  if (text.empty() || lower(text.substr(0, 9)) == "unlimited") return std::nullopt;
  const auto number = number_in(text);
  const bool none_left = of == Nonsense::Of::remaining && refused_ && number && *number < 0;
  if (none_left) return 0;
  if (number && *number >= 0 && *number <= kMost) return number;
  nonsense(of, text, header);
  return std::nullopt;
}

void Counters::limit(Counter& counter, std::string_view text, std::string_view header) {
  const auto number = count(text, Nonsense::Of::limit, header);
  if (number && !counter.limit) counter.limit = number;
}

void Counters::remaining(Counter& counter, std::string_view text, std::string_view header) {
  const auto number = count(text, Nonsense::Of::remaining, header);
  if (!number) return;
  const auto whole = std::llround(std::floor(*number));
  counter.remaining = std::min(counter.remaining.value_or(whole), std::int64_t(whole));
}

void Counters::used(Counter& counter, std::string_view text, std::string_view header) {
  const auto number = count(text, Nonsense::Of::remaining, header);
  if (number) counter.used = std::max(counter.used.value_or(0), *number);
}

void Counters::reset(Counter& counter, std::string_view text, std::string_view header, bool in_milliseconds) {
  if (trimmed(text).empty()) return;
  const auto read = read_reset(text, now_, in_milliseconds);
  if (!read) return nonsense(Nonsense::Of::reset, text, header);
  // A length comes before a moment: two clocks may disagree. Of two alike the later one counts.
  const bool better = !counter.reset || (read->is_delta && !counter.reset->is_delta) ||
                      (read->is_delta == counter.reset->is_delta && read->in > counter.reset->in);
  if (better) counter.reset = read;
}

void Counters::window(Counter& counter, std::string_view text, std::string_view header,
                      bool in_milliseconds) {
  if (trimmed(text).empty()) return;
  const auto read = read_window(text, in_milliseconds);
  if (!read) return nonsense(Nonsense::Of::window, text, header);
  counter.window = std::max(counter.window.value_or(*read), *read);
}

void Counters::nonsense(Nonsense::Of of, std::string_view text, std::string_view header) {
  nonsense_.push_back({of, std::string(header) + ": " + std::string(text)});
}

std::vector<ToldLimit> joined(std::deque<Counter> counters) {
  join_policies(counters);
  inherit_resets(counters);
  std::vector<ToldLimit> limits;
  for (const auto& counter : counters) {
    if (!says_something(counter)) continue;
    auto limit = limit_of(counter);
    const auto before =
        std::ranges::find_if(limits, [&](const ToldLimit& other) { return is_said_again(limit, other); });
    if (before == limits.end()) {
      limits.push_back(std::move(limit));
      continue;
    }
    if (!before->reset_in) before->reset_in = limit.reset_in;
    if (!before->window) before->window = limit.window;
  }
  return limits;
}

}  // namespace fanout
