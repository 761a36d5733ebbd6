#include "daemon/fanoutctl/steering.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <cstdio>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/wording.h"
#include "daemon/open_database.h"
#include "store/state_lock.h"

namespace fanout {
namespace {

constexpr seconds kPatience{5};
constexpr milliseconds kLookEvery{20};

struct Given {
  std::int64_t id = 0;
  std::string command;
  std::optional<std::string> outcome;  // none yet
  std::optional<std::string> daemon;   // who should have applied it
};

std::optional<std::string> outcome_of(Database& database, std::int64_t id) {
  Statement statement(database, "SELECT outcome FROM control WHERE id = ?1");
  statement.bind(id);
  if (!statement.step() || statement.is_null(0)) return std::nullopt;
  return std::string(statement.text(0));
}

// Looks every few milliseconds until there is an outcome or nobody is patient any more.
void wait_for_outcome(boost::asio::io_context& loop, Database& database, Given& given) {
  boost::asio::steady_timer patience(loop, kPatience);
  boost::asio::steady_timer next_look(loop);
  patience.async_wait([&](boost::system::error_code) { loop.stop(); });
  const std::function<void(boost::system::error_code)> look = [&](boost::system::error_code) {
    given.outcome = outcome_of(database, given.id);
    if (given.outcome) return loop.stop();
    next_look.expires_after(kLookEvery);
    next_look.async_wait(look);
  };
  look({});
  loop.run();
}

// Inserts it, and waits for its outcome while there is a daemon to apply it.
Given give(boost::asio::io_context& loop, Database& database, const std::string& command,
           const std::string& target) {
  Given given;
  given.command = command;
  {
    Transaction transaction(database);
    Statement(database, "INSERT INTO control (command, target) VALUES (?1, ?2)").bind(command, target).run();
    given.id = database.last_id();
    transaction.commit();
  }
  given.daemon = StateLock::holder(database.path().parent_path());
  if (given.daemon) wait_for_outcome(loop, database, given);
  return given;
}

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

bool is_refused(const Given& given) { return given.outcome && given.outcome->starts_with("refused"); }

void say(const Given& given, const std::string& target) {
  if (given.outcome) {
    std::fputs(fmt::format("{}\n", *given.outcome).c_str(), is_refused(given) ? stderr : stdout);
  } else if (given.daemon) {
    std::fputs(fmt::format("fanoutctl: {} has not applied order {} within {} s; it is kept and will be\n"
                           "  look with: journalctl -u fanoutd -n 20\n",
                           *given.daemon, given.id, kPatience.count())
                   .c_str(),
               stderr);
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
  const bool came_to_nothing = is_refused(given) || (given.daemon && !given.outcome);
  return static_cast<int>(came_to_nothing ? Exit::failure : Exit::well);
}

}  // namespace fanout
