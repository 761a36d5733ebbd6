// fanoutd: asks vendors everything, politely, and keeps what they say. See docs/operations.md.
#include <cstdio>
#include <memory>

#include "base/error.h"
#include "daemon/fanoutd/check.h"
#include "daemon/fanoutd/house.h"
#include "daemon/fanoutd/machine_limits.h"
#include "daemon/fanoutd/options.h"
#include "daemon/fanoutd/process.h"

namespace fanout {
namespace {

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
  keep_hangups_waiting();
  hide_memory();
  keep_to_itself();
  const auto config = std::make_shared<const Config>(checked_config(options.config, options.state_dir));
  if (options.check) return static_cast<int>(check(*config));
  check_pipelines(options, *config);
  raise_file_limit();
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
