// An operator with nothing but the sqlite3 shell sees and steers a run that is going.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "e2e/house.h"

namespace fanout::test {
namespace {

using testing::HasSubstr;

constexpr std::chrono::seconds kAtOnce(1);

class ControlTest : public testing::Test {
 protected:
  void start(std::vector<std::string> vendor_options, const std::string& vendor_lines, bool a_run = true) {
    vendor.emplace(house.path(), std::move(vendor_options));
    house.configure(House::story(vendor->url(), vendor_lines));
    daemon.emplace(house.start_daemon());
    ASSERT_TRUE(eventually([&] { return house.is_up(); })) << house.daemon_log();
    if (a_run) order("start", "monitoring");
  }

  // Inserts it as an operator would, and waits for the outcome in its row.
  std::string order(const std::string& command, const std::string& target) {
    const auto id = house.sql("INSERT INTO control (command, target) VALUES ('" + command + "', '" + target +
                              "') RETURNING id");
    std::string outcome;
    const bool applied = eventually(
        [&] {
          outcome = house.sql("SELECT outcome FROM control WHERE id = " + id);
          return !outcome.empty();
        },
        kAtOnce);
    EXPECT_TRUE(applied) << command << " " << target << " was not applied within a second\n"
                         << house.daemon_log();
    return outcome;
  }

  std::int64_t number(const std::string& sql) const {
    const auto text = house.sql(sql);
    return text.empty() ? 0 : std::stoll(text);
  }
  bool log_says(const std::string& text) const {
    return eventually([&] { return house.daemon_log().find(text) != std::string::npos; });
  }
  std::int64_t requests() const { return vendor->report()["requests"]; }

  House house;
  std::optional<TestVendor> vendor;
  std::optional<Process> daemon;
};

TEST_F(ControlTest, ShowsTheDepthByLevelAndState) {
  start({"--scale", "0.05", "--latency", "20ms"}, "rate = \"50/1s\"");
  EXPECT_TRUE(eventually([&] {
    return number("SELECT ready FROM queue WHERE level = 'group'") > 0 &&
           number("SELECT done FROM queue WHERE level = 'troop'") > 0;
  })) << house.sql("SELECT * FROM queue");
  // In one look: the run goes on between two.
  EXPECT_EQ(house.sql("SELECT (SELECT expected - settled FROM progress)"
                      " - (SELECT sum(ready + waiting + leased) FROM queue)"),
            "0");
}

TEST_F(ControlTest, PausesAndResumesAVendorAtOnce) {
  start({"--scale", "0.05"}, "rate = \"100/1s\"");
  ASSERT_TRUE(eventually([&] { return requests() > 20; }));
  EXPECT_EQ(order("pause", "oracle"), "paused");
  ASSERT_TRUE(eventually([&] { return number("SELECT coalesce(sum(leased), 0) FROM tally") == 0; }))
      << "what was in flight ends";
  const auto before = requests();
  EXPECT_THAT(house.sql("SELECT why FROM stuck WHERE what = 'vendor/oracle'"), HasSubstr("paused"));
  EXPECT_FALSE(eventually([&] { return requests() > before; }, std::chrono::milliseconds(500)));
  EXPECT_EQ(order("resume", "oracle"), "resumed");
  EXPECT_TRUE(eventually([&] { return requests() > before; }, kAtOnce));
  EXPECT_EQ(house.sql("SELECT count(*) FROM stuck WHERE what = 'vendor/oracle'"), "0");
}

TEST_F(ControlTest, ShowsADeadLetterWithItsAncestorsAndErrorsAndRedrivesIt) {
  start({"--scale", "0.02", "--poison", "0.02"}, "retry = { attempts = 2, base = \"10ms\", cap = \"20ms\" }");
  ASSERT_TRUE(eventually([&] { return house.sql("SELECT state FROM progress") == "finished"; }))
      << house.daemon_log();
  const auto dead = number("SELECT count(*) FROM dead");
  ASSERT_GT(dead, 0);
  const auto row = house.sql("SELECT request || ' ' || parents || ' ' || errors FROM dead LIMIT 1");
  EXPECT_THAT(row, HasSubstr("GET http://127.0.0.1"));
  EXPECT_THAT(row, HasSubstr("\"warrior\":{"));
  EXPECT_THAT(row, HasSubstr("500"));
  EXPECT_EQ(order("redrive", "all"), std::to_string(dead) + " tasks");
  EXPECT_TRUE(log_says("redrive all: " + std::to_string(dead) + " tasks")) << house.daemon_log();
  EXPECT_TRUE(eventually([&] {
    return house.sql("SELECT state FROM progress") == "finished" &&
           number("SELECT count(*) FROM dead") == dead;
  })) << "they are asked again, and die again";
  EXPECT_GT(number("SELECT count(*) FROM attempt"), 2 * dead) << "with their history";
  EXPECT_EQ(order("drop", "all"), std::to_string(dead) + " tasks");
  EXPECT_TRUE(log_says("drop all: " + std::to_string(dead) + " tasks")) << house.daemon_log();
  EXPECT_EQ(number("SELECT count(*) FROM dead"), 0);
}

TEST_F(ControlTest, CancelsARun) {
  start({"--scale", "0.1"}, "rate = \"50/1s\"");
  ASSERT_TRUE(eventually([&] { return requests() > 10; }));
  EXPECT_THAT(order("cancel", "monitoring"), HasSubstr("cancelled"));
  EXPECT_TRUE(eventually([&] { return house.sql("SELECT state FROM progress") == "cancelled"; }));
  EXPECT_EQ(number("SELECT sum(ready + waiting + leased) FROM tally"), 0);
}

TEST_F(ControlTest, AStoppedRunThatIsResumedWhileNobodyIsThereIsTheOneThatOnceFinishes) {
  vendor.emplace(house.path(), std::vector<std::string>{"--scale", "0.02", "--poison", "0.1"});
  const std::string retry = "retry = { attempts = 1, base = \"10ms\", cap = \"20ms\" }";
  house.configure(House::story(vendor->url(), retry, "tolerate = \"1%\""));
  const auto stopped = house.once();
  EXPECT_NE(stopped.code, 0);
  EXPECT_THAT(stopped.output, HasSubstr("run 1: failed after "));
  EXPECT_THAT(stopped.output, HasSubstr("more than tolerate"));
  house.fanoutctl({"resume", "run/1"});
  house.configure(House::story(vendor->url(), retry));
  house.once();
  EXPECT_EQ(house.sql("SELECT group_concat(state) FROM progress"), "finished") << house.daemon_log();
}

// Whether they come at once or were kept while nobody was there.
TEST_F(ControlTest, ObeysOrdersInTheirOrder) {
  constexpr const char* kBoth =
      "INSERT INTO control (command, target) VALUES ('start', 'monitoring'), ('cancel', 'monitoring')";
  start({"--scale", "0.1"}, "rate = \"50/1s\"", false);
  for (const bool kept : {false, true}) {
    SCOPED_TRACE(kept ? "kept" : "at once");
    if (kept) {
      daemon->signal(SIGTERM);
      ASSERT_EQ(daemon->wait(), 0);
    }
    house.sql(kBoth);
    if (kept) daemon.emplace(house.start_daemon());
    EXPECT_TRUE(
        eventually([&] { return number("SELECT count(*) FROM control WHERE outcome IS NULL") == 0; }));
    EXPECT_EQ(house.sql("SELECT outcome FROM control WHERE command = 'start' ORDER BY id DESC LIMIT 1"),
              "started");
    EXPECT_THAT(house.sql("SELECT outcome FROM control WHERE command = 'cancel' ORDER BY id DESC LIMIT 1"),
                HasSubstr("is cancelled"));
    EXPECT_TRUE(eventually(
        [&] { return house.sql("SELECT state FROM run ORDER BY id DESC LIMIT 1") == "cancelled"; }));
  }
  EXPECT_EQ(number("SELECT count(*) FROM run"), 2);
}

TEST_F(ControlTest, RefusesWhatItDoesNotUnderstandAndSaysWhatThereIs) {
  start({"--scale", "0.01"}, "");
  EXPECT_THAT(order("start", "montoring"), HasSubstr("refused: no pipeline montoring"));
  EXPECT_THAT(order("pause", "delphi"), HasSubstr("there are pipelines monitoring and vendors oracle"));
}

// What no daemon could ever obey is said at once, not kept until one comes.
TEST_F(ControlTest, KeepsNoOrderThatMakesNoSense) {
  start({"--scale", "0.01"}, "", false);
  ASSERT_EQ(order("resume", "monitoring"), "goes on: it was not paused");  // so its start is over
  daemon->signal(SIGTERM);
  ASSERT_EQ(daemon->wait(), 0);
  struct Row {
    std::vector<std::string> words;
    int code;
    const char* says;
  };
  for (const auto& [words, code, says] :
       {Row{{"start", "montoring"}, 1, "did you mean \"monitoring\"?"},
        Row{{"pause", "oracel"}, 1, "there is no pipeline or vendor oracel"},
        Row{{"dead", "redrive", "99"}, 1, "task 99 is no dead letter"},
        Row{{"dead", "drop", "montoring"}, 1, "there is no pipeline montoring"},
        Row{{"dead", "redrive", "all"}, 0, "is kept"}, Row{{"pause", "oracle"}, 0, "is kept"}}) {
    const auto ended = house.fanoutctl(words);
    EXPECT_EQ(ended.code, code) << words.front() << "\n" << ended.output;
    EXPECT_THAT(ended.output, HasSubstr(says));
  }
  EXPECT_EQ(number("SELECT count(*) FROM control"), 3);
}

TEST_F(ControlTest, SaysWhenEachScheduleIsNextDue) {
  vendor.emplace(house.path(), std::vector<std::string>{});
  house.configure(House::story(vendor->url(), "", "schedule = \"0 2 * * *\""));
  daemon.emplace(house.start_daemon());
  ASSERT_TRUE(eventually([&] { return house.is_up(); })) << house.daemon_log();
  EXPECT_THAT(house.fanoutctl({"status"}).output, HasSubstr("monitoring: 0 2 * * * in UTC, next due 2"));
}

TEST_F(ControlTest, GoesOnWhenARunIsEndedOrItsTasksAreDeletedByHand) {
  for (const char* by_hand :
       {"UPDATE run SET state = 'finished', finished_at = 1", "DELETE FROM task", "DELETE FROM run"}) {
    SCOPED_TRACE(by_hand);
    House other;
    TestVendor slow(other.path(), {"--scale", "0.05"});
    other.configure(House::story(slow.url(), "rate = \"50/1s\""));
    auto its_daemon = other.start_daemon();
    ASSERT_TRUE(eventually([&] { return other.is_up(); }));
    other.fanoutctl({"start", "monitoring"});
    ASSERT_TRUE(eventually([&] { return slow.report()["requests"] > 10; }));
    other.sql(by_hand);
    EXPECT_TRUE(eventually([&] {
      return other.fanoutctl({"start", "monitoring"}).code == 0;
    })) << other.daemon_log();
    const auto before = slow.report()["requests"].get<int>();
    EXPECT_TRUE(eventually([&] { return slow.report()["requests"] > before + 10; })) << other.daemon_log();
    EXPECT_TRUE(its_daemon.running()) << other.daemon_log();
  }
}

TEST_F(ControlTest, HoldsAPauseThatIsWrittenIntoTheRowByHand) {
  start({"--scale", "0.05"}, "rate = \"100/1s\"");
  ASSERT_TRUE(eventually([&] { return requests() > 20; }));
  house.sql("UPDATE limiter SET paused = 1 WHERE subject = 'vendor/oracle'");
  ASSERT_TRUE(eventually([&] { return number("SELECT coalesce(sum(leased), 0) FROM tally") == 0; }));
  const auto before = requests();
  EXPECT_FALSE(eventually([&] { return requests() > before; }, std::chrono::milliseconds(500)));
  EXPECT_EQ(house.sql("SELECT paused FROM limiter WHERE subject = 'vendor/oracle'"), "1");
}

TEST_F(ControlTest, GoesOnWithATaskThatIsPutBackByHand) {
  start({"--scale", "0.02"}, "");
  ASSERT_TRUE(eventually([&] { return house.sql("SELECT state FROM progress") == "finished"; }));
  const auto before = requests();
  house.sql("UPDATE task SET state = 'ready', attempts = 0 WHERE id = 1");
  EXPECT_TRUE(eventually([&] { return requests() == before + 1; }, kAtOnce));
  EXPECT_TRUE(eventually([&] { return house.sql("SELECT state FROM progress") == "finished"; }));
}

}  // namespace
}  // namespace fanout::test
