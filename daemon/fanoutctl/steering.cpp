#include "daemon/fanoutctl/steering.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/wording.h"
#include "daemon/fanoutctl/giving.h"
#include "daemon/open_database.h"
#include "store/state_lock.h"

namespace fanout {
namespace {

bool is_number(const std::string& text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_about_dead_letters(const std::string& command) { return command == "redrive" || command == "drop"; }

// Vendors and pipelines, as far as somebody could mean them: of the configuration, and those that only the
// database still has. Nothing where the configuration cannot be read: then only the daemon can tell.
std::optional<std::vector<std::string>> known_names(Database& database, const Words& words) {
  const auto config = configuration_of(words);
  if (!config) return std::nullopt;
  std::set<std::string> names;
  for (const auto& [name, pipeline] : config->pipelines) names.insert(name);
  for (const auto& [name, vendor] : config->vendors) names.insert(name);
  Statement kept(
      database,
      "SELECT pipeline FROM run UNION SELECT substr(subject, instr(subject, '/') + 1) FROM limiter");
  while (kept.step()) names.emplace(kept.text(0));
  return std::vector(names.begin(), names.end());
}

// An order that nobody could ever obey is not kept until somebody tries.
void expect_sense(Database& database, const std::string& command, const Words& words) {
  const auto& target = words.target;
  if (is_about_dead_letters(command)) {
    if (target == "all" || target.starts_with("run/")) return;
    if (is_number(target)) {
      Statement letter(database, "SELECT 1 FROM dead_letter WHERE task = CAST(?1 AS INTEGER)");
      if (letter.bind(target).step()) return;
      throw Error(fmt::format("task {} is no dead letter, or none any more", target),
                  "see which there are: fanoutctl dead list");
    }
  }
  if (command == "resume" && target.starts_with("run/")) return;
  const auto names = known_names(database, words);
  if (!names || std::ranges::find(*names, target) != names->end()) return;
  throw Error(fmt::format("there is no {} {}, neither in {} nor in the database",
                          command == "pause" || command == "resume" ? "pipeline or vendor" : "pipeline",
                          target, words.config.string()),
              did_you_mean(target, *names));
}

void say(const Given& given, const std::string& target) {
  if (given.outcome) {
    std::fputs(fmt::format("{}\n", *given.outcome).c_str(), given.is_refused() ? stderr : stdout);
  } else if (given.daemon) {
    std::fputs(fmt::format("fanoutctl: {}\n", given.not_applied()).c_str(), stderr);
  } else {
    std::fputs(fmt::format("no daemon runs here: order {} ({} {}) is kept, and applied when it starts\n",
                           given.id, given.command, target)
                   .c_str(),
               stdout);
  }
}

}  // namespace

bool is_order(const Words& words) {
  return !words.target.empty() ||
         (words.verb != "status" && words.verb != "runs" && words.verb != "stuck" && words.verb != "plan" &&
          words.verb != "dead list" && words.verb != "dead show");
}

int give_order(boost::asio::io_context& loop, const std::filesystem::path& state_dir, const Words& words) {
  auto database = open_beside(state_dir, Database::Mode::read_write);
  const auto command = words.verb.substr(words.verb.rfind(' ') + 1);  // "dead redrive" is "redrive"
  const bool is_running = StateLock::holder(database.path().parent_path()).has_value();
  if (command == "why" && !is_running) {
    throw Error("no daemon runs here, so nothing goes on",
                "what waits for what when one runs: fanoutctl stuck; start it: systemctl start fanoutd");
  }
  if (!is_running) expect_sense(database, command, words);
  const auto given = give(loop, database, command, words.target);
  if (words.json) {
    const nlohmann::ordered_json document = {
        {"id", given.id},
        {"command", given.command},
        {"target", words.target},
        {"daemon", given.daemon ? nlohmann::ordered_json(*given.daemon) : nullptr},
        {"outcome", given.outcome ? nlohmann::ordered_json(*given.outcome) : nullptr}};
    std::puts(document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace).c_str());
  } else {
    say(given, words.target);
  }
  const bool came_to_nothing = given.is_refused() || (given.daemon && !given.outcome);
  return static_cast<int>(came_to_nothing ? Exit::failure : Exit::well);
}

}  // namespace fanout
