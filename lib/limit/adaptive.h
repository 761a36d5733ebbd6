// Finds a limit that nobody has told, from below, and stays under it.
//
// It begins with one request in flight and one a second. While what is allowed is really used, it doubles in
// a window of at least a second, ten replies and eight times their latency; at the first sign of too much it
// keeps the rate that was answered for its ceiling, falls to 0.7 of it, and comes back as CUBIC does (RFC
// 9438 §4.2) in about 20 s. Two refusals that agree on the rate make it known: then it stays just below, and
// probes now and then. A refusal that lasts teaches the window: so many in a minute or an hour (quota.h).
// Refusals that come only with more in flight than was ever answered teach that. What is in flight is held to
// one and a half times what the baseline of the latency needs, so that a vendor which slows down is not asked
// faster. Who falls over twice at about the same rate is not asked as fast again for an hour or more: an
// outage is no refusal, and probing is not worth one.
//
// Owned by the limiter, on the loop, told the time. No promise: nothing is reserved for it on the disk.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "limit/latency.h"
#include "limit/quota.h"

namespace fanout {

class Adaptive {
 public:
  enum class Said { well, failed, refused, nothing };

  // What is noted of a request when it leaves.
  struct Left {
    MonoTime at{};
    int in_flight = 1;    // with it
    bool in_turn = true;  // as soon as it might
    double borne = 0;     // the rate that the vendor bore then
  };

  explicit Adaptive(MonoTime now) : window_{now}, due_(now) {}

  MonoTime next(int in_flight) const;
  std::int64_t room(MonoTime now, MonoTime until) const;
  // Requests a second, and how many in flight, that it allows now.
  double rate() const;
  int slots() const;
  // How long the vendor is left alone that has just refused one and did not say for how long.
  milliseconds quiet(MonoTime now) const { return quota_.quiet(now); }

  // It has just begun to look: what it allows will soon be another.
  bool doubles() const { return starting_; }
  // How long so many take at the rate of now.
  milliseconds time_for(std::int64_t count) const;
  // Why it may take a while, for the operator; it holds no number, which would change by itself.
  std::string why(MonoTime now) const;
  // What is known of the limit: "about 50 requests a second"; empty: nothing is.
  std::string finding() const;

  Left taken(MonoTime now, int in_flight);
  void ended(const Left& left, Said said, std::string_view level, MonoTime now);
  // Nothing was to be had from the vendor: it is found anew, and not beyond what was found before. fell: it
  // was down, perhaps because of what it was asked, and did not merely refuse us.
  void outage(bool fell, MonoTime now);

  struct State {
    double rate = 1;
    double ceiling = 0;
    double known = 0;
    int most_in_flight = 0;
    Quota::State quota;
    // Not in what earlier versions wrote:
    double fell = 0;
    milliseconds fell_ago{0};
    double most = 0;
    milliseconds most_rest{0}, most_for{0};
  };
  State state(MonoTime now) const;
  // At no more than half of what it was.
  void restore(const State& state, MonoTime now);

 private:
  using Seconds = Latency::Seconds;
  static constexpr Seconds kFirstFear{3600};

  struct Window {
    MonoTime begin{};
    int well = 0, failed = 0;
  };

  Seconds span() const;
  double measured(MonoTime now) const;
  double borne(MonoTime now) const;
  double cubic() const;
  Seconds back_in() const;
  void grow(MonoTime now);
  void refused(const Left& left, MonoTime now);
  void cut(double ceiling, double to, MonoTime now);
  bool learn_rate(double rate, MonoTime now);
  void fell(double at, MonoTime now);
  bool learn_in_flight(const Left& left);
  void end_window(MonoTime now);

  bool starting_ = true;
  double rate_ = 1;     // requests a second
  double ceiling_ = 0;  // the rate that was answered when it was too much
  double known_ = 0;    // that two refusals agree on; 0: none do
  Seconds clock_{0};    // of use since the last cut
  Window window_;
  Latency latency_;
  Quota quota_;
  std::deque<MonoTime> answered_;  // well, of the last seconds
  MonoTime due_;
  std::optional<MonoTime> cut_at_;
  MonoTime probe_at_{};
  Seconds probe_every_{60};
  double failing_from_ = 0;  // the rate at which the failures of now began
  double fell_ = 0;          // the rate at which the vendor went down last …
  MonoTime fell_at_{};       // … and when
  double most_ = 0;          // so much bears it, since it fell over twice above …
  MonoTime most_until_{};    // … until that is tried again
  Seconds most_for_ = kFirstFear;
  double background_ = 0;  // share of failures whatever is asked
  bool slow_ = false;      // in the last window: do not grow
  int most_well_ = 0;      // in flight, of a request that was answered well
  int flight_hints_ = 0;
  int most_in_flight_ = 0;  // that refusals agree on; 0: none do
};

}  // namespace fanout
