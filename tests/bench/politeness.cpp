#include <fmt/format.h>

#include <map>
#include <queue>
#include <string>
#include <vector>

#include "bench/bench.h"
#include "bench/published.h"
#include "limit/adaptive.h"
#include "limit/hold.h"
#include "limit/strange_vendors.h"

namespace fanout::bench {
namespace {

using namespace strange;

constexpr Time kLength = 900;
constexpr Time kWay = 0.002;
constexpr int kWorkers = 64;  // at most in flight, whoever asks
constexpr std::size_t kBin = 10;

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

MonoTime mono(Time at) { return MonoTime{} + microseconds(static_cast<std::int64_t>(at * 1e6)); }
Time time(MonoTime at) {
  return at == MonoTime::max() ? 1e18 : static_cast<Time>(at.time_since_epoch().count()) / 1e6;
}

// fanoutd's bound, with the hold that a refusal brings.
class Ours {
 public:
  using Left = Adaptive::Left;
  Time next(Time now, int in_flight) const {
    const Time at = std::max(now, time(adaptive_.next(in_flight)));
    return hold_.until() ? std::max(at, time(*hold_.until())) : at;
  }
  Left taken(Time now, int in_flight) { return adaptive_.taken(mono(now), in_flight); }
  void ended(const Left& left, Fate fate, Time now) {
    const auto said = fate == Fate::well      ? Adaptive::Said::well
                      : fate == Fate::refused ? Adaptive::Said::refused
                                              : Adaptive::Said::failed;
    adaptive_.ended(left, said, "level", mono(now));
    if (fate == Fate::refused) hold_.begin(left.at, mono(now), adaptive_.quiet(mono(now)));
  }

 private:
  Adaptive adaptive_{MonoTime{}};
  Hold hold_;
};

template <typename Published>
class Theirs {
 public:
  using Left = Time;
  template <typename... Values>
  explicit Theirs(Values... values) : published_(values...) {}
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
  double all = 0, well = 0, worst = 0;
  int falls = 0;
  std::vector<double> bins = std::vector<double>(static_cast<std::size_t>(kLength) / kBin + 1);
  std::vector<double> right = bins;
};

template <typename Way>
Result play(const Scenario& scenario, Way way) {
  struct Request {
    Time ends;
    typename Way::Left left;
    Fate fate;
    bool operator<(const Request& other) const { return ends > other.ends; }
  };
  const auto falls = std::make_shared<int>(0);
  const Vendor vendor = scenario.vendor(falls);
  std::priority_queue<Request> flight;
  std::map<Time, double> windows;
  Result result;
  for (Time now = 0;;) {
    const int in_flight = static_cast<int>(flight.size());
    const Time leaves = in_flight >= kWorkers ? 1e18 : way.next(now, in_flight);
    const Time ends = flight.empty() ? 1e18 : flight.top().ends;
    now = std::min(leaves, ends);
    if (now >= kLength) break;
    if (ends <= leaves) {
      const Request request = flight.top();
      flight.pop();
      way.ended(request.left, request.fate, now);
      continue;
    }
    const auto left = way.taken(now, in_flight + 1);
    const auto reaction = vendor(now + kWay, in_flight + 1);
    ++result.all;
    const Time window = std::floor(now / scenario.window);
    result.worst = std::max(result.worst, ++windows[window] / (scenario.right(now) * scenario.window));
    if (reaction.fate == Fate::well) {
      ++result.well;
      ++result.bins[static_cast<std::size_t>(now) / kBin];
    }
    flight.push({now + 2 * kWay + reaction.took, left, reaction.fate});
  }
  result.falls = *falls;
  for (std::size_t i = 0; i < result.bins.size(); ++i) {
    result.bins[i] /= kBin;
    result.right[i] = scenario.right(static_cast<Time>(i * kBin));
  }
  return result;
}

// Seconds until ten seconds came within a tenth of the right rate; a minute's window takes a minute to judge.
std::string found_in(const Result& result) {
  for (std::size_t i = 0; i + 6 < result.bins.size(); ++i) {
    double answered = 0, right = 0;
    for (std::size_t j = i; j < i + 6; ++j) answered += result.bins[j], right += result.right[j];
    if (answered >= 0.9 * right) return fmt::format("{} s", i * kBin);
  }
  return "never";
}

double used_later(const Result& result) {
  double answered = 0, right = 0;
  for (std::size_t i = 12; i + 1 < result.bins.size(); ++i)
    answered += result.bins[i], right += result.right[i];
  return answered / right;
}

void print(const Scenario& scenario, const char* way, const Result& result, bool series) {
  fmt::print("{}\t{}\t{}\t{:.1f}\t{:.2f}\t{:.2f}\t{}\n", scenario.name, way, found_in(result),
             100 * used_later(result), 100 * (result.all - result.well) / std::max(result.all, 1.0),
             result.worst, result.falls);
  if (!series) return;
  std::string line = "series";
  for (const double bin : result.bins) line += fmt::format("\t{:.1f}", bin);
  fmt::print("{}\n", line);
}

}  // namespace

int politeness(bool series) {
  for (const auto& scenario : scenarios()) {
    print(scenario, "fanoutd", play(scenario, Ours()), series);
    print(scenario, "AWS adaptive retry", play(scenario, Theirs<AwsAdaptiveRetry>(kWorkers)), series);
    print(scenario, "Netflix Gradient2", play(scenario, Theirs<NetflixGradient2>()), series);
  }
  return 0;
}

}  // namespace fanout::bench
