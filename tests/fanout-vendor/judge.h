// Decides what becomes of each request, in the order in which they arrive, and keeps the account of it. No
// sockets here and no clock: it is told what arrived and when, so a test can be the network. One thread; a
// Judge outlives every InFlight it gave out.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ledger.h"
#include "limits.h"
#include "options.h"
#include "strength.h"
#include "tree.h"
#include "verdict.h"

namespace fanout_vendor {

struct Question {
  std::string_view target;
  std::string_view authorization;
  bool method_known = true;  // GET or HEAD
  bool readable = true;      // false: it was no HTTP
};

class Judge {
 public:
  explicit Judge(Options options);

  // An arrival before the last one counts as at the same moment.
  // The checks in order, the first that speaks decides: outage, limits, auth, what is asked for, poison,
  // faults.
  std::pair<Verdict, InFlight> decide(const Question& question, Instant now);
  void answered(const Verdict& verdict) { ledger_.answered(verdict); }
  void unanswered(const Verdict& verdict) { ledger_.unanswered(verdict); }

  std::string report() const;  // JSON
  const Tree& tree() const { return tree_; }
  const Options& options() const { return options_; }

 private:
  const Outage* outage_at(Instant now);
  void settle(Verdict& verdict, const Question& question, Instant now);
  void serve(Verdict& verdict) const;

  Options options_;
  Tree tree_;
  Limits limits_;
  Ledger ledger_;
  std::vector<std::uint64_t> outage_requests_;
  std::optional<Strength> strength_;
  std::optional<Instant> first_;
  Instant last_{};
};

}  // namespace fanout_vendor
