#include <CLI/CLI.hpp>
#include <string>

#include "bench/bench.h"

int main(int argc, char** argv) {
  CLI::App app("The measurements that tests/bench/run puts together.");
  app.require_subcommand(1);

  unsigned short port = 0;
  int connections = 64;
  int requests = 30'401;
  auto* bare = app.add_subcommand("bare", "ask a server for the story's leaves and keep nothing");
  bare->add_option("--port", port)->required();
  bare->add_option("--connections", connections)->capture_default_str();
  bare->add_option("--requests", requests)->capture_default_str();

  std::string database;
  std::int64_t ready = 50'000;
  std::int64_t dead = 100'000;
  auto* fill = app.add_subcommand("fill", "make a database with a long queue");
  fill->add_option("--database", database)->required();
  fill->add_option("--ready", ready)->capture_default_str();
  fill->add_option("--dead", dead)->capture_default_str();

  auto* claims = app.add_subcommand("claims", "measure claims and counts in it");
  claims->add_option("--database", database)->required();

  bool series = false;
  auto* politeness = app.add_subcommand("politeness", "find unknown limits, in virtual time");
  politeness->add_flag("--series", series, "what was answered in each ten seconds besides");

  CLI11_PARSE(app, argc, argv);
  if (*bare) return fanout::bench::bare(port, connections, requests);
  if (*politeness) return fanout::bench::politeness(series);
  if (*fill) return fanout::bench::fill(database, ready, dead);
  return fanout::bench::claims(database);
}
