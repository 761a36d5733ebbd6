#include "daemon/fanoutctl/steering.h"

#include <fmt/format.h>

#include <boost/asio/steady_timer.hpp>
#include <cstdio>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "base/error.h"
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
  return !words.target.empty() || (words.verb != "status" && words.verb != "runs" && words.verb != "stuck" &&
                                   words.verb != "dead list" && words.verb != "dead show");
}

int give_order(boost::asio::io_context& loop, const std::filesystem::path& state_dir, const Words& words) {
  auto database = open_beside(state_dir, Database::Mode::read_write);
  const auto command = words.verb.substr(words.verb.rfind(' ') + 1);  // "dead redrive" is "redrive"
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
