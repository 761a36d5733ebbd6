#include "daemon/fanoutd/options.h"

#include <CLI/CLI.hpp>

#include "base/error.h"

namespace fanout {

std::variant<Options, int> options_from(int argc, const char* const* argv) {
  Options options;
  std::string config = kDefaultConfig, state_dir;
  CLI::App app{
      "Harvests what vendors give away one HTTP question at a time. Without --once it stays, and starts\n"
      "runs by schedule or when told to (fanoutctl start PIPELINE)."};
  app.name("fanoutd");
  app.set_version_flag("--version", std::string("fanoutd ") + kVersion);
  app.add_option("--config", config, "configuration in TOML")->type_name("FILE")->capture_default_str();
  app.add_option("--state-dir", state_dir, "where queue and outputs lie, instead of what is configured")
      ->type_name("DIR");
  auto* check =
      app.add_flag("--check", options.check, "read and check the configuration, say what it means, end");
  auto* once =
      app.add_option("--once", options.pipelines,
                     "run these pipelines now (none named: all), finishing open runs; end when all is done")
          ->type_name("PIPELINE")
          ->expected(0, -1)
          ->excludes(check);
  app.footer(
      "Exit codes: 0 all well, 1 anything else, 2 bad configuration, 3 finished with dead letters.\n"
      "Signals: HUP reloads; TERM and INT let requests in flight end, then end; a second one ends at once.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(Exit::bad_configuration);
  }
  options.config = config;
  options.state_dir = state_dir;
  options.once = once->count() > 0;
  std::erase(options.pipelines, "");
  return options;
}

}  // namespace fanout
