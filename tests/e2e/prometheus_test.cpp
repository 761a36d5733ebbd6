// Real input: Debian's Prometheus scrapes itself, docs/examples/prometheus.toml harvests it, and what is on
// disk is what curl gets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "e2e/house.h"

namespace fanout::test {
namespace {

using nlohmann::json;

class PrometheusTest : public testing::Test {
 protected:
  PrometheusTest() : port(free_port()), url("http://127.0.0.1:" + port) {
    std::ofstream(house.path("prometheus.yml")) << R"(
global: { scrape_interval: 1s }
scrape_configs:
  - job_name: prometheus
    static_configs: [{ targets: ["127.0.0.1:)" << port
                                                << R"("] }]
)";
    Command command;
    command.words = {"prometheus", "--config.file=" + house.path("prometheus.yml").string(),
                     "--storage.tsdb.path=" + house.path("tsdb").string(),
                     "--web.listen-address=127.0.0.1:" + port};
    command.output = house.path("prometheus.log");
    prometheus.emplace(command);
  }

  json get(const std::vector<std::string>& arguments, const std::string& path) const {
    Command command;
    command.words = {"curl", "-s", "-G", "--max-time", "10", url + path};
    for (const auto& argument : arguments)
      command.words.insert(command.words.end(), {"--data-urlencode", argument});
    return json::parse(run(command).output, nullptr, false);
  }

  // The metrics that it has, once it has scraped itself.
  std::set<std::string> metrics() const {
    std::set<std::string> names;
    EXPECT_TRUE(eventually([&] {
      const auto answer = get({}, "/api/v1/label/__name__/values");
      if (!answer.is_object() || !answer.contains("data") || answer["data"].size() < 100) return false;
      names = answer["data"].get<std::set<std::string>>();
      return true;
    })) << contents_of(house.path("prometheus.log"));
    return names;
  }

  House house;
  std::string port;
  std::string url;
  std::optional<Process> prometheus;
};

TEST_F(PrometheusTest, IsHarvestedJustAsCurlSeesIt) {
  const auto before = metrics();
  auto toml = contents_of(std::filesystem::path(SOURCE_DIR) / "docs/examples/prometheus.toml");
  const auto replace = [&](const std::string& old, const std::string& fresh) {
    ASSERT_NE(toml.find(old), std::string::npos) << old;
    toml.replace(toml.find(old), old.size(), fresh);
  };
  replace("http://127.0.0.1:9090", url);
  replace("state_dir = \"prometheus.state\"", "");
  house.configure(toml);
  const auto ended = house.once();
  ASSERT_EQ(ended.code, 0) << ended.output;

  const auto after = metrics();  // it grows, because each request of ours is counted too
  const auto started = house.sql("SELECT started_at / 1000 FROM run");
  const auto date = house.sql("SELECT substr(started, 1, 10) FROM progress");
  std::set<std::string> found;
  const auto folder = house.state() / "out" / "values" / date / ("127.0.0.1:" + port);
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const auto metric = entry.path().stem().string();
    found.insert(metric);
    const auto query = metric + "{job=\"prometheus\",instance=\"127.0.0.1:" + port + "\"}";
    EXPECT_EQ(json::parse(contents_of(entry.path())),
              get({"query=" + query, "start=" + date + "T00:00:00Z", "end=" + started, "step=15"},
                  "/api/v1/query_range"))
        << metric;
  }
  EXPECT_TRUE(std::ranges::includes(found, before)) << "all that were there before the harvest";
  EXPECT_TRUE(std::ranges::includes(after, found)) << "and none that were not there after it";
  EXPECT_EQ(house.sql("SELECT sum(dead + skipped) FROM tally"), "0");
}

}  // namespace
}  // namespace fanout::test
