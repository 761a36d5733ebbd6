// The hand of an operator in the sqlite3 shell: a second connection, which writes orders and changes rows.
//
// Owned by a simulation, on its one thread. Each visit opens the database and closes it again; it may find it
// full, locked or not there.
#pragma once

#include <string>

#include "sim/machine.h"

namespace fanout::sim {

class Operator {
 public:
  Operator(Machine& machine, const Plan& plan, Timeline& timeline, Journal& journal, std::uint64_t seed)
      : machine_(machine), plan_(plan), timeline_(timeline), journal_(journal), chance_(seed) {}

  // Something at random; what stops the work is undone after a while.
  void visit();
  bool order(const std::string& command, const std::string& target);
  bool resume_all();

 private:
  bool write(const std::string& sql);
  std::string some_pipeline();

  Machine& machine_;
  const Plan& plan_;
  Timeline& timeline_;
  Journal& journal_;
  Chance chance_;
};

}  // namespace fanout::sim
