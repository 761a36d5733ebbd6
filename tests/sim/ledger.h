// Whether it adds up: what the vendors gave, against the task table and what lies in the outputs.
//
// Made when all is over, by a simulation. Reads a copy of the database and the files as they are.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "sim/machine.h"

namespace fanout::sim {

class Ledger {
 public:
  Ledger(Machine& machine, const Plan& plan, Journal& journal);
  // What it saw was right; since then some of it may have been pruned. Before check().
  void remember(const Ledger& before) { remembered_ = &before; }
  void check();
  // Of those that are remembered, how many are gone.
  std::int64_t pruned() const { return pruned_; }
  std::int64_t tasks() const { return static_cast<std::int64_t>(states_.size()); }
  std::int64_t records() const { return records_; }

 private:
  // How often an answer's mark was found in the outputs, by their kind.
  struct Kept {
    int lines = 0;
    int rows = 0;
    int files = 0;
  };
  void read_database(Database& database);
  void check_tallies(Database& database);
  void check_parts(Database& database);
  bool is_pruned(std::int64_t run) const;
  void read_outputs();
  void read_lines(const std::string& path, const std::string& text);
  void check_tasks();
  bool is_unasked_end(Question question, const std::vector<Answer>& answers) const;
  void check_children(const Question& question, const std::vector<Answer>& answers);
  void check_records(const Question& question, const std::string& state, const std::vector<Answer>& answers);
  void check_repeats();
  void check_secrets();
  void found(const std::string& what) { journal_.found(what); }

  Machine& machine_;
  const Plan& plan_;
  Journal& journal_;
  const Ledger* remembered_ = nullptr;
  std::int64_t pruned_ = 0;
  std::set<std::string> parts_;  // that the store knows or knew
  std::set<std::int64_t> runs_;  // that it knows all of
  std::map<Question, std::string> states_;
  std::map<Question, std::vector<Answer>> given_;
  std::map<std::string, Kept> kept_;  // by the answer's mark
  std::int64_t records_ = 0;
};

}  // namespace fanout::sim
