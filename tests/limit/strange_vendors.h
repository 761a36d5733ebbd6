// Vendors that tell nobody what they bear, in virtual time: each is a way to limit, or to suffer.
//
// Pure; what is by chance follows from a seed.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace fanout::strange {

using Time = double;  // seconds

enum class Fate { well, refused, failed };
struct Reaction {
  Fate fate = Fate::well;
  Time took = 0.05;
};

// A request arrives; they come in the order of their time. in_flight: with it.
using Vendor = std::function<Reaction(Time at, int in_flight)>;

inline Vendor fixed_window(double limit, Time window, Time latency) {
  return [=, begun = -1e9, count = 0.0](Time at, int) mutable -> Reaction {
    if (at >= begun + window) {
      begun = std::floor(at / window) * window;
      count = 0;
    }
    if (count >= limit) return {Fate::refused, latency / 5};
    ++count;
    return {Fate::well, latency};
  };
}

inline Vendor sliding_window(std::function<double(Time)> limit, Time window, Time latency) {
  return [=, seen = std::deque<Time>()](Time at, int) mutable -> Reaction {
    while (!seen.empty() && seen.front() <= at - window) seen.pop_front();
    if (static_cast<double>(seen.size()) >= limit(at)) return {Fate::refused, latency / 5};
    seen.push_back(at);
    return {Fate::well, latency};
  };
}

// The same, with times of every length.
inline Vendor of_every_length(Vendor vendor, std::uint64_t seed) {
  return [=, random = std::mt19937_64(seed)](Time at, int in_flight) mutable -> Reaction {
    auto reaction = vendor(at, in_flight);
    reaction.took = std::exponential_distribution<>(1 / reaction.took)(random);
    return reaction;
  };
}

inline Vendor token_bucket(double rate, double burst, Time latency, Fate otherwise = Fate::refused) {
  return [=, tokens = burst, last = 0.0](Time at, int) mutable -> Reaction {
    tokens = std::min(burst, tokens + rate * (at - last));
    last = at;
    if (tokens < 1) return {otherwise, latency / 5};
    --tokens;
    return {Fate::well, latency};
  };
}

inline Vendor in_flight_limit(int most, Time latency, std::uint64_t seed) {
  return [=, random = std::mt19937_64(seed)](Time, int in_flight) mutable -> Reaction {
    if (in_flight > most) return {Fate::refused, latency / 10};
    return {Fate::well, latency * std::uniform_real_distribution<>(0.8, 1.2)(random)};
  };
}

// Workers with a queue before them: it takes longer the more it is asked. With a bound on the wait it errs
// beyond it; it may fall over for a while where the queue is longer than it bears.
struct Queue {
  int workers = 5;
  Time service = 0.1;
  Time errs_after = 1e9;   // of waiting
  Time falls_after = 1e9;  // of waiting
  Time down_for = 120;
};
inline Vendor queue(Queue q, std::uint64_t seed, std::shared_ptr<int> falls) {
  return [=, random = std::mt19937_64(seed), free = std::vector<Time>(static_cast<std::size_t>(q.workers), 0),
          down_until = -1.0](Time at, int) mutable -> Reaction {
    if (at < down_until) return {Fate::failed, 0.01};
    const auto worker = std::ranges::min_element(free);
    const Time begin = std::max(at, *worker);
    if (begin - at > q.falls_after) {
      down_until = at + q.down_for;
      ++*falls;
      return {Fate::failed, 0.01};
    }
    if (begin - at > q.errs_after) return {Fate::failed, 0.05};
    *worker = begin + q.service * std::uniform_real_distribution<>(0.7, 1.3)(random);
    return {Fate::well, *worker - at};
  };
}

}  // namespace fanout::strange
