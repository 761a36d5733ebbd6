// fanoutd: asks vendors everything, politely, and keeps what they say. See docs/operations.md.
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <cstdio>
#include <memory>

#include "base/error.h"
#include "daemon/fanoutd/house.h"
#include "daemon/fanoutd/options.h"

namespace fanout {
namespace {

// A connection for each request in flight, and open parts besides: as many files as the system grants.
void raise_file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

void check_pipelines(const Options& options, const Config& config) {
  for (const auto& name : options.pipelines) {
    if (config.pipelines.contains(name)) continue;
    std::string there;
    for (const auto& [other, pipeline] : config.pipelines) there += (there.empty() ? "" : ", ") + other;
    throw Error("there is no pipeline " + name + " in " + options.config.string(), "there are: " + there,
                Exit::bad_configuration);
  }
}

int run(const Options& options) {
  const auto config = std::make_shared<const Config>(checked_config(options.config, options.state_dir));
  if (options.check) {
    std::fputs(describe(*config).c_str(), stdout);
    return 0;
  }
  check_pipelines(options, *config);
  raise_file_limit();
  std::signal(SIGPIPE, SIG_IGN);  // a reader of our output that goes away is no reason to end
  umask(umask(0) | 0027);         // what a vendor says is not for everybody on this machine
  House house(options, config);
  return static_cast<int>(house.run());
}

}  // namespace
}  // namespace fanout

int main(int argc, char** argv) {
  try {
    const auto options = fanout::options_from(argc, argv);
    if (const auto* code = std::get_if<int>(&options)) return *code;
    return fanout::run(std::get<fanout::Options>(options));
  } catch (...) {
    return fanout::explain("fanoutd", std::current_exception());
  }
}
