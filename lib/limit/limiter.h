// What one vendor bears: the promise that it never sees more, design §3.4 and §7.
//
// A request may leave when the vendor is not on hold, the breaker is closed or this is its one probe, every
// rate has room in its window (limit/window.h) and is due (limit/pace.h), and fewer than the limit are in
// flight. Owned by the vendor's gate, on the loop. Pure: it is told the time. All it keeps time in is
// monotonic; the wall clock is not looked at, so that no jump of it lets anything through.
//
// The state outlives the process: save() says what will be true at `valid_until` if everything leaves by then
// that could, so nothing that leaves until then needs a save of its own, and a crash lets nothing more
// through. State that cannot be read counts as if the vendor had been asked at its full pace until now.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/units.h"
#include "limit/arrivals.h"
#include "limit/breaker.h"
#include "limit/pace.h"
#include "limit/window.h"

namespace fanout {

struct Limits {
  int concurrency = 1;
  std::vector<Rate> rates;  // all hold at once
  int burst = 1;
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
};

struct SavedLimiter;

class Limiter {
 public:
  // One request on its way.
  struct Ticket {
    std::uint64_t number = 0;
    MonoTime taken{};
  };

  Limiter(Limits limits, MonoTime now);

  // What was asked before still counts, in windows that are new too.
  void reconfigure(Limits limits, MonoTime now);
  // The way to the vendor or the credentials changed: forgets hold and breaker. Windows stay.
  void reset(MonoTime now);
  void restore(std::string_view state, const Moment& now);
  // valid_until: nothing leaves after it without another save. Not after now: nothing leaves at all.
  std::string save(const Moment& now, MonoTime valid_until) const;

  // No request leaves before it; it only ever moves later. It may be past.
  std::optional<MonoTime> hold() const { return hold_; }
  // Why nothing goes now, for the operator. Empty: it goes, perhaps after a moment's pacing. It is kept in a
  // row, so it says nothing that changes by itself; next() says until when.
  std::string why(MonoTime now) const;
  bool breaker_open() const { return breaker_.open(); }
  // It has just answered well, and most of its recent replies were good: what fails now is not its failure.
  bool well(MonoTime now) const;
  // When the latest request left that it answered well.
  std::optional<MonoTime> served() const { return served_; }
  // When the open breaker lets its next probe go; nothing while it is closed.
  std::optional<MonoTime> next_probe() const {
    return breaker_.open() ? std::optional(breaker_.next()) : std::nullopt;
  }

  // The earliest moment at which a request may leave; now if it may now; MonoTime::max() if only one in
  // flight can change that.
  MonoTime next(MonoTime now) const;
  // How many could leave until then at most, if nothing changed but time.
  int room(MonoTime now, MonoTime until) const;

  // A request leaves. Only when next() says that it may.
  Ticket take(MonoTime now);
  // Its last byte has been handed to the system.
  void sent(const Ticket& ticket, MonoTime now);
  // Its attempt is over, or it never left. Also of one that is not on its way any more: what it says still
  // counts.
  void ended(const Ticket& ticket, const Ending& ending, MonoTime now);

 private:
  struct Lane {
    Window window;
    Pace pace;
  };

  void begin_hold(const Ticket& ticket, MonoTime now, std::optional<milliseconds> asked);
  int most_in_flight() const;
  std::int64_t may_leave(MonoTime now, MonoTime until) const;
  Lane* lane_of(milliseconds window);
  Window window_from_history(const Rate& rate, MonoTime now) const;

  // limiter_state.cpp
  void restore(const SavedLimiter& saved, const Moment& now);
  void assume_full_pace(MonoTime now);

  Limits limits_;
  std::vector<Lane> lanes_;  // as limits_.rates
  Arrivals history_;         // of a day, for windows that are added later
  std::unordered_map<std::uint64_t, std::optional<MonoTime>> in_flight_;  // by number: when it was sent
  std::uint64_t latest_ = 0;
  Breaker breaker_;
  std::optional<MonoTime> good_reply_;  // the latest
  std::optional<MonoTime> served_;
  std::optional<MonoTime> hold_;
  milliseconds own_hold_{0};         // the last one for which the vendor did not say how long
  std::optional<MonoTime> told_at_;  // the last time that it said we ask too much
};

}  // namespace fanout
