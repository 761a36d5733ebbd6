// A whole house for one test: a folder, the test vendor, a configuration, and the daemon, each a real
// program.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/process.h"
#include "support/temporary_folder.h"

namespace fanout::test {

inline constexpr const char* kToken = "the-token-that-must-not-leak";

// The test vendor (tests/fanout-vendor/README.md), as a program of its own.
class TestVendor {
 public:
  TestVendor(const std::filesystem::path& folder, std::vector<std::string> options);
  const std::string& port() const { return port_; }
  std::string url(const std::string& path = {}) const { return "http://127.0.0.1:" + port_ + path; }
  nlohmann::json report() const;
  const std::filesystem::path& log() const { return log_; }
  Process& process() { return process_; }

 private:
  std::filesystem::path log_;
  std::filesystem::path port_file_;
  Process process_;
  std::string port_;
};

class House {
 public:
  House();

  std::filesystem::path path(const std::string& name = {}) const { return folder_.path() / name; }
  std::filesystem::path state() const { return path("state"); }
  std::filesystem::path database() const { return state() / "fanoutd.db"; }
  std::filesystem::path config() const { return path("fanoutd.toml"); }

  void configure(const std::string& toml) const;
  // The story's four levels and an NDJSON output of the last one, after `vendor_lines` of the vendor's
  // section.
  static std::string story(const std::string& url, const std::string& vendor_lines,
                           const std::string& pipeline_lines = {});

  // What the daemon says goes to daemon.log.
  Process start_daemon(std::vector<std::string> more = {}) const;
  // … and waits until it has made its database.
  Process started_daemon() const;
  // The daemon has made its database.
  bool is_up() const;
  Ended once(std::chrono::milliseconds limit = std::chrono::seconds(120)) const;
  Ended fanoutctl(std::vector<std::string> words) const;
  std::string daemon_log() const { return contents_of(path("daemon.log")); }

  // Through the sqlite3 shell, as an operator would.
  std::string sql(const std::string& statement) const;
  // What each line of each file below out/ has there, such as "/body/id". All files must be sealed.
  std::vector<std::string> records(const std::string& json_pointer) const;
  std::vector<std::string> files() const;  // below out/

 private:
  TemporaryFolder folder_;
};

}  // namespace fanout::test
