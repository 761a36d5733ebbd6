#include "e2e/house.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace fanout::test {
namespace {

Command vendor_command(const std::filesystem::path& folder, const std::filesystem::path& log,
                       const std::filesystem::path& port_file, std::vector<std::string> options) {
  Command command;
  command.words = {
      FANOUT_VENDOR_BINARY, "--port-file", port_file, "--log", log, "--token", kToken, "--for", "10m"};
  for (auto& option : options) command.words.push_back(std::move(option));
  command.output = folder / "vendor.log";
  return command;
}

std::string without_line_break(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace

TestVendor::TestVendor(const std::filesystem::path& folder, std::vector<std::string> options)
    : log_(folder / "requests.ndjson"),
      port_file_(folder / "vendor.port"),
      process_(vendor_command(folder, log_, port_file_, std::move(options))) {
  const bool listens = eventually([&] { return std::filesystem::exists(port_file_) || !process_.running(); });
  EXPECT_TRUE(listens && process_.running()) << contents_of(folder / "vendor.log");
  port_ = without_line_break(contents_of(port_file_));
}

nlohmann::json TestVendor::report() const {
  const auto answer = run({.words = {"curl", "-s", "--max-time", "10", url("/__report")}});
  return nlohmann::json::parse(answer.output);
}

House::House() = default;

void House::configure(const std::string& toml) const {
  std::ofstream(config()) << "state_dir = \"" << state().string() << "\"\n" << toml;
}

std::string House::story(const std::string& url, const std::string& vendor_lines,
                         const std::string& pipeline_lines) {
  return R"(
[vendor.oracle]
base_url = ")" +
         url + R"("
auth     = { kind = "bearer", token = { env = "ORACLE_TOKEN" } }
)" +
         (vendor_lines.find("rate") == std::string::npos && vendor_lines.find("adaptive") == std::string::npos
              ? "adaptive = false\n"
              : "") +
         vendor_lines +
         R"(
[pipeline.monitoring]
vendor = "oracle"
)" + pipeline_lines +
         R"(
[[pipeline.monitoring.level]]
name  = "troop"
path  = "/device/groups"
page  = { kind = "offset", param = "offset", size_param = "size", size = 10, total = "$.total" }
items = "$.items"
keep  = ["id", "name"]

[[pipeline.monitoring.level]]
name   = "warrior"
parent = "troop"
path   = "/device/groups/{troop.id}/devices"
items  = "$.items"
keep   = ["id", "name"]
where  = "item->>'status' <> 'decommissioned'"

[[pipeline.monitoring.level]]
name   = "group"
parent = "warrior"
path   = "/device/devices/{warrior.id}/devicedatasources"
items  = "$.items"
keep   = ["id"]

[[pipeline.monitoring.level]]
name   = "data"
parent = "group"
path   = "/device/devices/{warrior.id}/devicedatasources/{group.id}/data"
query  = { start = "{run.since}", end = "{run.at}" }

[[pipeline.monitoring.output]]
level = "data"
to    = "data.ndjson"
)";
}

Process House::start_daemon(std::vector<std::string> more) const {
  Command command;
  command.words = {FANOUTD_BINARY, "--config", config()};
  for (auto& word : more) command.words.push_back(std::move(word));
  command.environment = {{"ORACLE_TOKEN", kToken}};
  command.folder = path();
  command.output = path("daemon.log");
  return Process(command);
}

Process House::started_daemon() const {
  auto daemon = start_daemon();
  EXPECT_TRUE(eventually([this] { return is_up(); })) << daemon_log();
  return daemon;
}

bool House::is_up() const { return std::filesystem::exists(database()) && sql("PRAGMA user_version") != "0"; }

Ended House::once(std::chrono::milliseconds limit) const {
  return run({.words = {FANOUTD_BINARY, "--config", config(), "--once"},
              .environment = {{"ORACLE_TOKEN", kToken}},
              .folder = path(),
              .output = {}},
             limit);
}

Ended House::fanoutctl(std::vector<std::string> words) const {
  Command command;
  command.words = {FANOUTCTL_BINARY, "--config", config()};
  for (auto& word : words) command.words.push_back(std::move(word));
  command.folder = path();
  return run(command);
}

std::string House::sql(const std::string& statement) const {
  const auto ended = run({.words = {"sqlite3", "-cmd", ".timeout 5000", "-cmd",
                                    "PRAGMA wal_autocheckpoint = 0", database(), statement}});
  EXPECT_EQ(ended.code, 0) << statement << "\n" << ended.output;
  const auto first_line_end = ended.output.find('\n');  // the pragma's own answer
  return without_line_break(ended.output.substr(std::min(first_line_end + 1, ended.output.size())));
}

std::vector<std::string> House::files() const {
  std::vector<std::string> found;
  const auto out = state() / "out";
  if (!std::filesystem::exists(out)) return found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(out)) {
    if (entry.is_regular_file()) found.push_back(entry.path().lexically_relative(out));
  }
  std::ranges::sort(found);
  return found;
}

std::vector<std::string> House::records(const std::string& pointer) const {
  std::vector<std::string> values;
  for (const auto& name : files()) {
    EXPECT_NE(std::filesystem::path(name).filename().string().front(), '.') << name << " is not sealed";
    std::istringstream lines(contents_of(state() / "out" / name));
    for (std::string line; std::getline(lines, line);) {
      values.push_back(nlohmann::json::parse(line).at(nlohmann::json::json_pointer(pointer)).dump());
    }
  }
  return values;
}

}  // namespace fanout::test
