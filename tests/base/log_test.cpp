#include "base/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>

namespace fanout {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::MatchesRegex;

// What `write` puts on standard error.
std::string written(LogFormat format, Severity least, const std::function<void(const Log&)>& write) {
  testing::internal::CaptureStderr();
  write(standard_error_log(format, least));
  return testing::internal::GetCapturedStderr();
}

TEST(Log, PutsThePriorityThatTheJournalReadsBeforeALine) {
  const auto all = written(LogFormat::journal, Severity::debug, [](const Log& log) {
    log.error("a");
    log.warning("b");
    log.notice("c");
    log.info("d");
    log.debug("e");
  });
  EXPECT_EQ(all, "<3>a\n<4>b\n<5>c\n<6>d\n<7>e\n");
}

TEST(Log, NamesTheSeverityOnATerminal) {
  const auto line =
      written(LogFormat::text, Severity::info, [](const Log& log) { log.warning("disk full"); });
  EXPECT_THAT(line, EndsWith(" warning disk full\n"));
}

// A line may be read months later, on a machine elsewhere.
TEST(Log, SaysTheWholeMomentWithItsZone) {
  EXPECT_THAT(
      log_line(LogFormat::text, Severity::info, "a"),
      MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3} [+-][0-9]{2}:?[0-9]{2} "
                   "info    a\n"));
  const auto object = nlohmann::json::parse(log_line(LogFormat::json, Severity::info, "a"));
  EXPECT_THAT(object.at("time").get<std::string>(),
              MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z"));
}

TEST(Log, LeavesOutWhatIsLessThanWanted) {
  const auto lines = written(LogFormat::journal, Severity::notice, [](const Log& log) {
    log.info("chatter");
    log.notice("news");
  });
  EXPECT_EQ(lines, "<5>news\n");
}

// Otherwise a vendor could write lines of its own into the journal, or steer the operator's terminal.
TEST(Log, KeepsWhatAVendorSentOnOneLine) {
  const auto write = [](const Log& log) { log.error("HTTP 500: x\n<0>all is lost\x1b[2J\x7f"); };
  for (const auto format : {LogFormat::text, LogFormat::journal}) {
    const auto lines = written(format, Severity::debug, write);
    EXPECT_THAT(lines, HasSubstr("HTTP 500: x <0>all is lost [2J \n"));
    EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 1) << lines;
  }
}

TEST(Log, WritesJsonThatParsesWhateverTheLineHolds) {
  const auto lines =
      written(LogFormat::json, Severity::debug, [](const Log& log) { log.error("a \"b\"\n\xff{}"); });
  const auto object = nlohmann::json::parse(lines);
  EXPECT_EQ(object.at("severity"), "error");
  EXPECT_EQ(object.at("message"), "a \"b\"\n\xEF\xBF\xBD{}");
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 1);
}

TEST(Log, TakesBracesAsTheyAre) {
  EXPECT_EQ(written(LogFormat::journal, Severity::debug, [](const Log& log) { log.info("{} {0} %s"); }),
            "<6>{} {0} %s\n");
}

}  // namespace
}  // namespace fanout
