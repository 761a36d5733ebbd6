#include "daemon/fanoutctl/words.h"

#include <CLI/CLI.hpp>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/wording.h"
#include "config/load.h"

namespace fanout {
namespace {

constexpr const char* kDeadTargets = "a task's number, run/N, a pipeline, or all";

// A verb that is an order to the daemon.
void add_order(CLI::App& app, Words& words, const std::string& verb, const std::string& what,
               const std::string& target, const std::string& targets) {
  auto* command = app.add_subcommand(verb, what);
  command->add_option(target, words.target, targets)->required()->type_name("");
}

void add_dead(CLI::App& app, Words& words) {
  auto* dead = app.add_subcommand("dead", "dead letters: tasks that were given up on");
  dead->require_subcommand(1);
  auto* list = dead->add_subcommand("list", "the latest, with what went wrong");
  list->add_option("--run", words.run, "of this run only")->type_name("N");
  list->add_option("--pipeline", words.pipeline, "of this pipeline only")->type_name("P");
  list->add_option("--limit", words.limit, "at most so many")->type_name("N")->capture_default_str();
  auto* show = dead->add_subcommand("show", "one with its request, its ancestors and every error");
  show->add_option("TASK", words.task, "its number")->required()->type_name("");
  add_order(*dead, words, "redrive", "put back to work", "TARGET", kDeadTargets);
  add_order(*dead, words, "drop", "forget; their tasks become skipped", "TARGET", kDeadTargets);
}

void add_verbs(CLI::App& app, Words& words) {
  auto* status = app.add_subcommand("status", "how far it is, and how deep the queue");
  status->add_flag("--watch", words.watch, "go on showing it");
  auto* runs = app.add_subcommand("runs", "the latest runs");
  runs->add_option("--limit", words.limit, "at most so many")->type_name("N")->capture_default_str();
  auto* stuck = app.add_subcommand("stuck", "what does not move, and why");
  stuck->add_option("--limit", words.limit, "at most so many")->type_name("N")->capture_default_str();
  auto* plan = app.add_subcommand("plan", "what the next run will come to, as earlier ones were");
  plan->add_option("PIPELINE", words.pipeline, "of the configuration")->required()->type_name("");
  plan->add_option("--if", words.assumed, "under another limit, such as rate=20/1s")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);  // what follows is the pipeline
  plan->add_option("--sample", words.sample, "ask at most so many requests first, and keep no answer")
      ->type_name("N")
      ->check(CLI::Range(1, 1'000'000));
  add_order(app, words, "why", "why it does not go on", "TARGET", "a task's number, a pipeline or a vendor");
  add_order(app, words, "start", "start a run now", "PIPELINE", "of the configuration");
  add_order(app, words, "cancel", "skip what is still open of a run", "PIPELINE", "whose run");
  add_order(app, words, "pause", "send nothing more", "NAME", "a pipeline or a vendor");
  add_order(app, words, "resume", "go on after a pause, or with a run that was stopped", "NAME",
            "a pipeline, a vendor, or run/N");
  add_dead(app, words);
}

void fall_through(CLI::App& app) {
  for (auto* command : app.get_subcommands([](CLI::App*) { return true; })) {
    command->fallthrough();
    fall_through(*command);
  }
}

std::string verb_of(const CLI::App& app) {
  std::string verb;
  const CLI::App* at = &app;
  while (!at->get_subcommands().empty()) {
    at = at->get_subcommands().front();
    verb += (verb.empty() ? "" : " ") + at->get_name();
  }
  return verb;
}

// Where a verb should stand and none does: what stands there instead, or what may.
int say_verbs(CLI::App& app) {
  CLI::App* at = &app;
  while (!at->get_subcommands().empty()) at = at->get_subcommands().front();
  std::string written;
  for (const auto& word : app.remaining(true)) {
    if (!word.starts_with('-') && written.empty()) written = word;
  }
  const auto all_of = [](const CLI::App& verb) {
    return verb.get_subcommands([](const CLI::App*) { return true; });
  };
  std::vector<std::string> verbs;
  std::string near;  // redrive is "dead redrive" here, and an order of its own in SQL
  for (const auto* verb : all_of(*at)) {
    verbs.push_back(verb->get_name());
    for (const auto* below : all_of(*verb)) {
      if (below->get_name() == written) near = verb->get_name() + " " + written;
    }
  }
  const auto before = "fanoutctl " + (at == &app ? "" : at->get_name() + " ");
  const auto all = before + listed(verbs, "or");
  if (written.empty()) {
    complain("fanoutctl", {"what is to be done is missing", "  there is: " + all});
  } else {
    if (near.empty()) near = nearest(written, verbs);
    complain("fanoutctl", {"there is no " + in_quotes(before + written),
                           near.empty() ? "  there is: " + all : "  did you mean " + in_quotes(near) + "?"});
  }
  return static_cast<int>(Exit::bad_configuration);
}

}  // namespace

std::optional<Config> configuration_of(const Words& words) {
  if (!words.state_dir.empty()) return std::nullopt;
  auto loaded = load_config(words.config);
  auto* config = std::get_if<Config>(&loaded);
  return config == nullptr ? std::nullopt : std::optional(std::move(*config));
}

std::variant<Words, int> words_from(int argc, const char* const* argv) {
  Words words;
  std::string config = kDefaultConfig, state_dir;
  CLI::App app{"Looks at the queue of fanoutd and steers it, with or without a running daemon."};
  app.name("fanoutctl");
  app.set_version_flag("--version", std::string("fanoutctl ") + kVersion);
  app.add_option("--config", config, "configuration that says where the database is")
      ->type_name("FILE")
      ->capture_default_str();
  app.add_option("--state-dir", state_dir, "where the database is, instead")->type_name("DIR");
  app.add_flag("--json", words.json, "print JSON, for programs");
  app.require_subcommand(1);
  app.footer(
      "Each verb explains itself: fanoutctl VERB --help.\n"
      "Exit codes: 0 done or kept, 1 refused or failed, 2 bad configuration or command line.");
  add_verbs(app, words);
  fall_through(app);  // --json and its like may stand anywhere
  try {
    app.parse(argc, argv);
  } catch (const CLI::RequiredError& error) {
    const auto verb = verb_of(app);
    return verb.empty() || verb == "dead" ? say_verbs(app)
                                          : (app.exit(error), static_cast<int>(Exit::bad_configuration));
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(Exit::bad_configuration);
  }
  words.config = config;
  words.state_dir = state_dir;
  words.verb = verb_of(app);
  return words;
}

}  // namespace fanout
