// A long queue, and what claims and counts cost in it.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

#include "bench/bench.h"
#include "store/sqlite/database.h"
#include "store/sqlite/sqlite_store.h"

namespace fanout::bench {
namespace {

constexpr int kAtOnce = 64;  // a claim, with a request in flight for each
constexpr int kClaims = 201;
constexpr std::int64_t kRowsPerTransaction = 1'000'000;

WallTime now() { return std::chrono::floor<milliseconds>(std::chrono::system_clock::now()); }

template <typename Work>
double microseconds_of(Work work) {
  const auto begun = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begun).count();
}

double median(std::vector<double> values) {
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
  return values[values.size() / 2];
}

// Leaves of the story, numbered from `first`.
void add_leaves(Database& database, std::int64_t run, const char* state, std::int64_t first,
                std::int64_t count) {
  Transaction transaction(database);
  Statement add(database, fmt::format(R"(
    WITH RECURSIVE leaf(n) AS (SELECT ?2 UNION ALL SELECT n + 1 FROM leaf WHERE n + 1 < ?2 + ?3)
    INSERT INTO task (run, level, depth, state, parent, scope, key, parents, created_at)
    SELECT ?1, 'data', 3, '{}', 1000 + n % 5000, 1000 + n % 5000, n,
           json_object('troop', json_object('id', n % 400, 'name', 'troop-' || n % 400),
                       'warrior', json_object('id', n % 5000, 'name', 'warrior-' || n % 5000),
                       'group', json_object('id', n, 'name', 'group-' || n)), ?4
    FROM leaf)",
                                      state));
  add.bind(run, first, count, unix_ms(now())).run();
  transaction.commit();
}

}  // namespace

int fill(const std::filesystem::path& path, std::int64_t ready, std::int64_t dead) {
  SqliteStore store(path);
  Batch batch;
  batch.now = now();
  batch.new_runs.emplace_back().run = {0, "story", RunState::running, "once", batch.now, batch.now, {}};
  const auto run = store.apply(batch).new_runs.front().id;

  Database database(path, Database::Mode::read_write);
  database.execute("PRAGMA synchronous = OFF");
  add_leaves(database, run, "dead", 0, dead);
  for (std::int64_t made = 0; made < ready; made += kRowsPerTransaction) {
    add_leaves(database, run, "ready", dead + made, std::min(kRowsPerTransaction, ready - made));
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)");  // nobody writes beside it
  }
  database.execute("PRAGMA wal_checkpoint(TRUNCATE)");
  return 0;
}

int claims(const std::filesystem::path& path) {
  SqliteStore store(path);
  const auto run = store.recover(now()).open_runs.front().id;
  std::vector<double> claim;
  std::vector<double> settle;
  for (int i = 0; i < kClaims; ++i) {
    Batch claiming;
    claiming.now = now();
    claiming.claims.push_back({run, kAtOnce, claiming.now + std::chrono::minutes(5)});
    Applied applied;
    claim.push_back(microseconds_of([&] { applied = store.apply(claiming); }) / kAtOnce);
    Batch settling;
    settling.now = now();
    for (const auto& task : applied.claimed) {
      Settlement& settlement = settling.settlements.emplace_back();
      settlement.task = task.id;
      settlement.claim = task.claim;
    }
    settle.push_back(microseconds_of([&] { store.apply(settling); }) / kAtOnce);
  }
  Database reader(path, Database::Mode::read_only);
  std::vector<double> count;
  count.reserve(kClaims);
  for (int i = 0; i < kClaims; ++i) {
    count.push_back(microseconds_of([&] { reader.number("SELECT sum(ready) FROM queue"); }));
  }
  std::printf("%.1f %.1f %.1f\n", median(claim), median(settle), median(count));
  return 0;
}

}  // namespace fanout::bench
