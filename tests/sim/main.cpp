// fanout-sim: a whole harvest, seed by seed, on a virtual clock and a simulated disk.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "sim/simulation.h"

namespace {

volatile std::uint64_t current_seed = 0;

// A broken invariant aborts; the seed must be known all the same.
extern "C" void say_seed(int) {
  char text[96];
  const int length = std::snprintf(
      text, sizeof text, "seed %llu aborted; replay: fanout-sim --first %llu --verbose\n",
      static_cast<unsigned long long>(current_seed), static_cast<unsigned long long>(current_seed));
  if (std::fwrite(text, 1, static_cast<std::size_t>(length), stderr) == 0) std::_Exit(2);
  std::_Exit(1);
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t seeds = 1, first = 1;
  bool verbose = false;
  CLI::App app("a whole harvest, seed by seed, on a virtual clock and a simulated disk");
  app.add_option("--seeds", seeds, "how many");
  app.add_option("--first", first, "the first seed");
  app.add_flag("--verbose", verbose, "show all that happens, and its hash");
  CLI11_PARSE(app, argc, argv);
  std::signal(SIGABRT, say_seed);

  int failed = 0;
  std::uint64_t requests = 0;
  std::int64_t tasks = 0, records = 0, deaths = 0, pruned = 0;
  for (auto seed = first; seed < first + seeds; ++seed) {
    current_seed = seed;
    const auto show = [](std::string_view line) { fmt::print("{}\n", line); };
    const auto verdict = verbose ? fanout::sim::simulate(seed, show) : fanout::sim::simulate(seed);
    requests += verdict.requests;
    tasks += verdict.tasks;
    records += verdict.records;
    deaths += verdict.deaths;
    pruned += verdict.pruned;
    if (verbose) fmt::print("seed {}: {} lines, hash {:016x}\n", seed, verdict.lines, verdict.hash);
    if (!verdict.finding) continue;
    ++failed;
    fmt::print("seed {} failed: {}\n  replay: fanout-sim --first {} --verbose\n", seed, *verdict.finding,
               seed);
    std::fflush(stdout);
  }
  fmt::print(
      "{} of {} seeds failed; {} requests, {} tasks, {} lines of records, {} ends of a process, {} tasks "
      "pruned\n",
      failed, seeds, requests, tasks, records, deaths, pruned);
  return failed == 0 ? 0 : 1;
}
