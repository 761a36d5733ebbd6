#include "sim/simulation.h"

#include <gtest/gtest.h>

#include <string>

namespace fanout::sim {
namespace {

std::string journal_of(std::uint64_t seed) {
  std::string journal;
  simulate(seed, [&](std::string_view line) { journal.append(line) += '\n'; });
  return journal;
}

TEST(Simulation, IsTheSameToTheByteForTheSameSeed) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    EXPECT_EQ(journal_of(seed), journal_of(seed)) << "seed " << seed;
    EXPECT_EQ(simulate(seed).hash, simulate(seed).hash) << "seed " << seed;
  }
}

TEST(Simulation, DiffersFromSeedToSeed) { EXPECT_NE(simulate(1).hash, simulate(2).hash); }

TEST(Simulation, AsksKeepsAndDies) {
  std::uint64_t requests = 0;
  std::int64_t records = 0, deaths = 0, pruned = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto verdict = simulate(seed);
    EXPECT_EQ(verdict.finding, std::nullopt) << "seed " << seed;
    requests += verdict.requests;
    records += verdict.records;
    deaths += verdict.deaths;
    pruned += verdict.pruned;
  }
  EXPECT_GT(requests, 500U);
  EXPECT_GT(records, 200);
  EXPECT_GT(deaths, 20);
  EXPECT_GT(pruned, 20);
}

}  // namespace
}  // namespace fanout::sim
