#include "sim/operator.h"

#include <fmt/format.h>

#include "base/error.h"

namespace fanout::sim {

bool Operator::write(const std::string& sql) {
  journal_.line("operator: " + sql);
  try {
    Database database(kDatabase, Database::Mode::read_write, machine_.vfs().name());
    database.execute("PRAGMA wal_autocheckpoint = 0");
    database.execute(sql);
  } catch (const Error& error) {
    journal_.line(fmt::format("operator: {}", error.what()));
    return false;
  }
  // What tells the daemon that the database has changed takes a moment.
  timeline_.after(chance_.between(microseconds(0), milliseconds(20)), [this] {
    if (machine_.running()) machine_.engine()->database_changed();
  });
  return true;
}

bool Operator::order(const std::string& command, const std::string& target) {
  return write(fmt::format("INSERT INTO control (command, target) VALUES ('{}', '{}')", command, target));
}

std::string Operator::some_pipeline() { return fmt::format("p{}", chance_.between(0, 2)); }

void Operator::visit() {
  switch (chance_.next() % 10) {
    case 0:
    case 1: {
      const auto target = chance_.one_in(3) ? fmt::format("v{}", chance_.between(0, 1)) : some_pipeline();
      order("pause", target);
      timeline_.after(chance_.between(seconds(1), seconds(600)), [this, target] { order("resume", target); });
      break;
    }
    case 2:
      order("resume", some_pipeline());
      break;
    case 3:
    case 4:
    case 5:
      order("start", some_pipeline());
      break;
    case 6:
      order("cancel", some_pipeline());
      break;
    case 7:
      order("redrive", chance_.one_of<std::string>({"all", "run/1", "run/2", some_pipeline(), "17"}));
      break;
    case 8:
      order("drop", chance_.one_of<std::string>({"run/1", some_pipeline(), "12"}));
      break;
    default:
      write(
          "UPDATE task SET state = 'ready', attempts = 0 WHERE id IN (SELECT task FROM dead_letter LIMIT 3)");
      break;
  }
}

bool Operator::resume_all() {
  bool well = true;
  for (const auto& [name, vendor] : plan_.vendors) well = order("resume", name) && well;
  for (const auto& [name, pipeline] : plan_.pipelines)
    if (pipeline.there) well = order("resume", name) && well;
  return well;
}

}  // namespace fanout::sim
