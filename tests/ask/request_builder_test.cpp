#include "ask/request_builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "page/page_kind.h"
#include "support/row_name.h"
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
        R"("big":18446744073709551615,"real":1.5,"yes":true,"empty":"","price":3.10,"long":0.1234567890123456789,)"
        R"("huge":1e400,"beyond":-9223372036854775809,"tiny":-0.0,"attributes":{"name":"deep","of":[{"x":1}]}},"metric":"go_goroutines","line":"a\r\nX: b"})";
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
  friend std::ostream& operator<<(std::ostream& out, const PathRow& row) { return out << row.path; }
};

class Path : public testing::TestWithParam<PathRow> {};

TEST_P(Path, IsFilledIn) {
  Asking asking;
  asking.level.path = text(GetParam().path);
  EXPECT_EQ(asking.target(), GetParam().target);
}

INSTANTIATE_TEST_SUITE_P(
    Templates, Path,
    testing::Values(
        PathRow{"/devices", "/devices"}, PathRow{"/g/{troop.id}/d", "/g/9223372036854775807/d"},
        PathRow{"/{troop.big}", "/18446744073709551615"}, PathRow{"/{troop.real}", "/1.5"},
        PathRow{"/{troop.yes}", "/true"}, PathRow{"/{metric}/x", "/go_goroutines/x"},
        // As the vendor wrote it.
        PathRow{"/{troop.price}", "/3.10"}, PathRow{"/{troop.long}", "/0.1234567890123456789"},
        PathRow{"/{troop.huge}", "/1e400"}, PathRow{"/{troop.beyond}", "/-9223372036854775809"},
        PathRow{"/{troop.tiny}", "/-0.0"}, PathRow{"/{troop.attributes.name}", "/deep"},
        PathRow{"/{troop.attributes}", "cannot: path: {troop.attributes} has no value here"},
        PathRow{"/{troop.attributes.of.x}", "cannot: path: {troop.attributes.of.x} has no value here"},
        // Empty is as missing as null, unless the template says otherwise.
        PathRow{"/b/{troop.empty}/data",
                "cannot: path: {troop.empty} is empty here, so something else would be asked for; if "
                "that is meant, write {troop.empty?}"},
        PathRow{"/b/{+troop.empty}/data",
                "cannot: path: {troop.empty} is empty here, so something else would be asked for; if "
                "that is meant, write {troop.empty?}"},
        PathRow{"/b/{troop.empty?}/data", "/b//data"}, PathRow{"/b{troop.none?}", "/b"},
        PathRow{"/b{troop.gone?}/{troop.real?}", "/b/1.5"},
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
        PathRow{"/g/{troop.up}/d", "cannot: path: a segment of /g/../d would be a dot or two"}),
    [](const auto& row) { return row_name(row.param.path, row.index); });

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

TEST(Request, LeavesOutAParameterAndAHeaderWhoseNamesNeedNoValueAndHaveNone) {
  Asking asking;
  asking.level.query = {{"a", text("{troop.none?}")},
                        {"b", text("{troop.empty}")},
                        {"c", text("{troop.empty?}")},
                        {"d", text("x{troop.gone?}")},
                        {"e", text("{troop.real?}")}};
  asking.level.headers = {{"X-A", text("{troop.none?}")}, {"X-B", text("{troop.real?}")}};
  EXPECT_EQ(asking.target(), "/devices?b=&d=x&e=1.5");
  EXPECT_THAT(std::get<Request>(asking.ask()).headers, ElementsAre(Pair("X-B", "1.5")));
}

TEST(Request, RepeatsAParameterThatIsSaidTwice) {
  Asking asking;
  asking.level.query = {{"tag", text("a")}, {"tag", text("{metric}")}};
  EXPECT_EQ(asking.target(), "/devices?tag=a&tag=go_goroutines");
}

// ---- addresses that an item says

struct AddressRow {
  const char* url;  // as an item says it
  const char* target;
};

TEST(Address, OfAnItemIsAskedOnTheVendorsOwnOriginOnly) {
  const char* const kElsewhere = " is no address on the vendor's own origin, https://vendor.example";
  const std::vector<AddressRow> rows = {
      {"https://vendor.example/rest/devices/5", "/rest/devices/5?size=9"},
      {"https://vendor.example:443/devices/5?full=1", "/devices/5?full=1&size=9"},
      {"/v2/devices/5", "/v2/devices/5?size=9"},
      {"devices/5", "/rest/devices/5?size=9"},
      {"/a?size=3&b=1&si%7Ae=4#here", "/a?b=1&size=9"},
      {"/a%2Fb/ü x", "/a%2Fb/%C3%BC%20x?size=9"},
      {"/rest/../x", "/x?size=9"},
      {"http://vendor.example/x", nullptr},
      {"https://evil.example/x", nullptr},
      {"//evil.example/x", nullptr},
      {"https://vendor.example@evil.example/x", nullptr},
      {"javascript:alert(1)", nullptr},
  };
  for (const auto& row : rows) {
    Asking asking;
    asking.vendor.base_url.path = "/rest";
    asking.task.parents = std::string(R"({"troop":{"url":")") + row.url + "\"}}";
    asking.level.path = text("{+troop.url}");
    asking.level.query = {{"size", text("9")}};
    const auto target = asking.target();
    if (row.target != nullptr) {
      EXPECT_EQ(target, row.target) << row.url;
    } else {
      EXPECT_THAT(target, testing::AllOf(HasSubstr("cannot: path: "), HasSubstr(kElsewhere))) << row.url;
    }
  }
}

TEST(Address, OfAnItemHoldsWhatAuthAddsOnce) {
  Asking asking;
  asking.vendor.auth = {"query", {{"name", "api key"}}, {}};
  asking.task.parents = R"({"troop":{"url":"/x?api%20key=s&a=1&api+key=s"}})";
  asking.level.path = text("{+troop.url}");
  EXPECT_EQ(asking.target(), "/x?a=1");
}

TEST(Address, OfAnItemMayBeEmptyNowhere) {
  Asking asking;
  asking.level.path = text("{+troop.empty}");
  EXPECT_THAT(asking.target(), HasSubstr("{troop.empty} is empty here"));
}

// ---- pages

struct PageRow {
  Page page;
  int number;
  const char* target;
};

Page page_of(const PageKind& kind, const std::string& param, const std::string& size_param, int size,
             int first = 1) {
  Page page;
  page.kind = &kind;
  page.param = param;
  page.size_param = size_param;
  page.size = size;
  page.first = first;
  return page;
}

TEST(Request, BeginsAPageByOffsetWhereItsCursorSays) {
  Asking asking;
  asking.level.page = page_of(offset_pages(), "offset", "size", 1000);
  asking.task.page = 3;
  asking.task.cursor = "200";
  EXPECT_EQ(asking.target(), "/devices?offset=200&size=1000");
}

TEST(Request, SaysWhichPage) {
  const std::vector<PageRow> rows = {
      {page_of(offset_pages(), "offset", "size", 1000), 1, "/devices?a=b&offset=0&size=1000"},
      {page_of(offset_pages(), "offset", "", 1000), 3, "/devices?a=b&offset=2000"},
      {page_of(offset_pages(), "offset", "", 1'000'000), 100'000, "/devices?a=b&offset=99999000000"},
      {page_of(number_pages(), "page", "", 0), 1, "/devices?a=b&page=1"},
      {page_of(number_pages(), "page", "per_page", 50, 0), 3, "/devices?a=b&page=2&per_page=50"},
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

TEST(Names, OfMomentsAreWrittenAsVendorsAskForThem) {
  Asking asking;
  asking.pipeline.zone = "Europe/Berlin";
  const std::vector<std::pair<const char*, const char*>> rows = {
      {"run.at", "1795399200"},
      {"run.at.ms", "1795399200000"},
      {"run.at.rfc3339", "2026-11-23T02:00:00Z"},
      {"run.at.date", "2026-11-23"},
      {"run.at.local", "2026-11-23T03:00:00+01:00"},
      {"run.at.local_date", "2026-11-23"},
      {"run.since", "1795312800"},
      {"run.since.ms", "1795312800000"},
      {"run.since.rfc3339", "2026-11-22T02:00:00Z"},
  };
  const RunNames second{18, "2026-11-23", "1795399200", "1795312800"};
  const auto names = names_of(asking.task, second, std::make_shared<const PipelineSpec>(asking.pipeline));
  for (const auto& [name, value] : rows) EXPECT_EQ(names(name), value) << name;
  EXPECT_EQ(names("run.at.other"), std::nullopt);
  EXPECT_EQ(names("run.at."), std::nullopt);
}

TEST(Names, OfAFirstRunBeginWhereThePipelineSays) {
  Asking asking;
  const auto since = [&](const char* first_since, const char* name) {
    asking.pipeline.first_since = FirstSince::parse(first_since);
    return names_of(asking.task, kRun, std::make_shared<const PipelineSpec>(asking.pipeline))(name);
  };
  EXPECT_EQ(
      names_of(asking.task, kRun, std::make_shared<const PipelineSpec>(asking.pipeline))("run.since.rfc3339"),
      "1970-01-01T00:00:00Z");
  EXPECT_EQ(since("2024-01-01", "run.since"), "1704067200");
  EXPECT_EQ(since("2024-01-01T06:00:00+02:00", "run.since.rfc3339"), "2024-01-01T04:00:00Z");
  EXPECT_EQ(since("30d", "run.since.date"), "2026-10-24");
  const RunNames second{18, "2026-11-23", "1795399200", "1795312800"};
  EXPECT_EQ(names_of(asking.task, second, std::make_shared<const PipelineSpec>(asking.pipeline))("run.since"),
            "1795312800")
      << "no longer the first";
}

TEST(Names, OutliveTheTaskAndThePipeline) {
  Template::Lookup names;
  {
    const Asking asking;
    names = names_of(asking.task, kRun, std::make_shared<const PipelineSpec>(asking.pipeline));
  }
  EXPECT_EQ(names("troop.id"), "9223372036854775807");
  EXPECT_EQ(names("metric"), "go_goroutines");
  EXPECT_EQ(names("vars.region"), "eu west");
  EXPECT_EQ(names("run.date"), "2026-11-23");
  EXPECT_EQ(names("troop.none"), std::nullopt);
}

}  // namespace
}  // namespace fanout
