// Shows that each rule of the tree can fail, and what it lets pass.
#include "tree/rules.h"

#include <gtest/gtest.h>

namespace fanout::tree {
namespace {

// A source, and the line in which the rule finds its breach; 0: it finds none.
struct Case {
  std::string path;
  std::string text;
  int line = 0;
};

void hold(Breaches (*rule)(const Source&), const std::vector<Case>& cases) {
  for (const auto& each : cases) {
    const auto breaches = rule({each.path, each.text});
    SCOPED_TRACE(each.path + ":\n" + each.text + (breaches.empty() ? "" : "\n" + breaches.front().text()));
    EXPECT_EQ(breaches.size(), each.line == 0 ? 0U : 1U);
    if (!breaches.empty()) {
      EXPECT_EQ(breaches.front().line, each.line);
    }
  }
}

TEST(TheRuleOnIncludes, LetsThemPointDownOnly) {
  hold(includes_that_point_up_or_sideways,
       {
           {"lib/store/sqlite/queue.cpp", "#include \"store/sqlite/queue.h\"\n#include \"task/task.h\"\n"},
           {"lib/config/load.h", "#include \"spec/config.h\"\n"},
           {"lib/base/log.h", "\n#include \"task/task.h\"\n", 2},
           {"lib/task/task.h", "#include \"limit/window.h\"\n", 1},
           {"lib/task/task.h", "#include \"config/load.h\"\n", 1},
           {"lib/limit/window.h", "#include \"task/task.h\"\n", 1},
           {"lib/store/sqlite/queue.cpp", "#include \"output/disk.h\"\n", 1},
           {"lib/ask/request_builder.cpp", "#include \"store/store.h\"\n", 1},
           {"lib/output/parts.cpp", "#include \"harvest/engine.h\"\n", 1},
           {"lib/harvest/engine.cpp", "#include \"daemon/admin.h\"\n", 1},
           {"lib/harvest/engine.cpp", "#include \"sim/world.h\"\n", 1},
           {"lib/harvest/engine.cpp", "#include \"output/outputs.h\"\n"},
           {"daemon/fanoutd/main.cpp",
            "#include \"harvest/engine.h\"\n#include \"daemon/fanoutd/notify.h\"\n"},
           {"daemon/fanoutd/main.cpp", "#include \"daemon/fanoutctl/table.h\"\n", 1},
           {"daemon/fanoutd/main.cpp", "#include \"support/folder.h\"\n", 1},
           {"tests/store/queue_test.cpp", "#include \"harvest/engine.h\"\n"},
           {"lib/base/log.h", "// #include \"task/task.h\"\n/*\n#include \"task/task.h\"\n*/\n"},
       });
}

TEST(TheRuleOnIncludeCycles, CountsSources) {
  const std::vector<Source> through_sources = {
      {"lib/store/sqlite/queue.h", ""},
      {"lib/store/sqlite/queue.cpp",
       "#include \"store/sqlite/queue.h\"\n#include \"store/sqlite/claim.h\"\n"},
      {"lib/store/sqlite/claim.h", ""},
      {"lib/store/sqlite/claim.cpp", "#include \"claim.h\"\n#include \"store/sqlite/queue.h\"\n"},
  };
  const auto breaches = include_cycles(through_sources);
  ASSERT_EQ(breaches.size(), 1U);
  EXPECT_EQ(breaches.front().text(),
            "lib/store/sqlite/queue.cpp:2: an include cycle: lib/store/sqlite/claim → lib/store/sqlite/queue "
            "→ lib/store/sqlite/claim");
}

TEST(TheRuleOnIncludeCycles, FindsOneOfThreeModules) {
  EXPECT_EQ(include_cycles({{"lib/task/a.h", "#include \"task/b.h\"\n"},
                            {"lib/task/b.h", "#include \"task/c.h\"\n"},
                            {"lib/task/c.h", "#include \"task/a.h\"\n"}})
                .size(),
            1U);
}

TEST(TheRuleOnIncludeCycles, LetsTwoWaysLeadToOneModule) {
  EXPECT_TRUE(include_cycles({{"lib/task/a.h", "#include \"task/b.h\"\n#include \"task/c.h\"\n"},
                              {"lib/task/b.h", "#include \"task/d.h\"\n"},
                              {"lib/task/c.h", "#include \"task/d.h\"\n"},
                              {"lib/task/d.h", "#include <string>\n"},
                              {"tests/sim/d.h", "#include \"task/d.h\"\n"}})
                  .empty());
}

TEST(TheRuleOnLibraries, KeepsEachInItsPlace) {
  hold(library_headers_out_of_place,
       {
           {"lib/store/sqlite/database.cpp", "#include <sqlite3.h>\n"},
           {"lib/expression/expression.cpp", "#include <sqlite3.h>\n"},
           {"tests/sim/vfs.cpp", "#include <sqlite3.h>\n"},
           {"lib/config/load.cpp", "#include <sqlite3.h>\n", 1},
           {"lib/harvest/engine.cpp", "#include <sqlite3.h>\n", 1},
           {"lib/http/https_transport.cpp", "#include <boost/beast/core.hpp>\n"},
           {"lib/output/s3.cpp", "#include <boost/beast.hpp>\n"},
           {"daemon/fanoutd/admin.cpp", "#include <boost/beast.hpp>\n"},
           {"lib/output/parts.cpp", "#include <boost/beast.hpp>\n", 1},
           {"daemon/fanoutd/main.cpp", "#include <boost/beast.hpp>\n", 1},
           {"lib/harvest/engine.cpp", "#include <boost/asio/ssl.hpp>\n", 1},
           {"lib/harvest/engine.cpp", "#include <boost/asio/awaitable.hpp>\n"},
           {"lib/task/hash.cpp", "#include <openssl/evp.h>\n", 1},
           {"lib/base/log.cpp", "#include <spdlog/spdlog.h>\n"},
           {"lib/store/sqlite/queue.cpp", "\n\n#include <spdlog/spdlog.h>\n", 3},
           {"lib/config/load.cpp", "#include <toml++/toml.h>\n"},
           {"daemon/fanoutd/main.cpp", "#include <toml++/toml.h>\n", 1},
           {"lib/spec/schedule.cpp", "#include <date/tz.h>\n"},
           {"tests/spec/schedule_test.cpp", "#include <date/tz.h>\n"},
           {"lib/harvest/runs.cpp", "#include <date/tz.h>\n", 1},
           {"lib/harvest/engine.cpp", "#include <systemd/sd-daemon.h>\n", 1},
           {"lib/config/load.cpp", "#include <CLI/CLI.hpp>\n", 1},
           {"tests/fanout-vendor/options.cpp", "#include <CLI/CLI.hpp>\n"},
           {"lib/task/outcome.cpp", "#include <boost/asio/awaitable.hpp>\n", 1},
           {"lib/limit/window.cpp", "#include \"base/system_clock.h\"\n", 1},
           {"lib/limit/window.cpp", "#include \"base/time.h\"\n"},
       });
}

TEST(TheRuleOnClocks, LetsSystemClockAloneReadThem) {
  hold(
      clocks_read_behind_the_clock,
      {
          {"lib/base/system_clock.cpp", "auto t = std::chrono::system_clock::now();"},
          {"lib/harvest/engine.cpp", "auto t = clock.wall();\n// system_clock::now()\nauto s = \"::now()\";"},
          {"lib/harvest/engine.cpp", "int a;\nauto t = std::chrono::steady_clock :: now ();", 2},
          {"daemon/fanoutd/main.cpp", "auto t = std::time(nullptr);", 1},
          {"daemon/fanoutd/main.cpp", "auto t = time(NULL);", 1},
          {"lib/store/sqlite/queue.cpp", "timeval t; gettimeofday(&t, nullptr);", 1},
          {"lib/store/sqlite/queue.cpp", "auto t = run.time();"},
          {"tests/e2e/kill_test.cpp", "auto t = std::chrono::steady_clock::now();"},
          {"lib/store/sqlite/queue.cpp", "db.run(\"UPDATE task SET at = unixepoch()\");", 1},
          {"lib/store/sqlite/queue.cpp", "db.run(R\"(\n  SELECT strftime('%s', 'now')\n)\");", 2},
          {"lib/store/sqlite/queue.cpp", "db.run(\"SELECT datetime(at / 1000, 'unixepoch') FROM task\");"},
      });
}

TEST(TheRuleOnClocks, CoversTheSchema) {
  hold(clocks_read_behind_the_clock,
       {
           {"schema/0001_queue.sql",
            "-- never 'now' or CURRENT_TIMESTAMP\nSELECT datetime(at / 1000, 'unixepoch');\n"},
           {"schema/0001_queue.sql", "\nSELECT unixepoch();\n", 2},
           {"schema/0001_queue.sql", "SELECT strftime('%s', 'now');\n", 1},
           {"schema/0001_queue.sql", "CREATE TABLE t (at TEXT DEFAULT current_timestamp);\n", 1},
           {"schema/0001_queue.sql",
            "CREATE VIEW v AS\nSELECT unixepoch('now') - at FROM t;\nSELECT unixepoch();\n", 3},
           {"schema/0001_queue.sql",
            "CREATE TRIGGER v AFTER INSERT ON t BEGIN\nUPDATE t SET at = unixepoch();\nEND;\n", 2},
       });
}

TEST(TheRuleOnCoroutines, AllowsValuesOnly) {
  const std::string path = "lib/harvest/engine.cpp";
  hold(coroutines_that_take_references,
       {
           {path, "awaitable<void> ask(Task task, std::shared_ptr<Vendor> vendor);"},
           {path, "\nawaitable<void> ask(const Task& task);", 2},
           {path, "boost::asio::awaitable<std::vector<Reply>> Engine::ask(int a,\n  Task&& task) {}", 1},
           {path, "asio::awaitable<std::optional<Reply>>\nask(std::string_view url) {}", 1},
           {path, "awaitable<void> write(std::span<const char> bytes);", 1},
           {path, "awaitable<void> write(std::vector<std::string_view> lines);", 1},
           {path, "awaitable<void> ask(std::function<void(const Reply&)> then);"},
           {path, "std::function<awaitable<void>(const Task&)> ask;", 1},
           {path, "std::function<awaitable<void>(Task)> ask;"},
           {path, "auto ask(Task& task) -> asio::awaitable<void> {}", 1},
           {path, "spawn([](Task& task) -> awaitable<void> { co_return; });", 1},
           {path, "spawn([](Task task) -> awaitable<void> { co_return; });"},
           {path, "awaitable<int> work = begin(&task);\nvoid wait(awaitable<int> work, Task& task);"},
           {path, "// awaitable<void> ask(Task& task);"},
       });
}

TEST(TheRuleOnLambdas, LetsNoneThatCapturesBeACoroutine) {
  const std::string path = "lib/harvest/engine.cpp";
  hold(
      lambdas_that_capture_and_suspend,
      {
          {path, "auto a = [](Task task) -> awaitable<void> { co_await ask(task); };"},
          {path, "auto a = [&] { return ask(); };"},
          {path, "int a;\nauto b = [this]() -> awaitable<void> {\n  co_await ask();\n};", 2},
          {path,
           "spawn(loop, [engine = std::move(engine)]() mutable -> asio::awaitable<void> { co_return; });", 1},
          {path, "co_await when([&] { return done; });"},
          {path, "return [x]<class T>(T t) -> awaitable<T> { co_return t; };", 1},
          {path, "auto a = [&] { spawn([](int n) -> awaitable<void> { co_return; }); };"},
          {path, "auto a = [&] { spawn([=]() -> awaitable<void> { co_return; }); };", 1},
          {path, "awaitable<int> f(int i) { co_return table[i]; }"},
          {path, "[[nodiscard]] awaitable<int> f() { co_return 1; }"},
      });
}

TEST(TheRuleOnSleeping, CoversTestsToo) {
  hold(sleeps, {
                   {"tests/e2e/kill_test.cpp", "\nstd::this_thread::sleep_for(1s);", 2},
                   {"lib/store/sqlite/queue.cpp", "usleep(100);", 1},
                   {"daemon/fanoutd/main.cpp", "::sleep(1);", 1},
                   {"tests/fanout-vendor/server.cpp", "std::this_thread::sleep_for(1s);"},
                   {"tests/sim/world.cpp", "co_await clock.sleep(1s);  // no sleep(1)\nlog(\"sleep(1)\");"},
               });
}

TEST(TheRuleOnAllocating, AllowsOwnersAndPlacesOnly) {
  const std::string path = "lib/store/sqlite/database.cpp";
  hold(raw_allocations,
       {
           {path, "#include <new>\nauto a = std::make_unique<Task>();  // a new Task"},
           {path, "auto* a = new Task;", 1},
           {path, "\nauto* a = new std::string();", 2},
           {path, "delete task;", 1},
           {path, "delete[] tasks;", 1},
           {path, "Queue(const Queue&) = delete;"},
           {path, "new (place) Task();"},
           {"schema/0001_queue.sql", "UPDATE tally SET ready = ready + 1 WHERE run = new.run;"},
           {"schema/0002_more.sql", "SELECT new AS x;"},
           {path, "bool deleted = true;"},
           {path, "int newest = 1;\nauto s = \"new task\";"},
       });
}

TEST(TheRuleOnNames, BansThoseThatSayNothing) {
  hold(names_that_say_nothing,
       {
           {"lib/store/sqlite/queue.cpp", "class Queue {};"},
           {"lib/limit/simple.cpp", ""},
           {"lib/store/sqlite/queue_manager.cpp", "", 1},
           {"lib/base/util.h", "", 1},
           {"lib/common/text.h", "", 1},
           {"tests/support/helpers.h", "", 1},
           {"lib/store/sqlite/database_impl.h", "", 1},
           {"lib/store/sqlite/database.h", "\nclass Database {\n  struct Impl;\n};", 3},
           {"lib/harvest/engine.h", "class RunManager;", 1},
       });
}

TEST(TheRuleOnLength, EndsAFileAfterFourHundredLines) {
  std::string longest;
  for (int line = 0; line < 400; ++line) longest += "int x;\n";
  hold(files_too_long, {
                           {"lib/store/sqlite/queue.cpp", longest},
                           {"lib/store/sqlite/queue.cpp", longest + "int x;\n", 401},
                           {"schema/0001_queue.sql", longest + "-- more\n"},
                       });
}

}  // namespace
}  // namespace fanout::tree
