// The dispatchers of all vendors of the configuration, by name.
//
// Owned by the engine, on the loop. What the store knows of vendors that are not in the configuration is
// kept, for a reload that brings them back. A vendor is its origin and its credentials (account_of()): what
// was known of it under a name that is no longer configured goes on under its new one.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harvest/dispatcher.h"
#include "harvest/open_runs.h"

namespace fanout {

class Dispatchers {
 public:
  Dispatchers(TransportMaker make_transport, const Clock& clock, const Log& log)
      : make_transport_(std::move(make_transport)), clock_(clock), log_(log) {}

  // Throws Error, with nothing changed, if a secret cannot be read. Returns what was waiting, to be put back:
  // it was claimed under what no longer holds.
  std::vector<Claimed> configure(const Config& config);
  // Once, after the first configure().
  void restore(const std::vector<LimiterRow>& rows);

  // Once, after that: how many tasks of each run were claimed when the process before died.
  void orphaned(const std::map<std::int64_t, std::int64_t>& taken_back, OpenRuns& runs);

  // Rows that say so of vendors that have another name since then, to be kept with the next commit.
  std::vector<LimiterRow> take_renamed();

  // Also by the name that it had when a request left.
  Dispatcher& of(const std::string& vendor) { return *by_vendor_.at(name_of_now(vendor)); }
  const Dispatcher& of(const std::string& vendor) const { return *by_vendor_.at(name_of_now(vendor)); }
  // The store has a row of it, and it is not in the configuration.
  bool remembers(const std::string& vendor) const { return rows_.contains(vendor); }
  // A row of such a vendor in which nothing holds it.
  LimiterRow resume_remembered(const std::string& vendor);
  Dispatcher* find(const std::string& vendor);
  // Whether tasks of this run may leave, as far as somebody decides that; the vendor's limits are another
  // matter.
  bool let(const ActiveRun& run, const OpenRuns& runs) const;
  void close();
  // Nobody waits for the requests in flight any more, before the process ends.
  void give_up_all();
  std::vector<Claimed> take_run(std::int64_t run);
  void forget_run(std::int64_t run);
  std::vector<std::string> names() const;

  auto begin() const { return by_vendor_.begin(); }
  auto end() const { return by_vendor_.end(); }

 private:
  const std::string& name_of_now(const std::string& vendor) const;
  void rename_what_runs(const Config& config);
  void restore(Dispatcher& dispatcher);
  void renamed(const std::string& before, const Dispatcher& dispatcher);

  TransportMaker make_transport_;
  const Clock& clock_;
  const Log& log_;
  std::map<std::string, std::unique_ptr<Dispatcher>> by_vendor_;
  std::map<std::string, LimiterRow> rows_;  // of vendors that are not in the configuration
  std::map<std::string, std::string> new_names_;
  std::vector<LimiterRow> renamed_;  // not kept yet
};

}  // namespace fanout
