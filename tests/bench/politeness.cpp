#include <fmt/format.h>

#include <string>
#include <vector>

#include "bench/bench.h"
#include "bench/published.h"
#include "limit/playing.h"

namespace fanout::bench {
namespace {

using namespace strange;

constexpr Time kLength = 900;
constexpr int kWorkers = 64;  // at most in flight, whoever asks
constexpr Time kStretch = 10;
constexpr std::size_t kMinute = 6;  // stretches

struct Scenario {
  const char* name;
  std::function<Vendor(std::shared_ptr<int> falls)> vendor;
  std::function<double(Time)> right;  // requests a second
  Time window = 1;                    // of the vendor
};

std::vector<Scenario> scenarios() {
  const auto always = [](double value) { return [value](Time) { return value; }; };
  const auto halves = [](Time at) { return at < kLength / 2 ? 50.0 : 25.0; };
  return {
      {"50 in any second", [=](auto) { return sliding_window(always(50), 1, 0.05); }, always(50)},
      {"10 in any second", [=](auto) { return sliding_window(always(10), 1, 0.05); }, always(10)},
      {"50 in any second, in times of every length",
       [=](auto) { return of_every_length(sliding_window(always(50), 1, 0.05), 1); }, always(50)},
      {"500 in any second", [=](auto) { return sliding_window(always(500), 1, 0.05); }, always(500)},
      {"50 in any second, 500 ms away", [=](auto) { return sliding_window(always(50), 1, 0.5); }, always(50)},
      {"3,000 in each minute of its clock", [](auto) { return fixed_window(3000, 60, 0.05); }, always(50),
       60},
      {"50 a second from a bucket of 100", [](auto) { return token_bucket(50, 100, 0.05); }, always(50)},
      {"5 at once", [](auto) { return in_flight_limit(5, 0.2, 1); }, always(25)},
      {"slows down: 5 workers, a queue",
       [](auto falls) {
         return queue({5, 0.1}, 1, falls);
       },
       always(50)},
      {"slows down, and errs after a second",
       [](auto falls) {
         return queue({5, 0.1, 1.0}, 1, falls);
       },
       always(50)},
      {"never refuses, and falls over for two minutes",
       [](auto falls) {
         return queue({5, 0.1, 1e9, 1.0, 120}, 1, falls);
       },
       always(50)},
      {"drops what is too much", [](auto) { return token_bucket(50, 50, 0.05, Fate::failed); }, always(50)},
      {"halves", [=](auto) { return sliding_window(halves, 1, 0.05); }, halves},
  };
}

template <typename Published>
class Theirs {
 public:
  using Left = Time;
  Time next(Time now, int in_flight) const { return published_.next(now, in_flight); }
  Left taken(Time now, int in_flight) {
    published_.taken(now, in_flight);
    return now;
  }
  void ended(Left left, Fate fate, Time now) { published_.ended(fate, now - left, now); }

 private:
  Published published_;
};

struct Result {
  double lost = 0, worst = 0;  // shares
  int falls = 0;
  std::vector<double> answered, right;  // requests a second, in each stretch
};

template <typename Way>
Result play(const Scenario& scenario, Way way) {
  const auto falls = std::make_shared<int>(0);
  Playing<Way> playing(scenario.vendor(falls), std::move(way), kWorkers);
  playing.run(kLength);
  const auto& seen = playing.seen();
  Result result;
  result.lost = seen.not_well_share();
  result.worst =
      seen.most_in_each(scenario.window, [&](Time at) { return scenario.right(at) * scenario.window; });
  result.falls = *falls;
  result.answered = seen.answered_in_each(kStretch);
  result.answered.resize(static_cast<std::size_t>(kLength / kStretch));
  for (auto& answered : result.answered) {
    answered /= kStretch;
    result.right.push_back(scenario.right(static_cast<Time>(result.right.size()) * kStretch));
  }
  return result;
}

// Of the right rate, from one stretch to another.
double used(const Result& result, std::size_t from, std::size_t until) {
  double answered = 0, right = 0;
  for (auto i = from; i < until; ++i) answered += result.answered[i], right += result.right[i];
  return answered / right;
}

// Seconds until a minute came within a tenth of the right rate.
std::string found_in(const Result& result) {
  for (std::size_t i = 0; i + kMinute <= result.answered.size(); ++i) {
    if (used(result, i, i + kMinute) >= 0.9) return fmt::format("{} s", static_cast<double>(i) * kStretch);
  }
  return "never";
}

void print(const Scenario& scenario, const char* way, const Result& result, bool series) {
  fmt::print("{}\t{}\t{}\t{:.1f}\t{:.2f}\t{:.2f}\t{}\n", scenario.name, way, found_in(result),
             100 * used(result, 2 * kMinute, result.answered.size()), 100 * result.lost, result.worst,
             result.falls);
  if (!series) return;
  std::string line = "series";
  for (const double answered : result.answered) line += fmt::format("\t{:.1f}", answered);
  fmt::print("{}\n", line);
}

}  // namespace

int politeness(bool series) {
  for (const auto& scenario : scenarios()) {
    print(scenario, "fanoutd", play(scenario, FromBelow()), series);
    print(scenario, "AWS adaptive retry", play(scenario, Theirs<AwsAdaptiveRetry>()), series);
    print(scenario, "Netflix Gradient2", play(scenario, Theirs<NetflixGradient2>()), series);
  }
  return 0;
}

}  // namespace fanout::bench
