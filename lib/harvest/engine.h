// The engine: claims, asks, settles. Lives on the loop; hands turns to the keeper on the store thread.
//
// pump() is the heart: after every event it sends what may go now, begins a turn of the keeper if there is a
// reason for one and none is under way, and sets the one alarm to the next moment at which something changes
// by itself. While a turn is on its way to the disk the next outcomes pile up and become the next batch.
// With nothing to do there is no turn and no alarm.
//
// One task's life is in carry.cpp; what a turn holds in turn.cpp; the operator's orders in orders.cpp.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ask/request_builder.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "expression/expression.h"
#include "harvest/active_run.h"
#include "harvest/agenda.h"
#include "harvest/gate.h"
#include "harvest/keeper.h"
#include "reply/reading.h"
#include "spec/config.h"

namespace fanout {

struct Flight;

// What the engine stands on; all of it outlives the engine.
struct Surroundings {
  Clock& clock;
  Random& random;
  const Log& log;
  Keeper& keeper;
  TransportMaker make_transport;
  boost::asio::any_io_executor loop;
  boost::asio::any_io_executor store;    // the keeper runs here
  boost::asio::any_io_executor reading;  // large replies are parsed here
  // A failure of this machine, on the loop: ends the process.
  std::function<void(std::exception_ptr)> fail;
};

class Engine {
 public:
  // Throws Error if a secret cannot be read. Nothing leaves before begin().
  Engine(Surroundings surroundings, std::shared_ptr<const Config> config, const Recovered& recovered);
  ~Engine();

  // As a daemon: schedules, orders, and open runs.
  void begin();
  // These pipelines (none: all) once: an open run is finished, else one is started. settled is called when
  // nothing of them is open any more.
  void begin_once(const std::vector<std::string>& pipelines, std::function<void()> settled);

  // A new configuration applies at once; requests in flight end under the old one. Throws Error, with nothing
  // changed, if a secret of it cannot be read.
  void reconfigure(std::shared_ptr<const Config> config);
  void database_changed();  // somebody may have written to the database
  void clock_changed();     // the wall clock was set
  // No new requests; those in flight end, or are put back unspent after `patience`. Then drained is called.
  void drain(milliseconds patience, std::function<void()> drained);

  std::vector<RunProgress> progress() const;
  // One line: what it is doing, or why it does nothing.
  std::string status() const;
  std::int64_t dead_in_finished_runs() const { return dead_letters_; }

 private:
  // engine.cpp
  void pump();
  void send_what_may_go();
  bool send(Gate& gate, Claimed claimed);
  void set_alarm();
  void restore(Gate& gate);
  void take_what_is_due();
  void remember_schedules();
  bool is_beginning(const std::string& pipeline) const;
  void keep_considered(const std::string& pipeline, WallTime considered);
  void start_run(const std::string& pipeline, const std::string& cause, WallTime scheduled_for);
  ActiveRun* open_run_of(const std::string& pipeline);
  void adopt(const Run& run);
  void refresh(ActiveRun& run);
  Gate* gate_of(const ActiveRun& run);
  bool concerns_us(const std::string& pipeline) const;
  std::string why_blocked(const ActiveRun& run) const;
  void put_back(std::int64_t task, std::int64_t lease);
  void put_back(const std::vector<Claimed>& claimed);
  void check_whether_settled();
  MonoTime mono_of(WallTime at) const;

  // carry.cpp
  boost::asio::awaitable<void> carry(std::shared_ptr<Flight> flight, Request request);
  boost::asio::awaitable<Reading> read_elsewhere(std::shared_ptr<Flight> flight,
                                                 std::shared_ptr<Reply> reply);
  Reading read(const Flight& flight, const Reply& reply, Expressions& expressions) const;
  void conclude(Flight& flight, Reply reply, Reading reading);
  void tell_gate(Flight& flight, const Outcome& outcome, int status);
  void learn(const Flight& flight, const Reading& reading);
  void settle(const Flight& flight, const Outcome& outcome, Reply reply, Reading reading);
  void keep_records(const Flight& flight, Reply reply, Reading reading);
  void settle_needless(const Task& task);
  void settle_unasked(const Task& task, std::string reason);

  // turn.cpp
  bool there_is_reason_for_a_turn() const;
  bool owes_last_word(const Gate& gate) const;
  void begin_turn();
  void add_claims(Turn& turn) const;
  void add_runs(Turn& turn);
  void add_limiters(Turn& turn);
  void hand_over();
  void end_turn(Kept kept);
  void take_claimed(std::vector<Task> claimed);
  void take_tallies(const std::vector<Tally>& tallies);
  void take_finished(const std::vector<std::int64_t>& finished);
  void others_wrote(const OthersWrote& others);
  void say_what_was_left_out(const ActiveRun& run) const;
  void warn_of_skipped_levels(const ActiveRun& run) const;
  void forget(std::int64_t run);
  void forget_runs_that_ended(const OthersWrote& others);
  bool may_go(const ActiveRun& run);
  void put_back_what_may_not_go();
  void put_back_all_of(std::int64_t run);
  int wanted(const Gate& gate, MonoTime now) const;
  std::vector<const ActiveRun*> claimable(const Gate& gate) const;

  // orders.cpp
  void obey(const std::vector<Command>& commands);
  std::string obey(const Command& command);
  std::string pause(const std::string& target, bool paused);
  std::optional<std::string> select_dead(const Command& command);

  Surroundings on_;
  std::shared_ptr<const Config> config_;
  std::map<std::string, std::unique_ptr<Gate>> gates_;  // by vendor
  std::map<std::string, LimiterRow> kept_limiters_;  // of vendors that are not in the configuration, by name
  std::map<std::int64_t, ActiveRun> runs_;
  std::set<std::string> paused_pipelines_;
  std::map<std::string, WallTime>
      kept_considered_;  // up to when each schedule is dealt with, as its row says
  Agenda agenda_;
  Expressions expressions_;
  Expressions expressions_elsewhere_;  // the reading executor's own
  std::unique_ptr<Alarm> alarm_;

  Turn pending_;  // becomes the next turn
  std::size_t pending_bytes_ = 0;
  std::shared_ptr<Turn> under_way_;           // with the keeper, or waiting to be tried again
  std::map<std::string, MonoTime> covering_;  // by vendor: what the turn under way covers
  bool turning_ = false;
  MonoTime turn_began_{};
  milliseconds cover_ahead_{0};  // for so long what leaves is covered; follows the length of a turn
  std::string must_wait_;        // why the last turn could not be kept; empty: it was
  MonoTime try_again_at_{};
  milliseconds try_again_in_{0};
  std::optional<WallTime> next_due_;
  bool look_at_database_ = true;  // somebody may have written
  bool read_orders_ = true;       // those given while nobody was there
  bool prune_ = true;

  std::vector<std::int64_t> obeying_;       // commands that are answered once their effect is in the store
  std::vector<Command> answer_with_count_;  // commands whose dead letters the turn under way moves

  std::set<std::string> only_;  // --once: these pipelines; empty: all
  bool once_ = false;
  bool draining_ = false;
  bool out_of_patience_ = false;
  bool begun_ = false;
  std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t> in_flight_;  // task and lease, to run
  std::int64_t dead_letters_ = 0;
  std::function<void()> settled_;
  std::function<void()> drained_;
  std::unique_ptr<Alarm> patience_;
  std::uint64_t generation_ = 0;  // replies of an earlier one come too late
};

}  // namespace fanout
