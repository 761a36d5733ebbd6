#include "daemon/fanoutctl/giving.h"

#include <fmt/format.h>

#include <boost/asio/steady_timer.hpp>

#include "store/state_lock.h"

namespace fanout {
namespace {

constexpr seconds kPatience{5};
constexpr milliseconds kLookEvery{20};

std::optional<std::string> outcome_of(Database& database, std::int64_t id) {
  Statement statement(database, "SELECT outcome FROM control WHERE id = ?1");
  statement.bind(id);
  if (!statement.step() || statement.is_null(0)) return std::nullopt;
  return std::string(statement.text(0));
}

}  // namespace

std::string Given::not_applied() const {
  return fmt::format(
      "{} has not applied order {} within {} s; it is kept and will be\n"
      "  look with: journalctl -u fanoutd -n 20",
      daemon.value_or("nobody"), id, kPatience.count());
}

bool wait_until(boost::asio::io_context& loop, const std::function<bool()>& is_done,
                std::optional<milliseconds> patience) {
  boost::asio::steady_timer end(loop), next_look(loop);
  bool done = false;
  if (patience) {
    end.expires_after(*patience);
    end.async_wait([&](boost::system::error_code error) {
      if (!error) loop.stop();
    });
  }
  const std::function<void(boost::system::error_code)> look = [&](boost::system::error_code error) {
    if (error) return;
    done = is_done();
    if (done) return loop.stop();
    next_look.expires_after(kLookEvery);
    next_look.async_wait(look);
  };
  loop.restart();
  look({});
  if (!done) loop.run();
  return done;
}

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
  if (!given.daemon) return given;
  const auto is_applied = [&] { return (given.outcome = outcome_of(database, given.id)).has_value(); };
  wait_until(loop, is_applied, kPatience);
  return given;
}

}  // namespace fanout
