// A witness that is nobody's but its own: nginx in front of the vendor, which refuses what is more than it is
// configured for (limit_req and limit_conn), and logs what it answered.
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <map>
#include <optional>

#include "e2e/house.h"

namespace fanout::test {
namespace {

class NginxWitness : public testing::Test {
 protected:
  // 50 a second in all and 8 at once; of data 20 a second. A burst of a few, since nginx looks at single
  // milliseconds.
  NginxWitness() : vendor(house.path(), {"--scale", "0.05", "--latency", "20ms"}), port(free_port()) {
    std::ofstream(house.path("nginx.conf")) << R"(
worker_processes 1;
daemon off;
pid nginx.pid;
error_log nginx.log;
events { worker_connections 256; }
http {
  log_format status "$status";
  access_log status.log status;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  limit_req_zone  "all"  zone=all:1m  rate=50r/s;
  limit_req_zone  "data" zone=data:1m rate=20r/s;
  limit_conn_zone "all"  zone=slots:1m;
  limit_req_status 429;
  limit_conn_status 429;
  limit_conn slots 8;
  limit_req zone=all burst=5 nodelay;
  server {
    listen 127.0.0.1:)" << port << R"(;
    location ~ /data$ {
      limit_req zone=all burst=5 nodelay;
      limit_req zone=data burst=5 nodelay;
      proxy_pass )" << vendor.url() << R"(;
    }
    location / { proxy_pass )" << vendor.url()
                                            << R"(; }
  }
}
)";
    Command command;
    command.words = {"/usr/sbin/nginx", "-p", house.path().string(), "-c", "nginx.conf", "-e", "nginx.log"};
    command.output = house.path("nginx.out");
    nginx.emplace(command);
    EXPECT_TRUE(eventually([&] { return std::filesystem::exists(house.path("nginx.pid")); }))
        << contents_of(house.path("nginx.out"));
  }

  std::map<std::string, int> statuses() const {
    std::map<std::string, int> counts;
    std::ifstream log(house.path("status.log"));
    for (std::string status; std::getline(log, status);) ++counts[status];
    return counts;
  }

  House house;
  TestVendor vendor;
  std::string port;
  std::optional<Process> nginx;
};

TEST_F(NginxWitness, RefusesNothingAndTheLimitsAreUsed) {
  house.configure(House::story("http://127.0.0.1:" + port, R"(
concurrency = 8
rate        = "50/1s"

[[vendor.oracle.limit]]
match = { level = "data" }
rate  = "20/1s"
)"));
  const auto begun = std::chrono::steady_clock::now();
  const auto ended = house.once();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  ASSERT_EQ(ended.code, 0) << ended.output;
  const auto seen = statuses();
  EXPECT_EQ(seen.size(), 1U) << testing::PrintToString(seen);
  const auto data = static_cast<double>(house.records("/body/id").size());
  EXPECT_GT(data, 1000);
  std::printf("%d requests, none refused; %.0f of data in %.1f s: %.1f %% of 20/1s\n", seen.at("200"), data,
              took.count(), 100 * data / (20 * took.count()));
  EXPECT_GE(data / (20 * took.count()), 0.96) << "of the whole time, beginning and end included";
}

}  // namespace
}  // namespace fanout::test
