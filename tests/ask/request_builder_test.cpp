#include "ask/request_builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fanout {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

Template text(const std::string& written) { return Template::parse(written).value(); }

const RunNames kRun{17, "2026-11-23", "1795399200", "0"};

struct Asking {
  Task task;
  PipelineSpec pipeline;
  Level level;
  VendorSpec vendor;

  Asking() {
    task.parents =
        R"({"troop":{"id":9223372036854775807,"name":"a/b ü&?#","up":"..","none":null,"list":[1],)"
        R"("big":18446744073709551615,"real":1.5,"yes":true},"metric":"go_goroutines","line":"a\r\nX: b"})";
    pipeline.vars = {{"region", "eu west"}};
    level.path = text("/devices");
    vendor.base_url.host = "vendor.example";
    vendor.base_url.port = "443";
  }
  std::variant<Request, CannotAsk> ask() const { return request_for(task, kRun, pipeline, level, vendor); }
  std::string target() const {
    const auto asked = ask();
    if (const auto* cannot = std::get_if<CannotAsk>(&asked)) return "cannot: " + cannot->reason;
    return std::get<Request>(asked).target;
  }
};

// ---- templates

struct PathRow {
  const char* path;
  const char* target;
};

class Path : public testing::TestWithParam<PathRow> {};

TEST_P(Path, IsFilledIn) {
  Asking asking;
  asking.level.path = text(GetParam().path);
  EXPECT_EQ(asking.target(), GetParam().target);
}

INSTANTIATE_TEST_SUITE_P(
    Templates, Path,
    testing::Values(PathRow{"/devices", "/devices"}, PathRow{"/g/{troop.id}/d", "/g/9223372036854775807/d"},
                    PathRow{"/{troop.big}", "/18446744073709551615"}, PathRow{"/{troop.real}", "/1.5"},
                    PathRow{"/{troop.yes}", "/true"}, PathRow{"/{metric}/x", "/go_goroutines/x"},
                    PathRow{"/{troop.name}", "/a%2Fb%20%C3%BC%26%3F%23"},
                    // Slashes stay with a plus, but the path does not end early.
                    PathRow{"/{+troop.name}", "/a/b%20%C3%BC&%3F%23"},
                    PathRow{"/{run.id}/{run.date}/{run.at}/{run.since}", "/17/2026-11-23/1795399200/0"},
                    PathRow{"/{vars.region}", "/eu%20west"}, PathRow{"/.well-known/x", "/.well-known/x"},
                    PathRow{"/{line}", "/a%0D%0AX%3A%20b"},
                    PathRow{"/{troop.none}", "cannot: path: {troop.none} has no value here"},
                    PathRow{"/{troop.list}", "cannot: path: {troop.list} has no value here"},
                    PathRow{"/{troop.gone}", "cannot: path: {troop.gone} has no value here"},
                    PathRow{"/{troop}", "cannot: path: {troop} has no value here"},
                    PathRow{"/{metric.id}", "cannot: path: {metric.id} has no value here"},
                    PathRow{"/{other.id}", "cannot: path: {other.id} has no value here"},
                    PathRow{"/{run.other}", "cannot: path: {run.other} has no value here"},
                    PathRow{"/{vars.other}", "cannot: path: {vars.other} has no value here"},
                    PathRow{"/g/{troop.up}/d", "cannot: path: a segment of /g/../d would be a dot or two"}));

TEST(Request, BeginsWithThePathOfTheBaseUrl) {
  Asking asking;
  asking.vendor.base_url.path = "/santaba/rest";
  EXPECT_EQ(asking.target(), "/santaba/rest/devices");
}

TEST(Request, EncodesTheQuerysNamesAndValues) {
  Asking asking;
  asking.level.query = {{"match[]", text("{metric}")}, {"filter", text("name:a&b {troop.name}")}};
  EXPECT_EQ(asking.target(),
            "/devices?match%5B%5D=go_goroutines&filter=name%3Aa%26b%20a%2Fb%20%C3%BC%26%3F%23");
}

TEST(Request, KeepsReservedCharactersOfAQueryValueWithAPlusButNoFragment) {
  Asking asking;
  asking.level.query = {{"q", text("{+troop.name}")}};
  EXPECT_EQ(asking.target(), "/devices?q=a/b%20%C3%BC&?%23");
}

TEST(Request, CannotBeMadeWhenTheQueryNamesWhatIsMissing) {
  Asking asking;
  asking.level.query = {{"q", text("{troop.none}")}};
  EXPECT_EQ(asking.target(), "cannot: query q: {troop.none} has no value here");
}

TEST(Request, CannotBeMadeOfParentsThatSomebodySpoilt) {
  Asking asking;
  asking.task.parents = "{\"troop\":";
  asking.level.path = text("/{troop.id}");
  EXPECT_EQ(asking.target(), "cannot: path: {troop.id} has no value here");
  asking.level.path = text("/plain");
  EXPECT_EQ(asking.target(), "/plain");
}

TEST(Request, CannotBeMadeWhenItsTargetIsTooLong) {
  Asking asking;
  asking.level.path = text("/{vars.long}");
  asking.pipeline.vars["long"] = std::string(7999, 'x');
  EXPECT_EQ(asking.target().size(), 8000U);
  asking.pipeline.vars["long"] += 'x';
  EXPECT_EQ(asking.target(), "cannot: the target would be 8001 bytes long, and 8000 are the most");
}

// ---- pages

struct PageRow {
  Page page;
  int number;
  const char* target;
};

Page page_of(Page::Kind kind, const std::string& param, const std::string& size_param, int size,
             int first = 1) {
  Page page;
  page.kind = kind;
  page.param = param;
  page.size_param = size_param;
  page.size = size;
  page.first = first;
  return page;
}

TEST(Request, SaysWhichPage) {
  const std::vector<PageRow> rows = {
      {page_of(Page::Kind::offset, "offset", "size", 1000), 1, "/devices?a=b&offset=0&size=1000"},
      {page_of(Page::Kind::offset, "offset", "", 1000), 3, "/devices?a=b&offset=2000"},
      {page_of(Page::Kind::offset, "offset", "", 1'000'000), 100'000, "/devices?a=b&offset=99999000000"},
      {page_of(Page::Kind::number, "page", "", 0), 1, "/devices?a=b&page=1"},
      {page_of(Page::Kind::number, "page", "per_page", 50, 0), 3, "/devices?a=b&page=2&per_page=50"},
  };
  for (const auto& [page, number, target] : rows) {
    Asking asking;
    asking.level.query = {{"a", text("b")}};
    asking.level.page = page;
    asking.task.page = number;
    EXPECT_EQ(asking.target(), target);
  }
}

// ---- headers

TEST(Request, SendsTheVendorsHeadersAndTheLevels) {
  Asking asking;
  asking.vendor.headers = {{"Accept", "application/json"}, {"X-Run", "none"}};
  asking.level.headers = {{"x-run", text("{run.id}")}, {"X-Name", text("{troop.name}")}};
  EXPECT_THAT(
      std::get<Request>(asking.ask()).headers,
      ElementsAre(Pair("Accept", "application/json"), Pair("x-run", "17"), Pair("X-Name", "a/b ü&?#")));
}

TEST(Request, CannotBeMadeWhenAVendorsValueWouldAddAHeader) {
  Asking asking;
  asking.level.headers = {{"X-Line", text("{line}")}};
  EXPECT_EQ(asking.target(), "cannot: header X-Line: its value would hold a control character");
}

// ---- names

TEST(Names, OutliveTheTaskAndThePipeline) {
  Template::Lookup names;
  {
    const Asking asking;
    names = names_of(asking.task, kRun, asking.pipeline);
  }
  EXPECT_EQ(names("troop.id"), "9223372036854775807");
  EXPECT_EQ(names("metric"), "go_goroutines");
  EXPECT_EQ(names("vars.region"), "eu west");
  EXPECT_EQ(names("run.date"), "2026-11-23");
  EXPECT_EQ(names("troop.none"), std::nullopt);
}

}  // namespace
}  // namespace fanout
