// What one vendor bears: the promise that it never sees more, design §3.4 and §7.
//
// A request may leave when all bounds agree, each of which is a file of this folder: the vendor is not on
// hold, the breaker is closed or this is its one probe, the rates have room, and fewer than the limit are in
// flight. Owned by the vendor's dispatcher, on the loop. Pure: it is told the time. All it keeps time in is
// monotonic; the wall clock is looked at after a boot only, where it can only make less time have passed, so
// that no jump of it lets anything through.
//
// The state outlives the process: save() says what will be true at `valid_until` if everything leaves by then
// that could, so nothing that leaves until then needs a save of its own, and a crash lets nothing more
// through. State that cannot be read counts as if the vendor had been asked at its full pace until now.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/units.h"
#include "limit/adaptive.h"
#include "limit/breaker.h"
#include "limit/demand.h"
#include "limit/flight.h"
#include "limit/hold.h"
#include "limit/part_bounds.h"
#include "limit/rates.h"
#include "limit/told.h"
#include "limit/told_limit.h"

namespace fanout {

struct Limits {
  int concurrency = 1;
  std::vector<Rate> rates;  // all hold at once
  int burst = 1;
  microseconds jitter{0};            // no request is longer than another on its way by more than this
  bool adaptive = false;             // besides, the limit that nobody has told is found from below
  double retry_share = 1;            // so many retries for each request that is made for the first time
  int largest_cost = 1;              // of a request
  std::vector<FinerLimits> finer{};  // of some of the requests; each has a name of its own
};

struct Moment {
  MonoTime mono;
  WallTime wall;
  std::string boot;  // names the period in which mono counts from the same zero
};

// What the end of a request tells.
struct Ending {
  Evidence evidence = Evidence::unclear;
  std::string reason;                  // why the breaker is open, if this opens it
  bool asked_too_much = false;         // …
  std::optional<milliseconds> hold{};  // … and for how long it wants quiet, if it said so
  bool refuses_us = false;             // opens the breaker at once
  ToldLimits told{};                   // what it tells of its limits
  std::string level{};                 // of the task
};

struct SavedLimiter;

class Limiter {
 public:
  // One request on its way.
  struct Ticket {
    std::uint64_t number = 0;
    MonoTime taken{};
    Adaptive::Left left{};
    PartBounds::Tickets parts{};
  };

  Limiter(Limits limits, MonoTime now) { reconfigure(std::move(limits), now); }

  const Limits& limits() const { return limits_; }
  // What was asked before still counts, in windows that are new too.
  void reconfigure(Limits limits, MonoTime now);
  // The way to the vendor or the credentials changed: forgets hold, breaker and what was told. Windows stay.
  void reset();
  void restore(std::string_view state, const Moment& now);
  // So many requests of a process that died may still be worked on: they take up slots until then. No more
  // than may have left by what that process had saved, where it had to save before anything left.
  void orphaned(int count, MonoTime until);
  // valid_until: nothing leaves after it without another save. Not after now: nothing leaves at all.
  std::string save(const Moment& now, MonoTime valid_until) const;

  // No request leaves before it; it only ever moves later. It may be past.
  std::optional<MonoTime> hold() const { return hold_.until(); }
  // Why nothing goes now, for the operator. Empty: it goes, perhaps after a moment's pacing. It is kept in a
  // row, so it says nothing that changes by itself; next() says until when.
  std::string why(MonoTime now) const;
  bool breaker_open() const { return breaker_.open(); }
  // It has just answered well, and most of its recent replies were good: what fails now is not its failure.
  bool well(MonoTime now) const;
  // When the latest request left that it answered well.
  std::optional<MonoTime> served() const { return served_; }
  int in_flight() const { return flight_.count(); }
  // Until when slots are taken by what a process that died has sent.
  MonoTime orphans_until() const { return flight_.orphans().until; }
  // Until when nothing leaves because the vendor said that nothing remains.
  std::optional<MonoTime> told_until(MonoTime now) const { return told_.empty_until(now); }
  // What is known of the limit that nobody has told; empty: it is not looked for, or not found.
  std::string finding() const { return adaptive_ ? adaptive_->finding() : ""; }
  // Requests a second that are allowed meanwhile; 0: it is not looked for.
  double allowed() const { return adaptive_ ? adaptive_->rate() : 0; }
  // It is not known yet how much more is allowed soon.
  bool searches() const { return adaptive_ && adaptive_->doubles(); }
  // What leaves counts in a window, which a restart must find as it was: so it has to be saved before.
  bool keeps_windows() const { return !rates_.empty() || told_.has_windows() || parts_.counts(); }
  // When the open breaker lets its next probe go; nothing while it is closed.
  std::optional<MonoTime> next_probe() const {
    return breaker_.open() ? std::optional(breaker_.next()) : std::nullopt;
  }

  // The earliest moment at which a request may leave; now if it may now; MonoTime::max() if only one in
  // flight can change that.
  MonoTime next(MonoTime now) const { return next(Demand{}, now); }
  MonoTime next(const Demand& demand, MonoTime now) const { return binding(demand, now).until; }
  // The bound that lets it go last, and when; the first of them where nothing holds it.
  struct Binding {
    enum class Of { slots, breaker, hold, search, rates, told, part };
    MonoTime until{};
    Of of = Of::slots;
    Demand::Part part{};  // of a finer limit, or of the budget for retries
  };
  Binding binding(const Demand& demand, MonoTime now) const;
  std::string text_of(const Binding& binding, const Demand& demand, MonoTime now) const;
  // What binds some requests and not all alike.
  const PartBounds& parts() const { return parts_; }
  std::vector<std::string> take_forgotten() { return parts_.take_forgotten(); }
  // How many could leave until then at most, if nothing changed but time.
  int room(MonoTime now, MonoTime until) const;

  // How long so many take at the least that cost so much each, on average, as far as the rates say; nothing
  // where there is none. And how many leave until then at the most.
  std::optional<milliseconds> time_for(double count, double cost, MonoTime now) const;
  double leave_until(MonoTime until, double cost, MonoTime now) const;
  // As time_for(), but for limits that bind in some hours only.
  std::optional<milliseconds> time_at_all_hours(double count, double cost, MonoTime now) const;
  // Nothing goes now, and only time ends that: neither somebody nor a probe's luck is waited for.
  bool only_waits(MonoTime now) const { return !breaker_.open() && !why(now).empty(); }

  // A request leaves. Only when next() says that it may.
  Ticket take(MonoTime now, const Demand& demand = {});
  // Its last byte has been handed to the system.
  void sent(const Ticket& ticket, MonoTime now);
  // Its attempt is over, or it never left. Also of one that is not on its way any more: what it says still
  // counts.
  void ended(const Ticket& ticket, const Ending& ending, MonoTime now);

 private:
  int slots() const;
  void add_orphans(int count, MonoTime until);
  void restore(const SavedLimiter& saved, const Moment& now);  // limiter_memory.cpp

  Limits limits_;
  Rates rates_;
  Flight flight_;
  Hold hold_;
  Breaker breaker_;
  Told told_;
  std::optional<Adaptive> adaptive_;
  PartBounds parts_;
  std::optional<MonoTime> good_reply_;  // the latest
  std::optional<MonoTime> served_;
  int largest_ = 1;                          // cost that was taken
  std::optional<std::int64_t> left_behind_;  // at most, by the process before; until this one sends
};

}  // namespace fanout
