// fanoutctl: looks at the queue of fanoutd and steers it, through its database. See docs/operations.md.
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdio>
#include <functional>
#include <sstream>

#include "base/error.h"
#include "base/system_clock.h"
#include "daemon/fanoutctl/showing.h"
#include "daemon/fanoutctl/steering.h"
#include "daemon/fanoutctl/words.h"
#include "daemon/live_lines.h"
#include "daemon/open_database.h"

namespace fanout {
namespace {

// Shows it anew each second until somebody ends us.
void watch(boost::asio::io_context& loop, Database& database, const Words& words, const Clock& clock) {
  LiveLines lines(STDOUT_FILENO);
  const bool live = LiveLines::possible_on(STDOUT_FILENO) && !words.json;
  boost::asio::steady_timer timer(loop);
  const std::function<void(boost::system::error_code)> show = [&](boost::system::error_code error) {
    if (error) return;
    const auto text = shown(database, words, clock.wall());
    if (live) {
      std::vector<std::string> drawn;
      std::istringstream all(text);
      for (std::string line; std::getline(all, line);) drawn.push_back(line);
      lines.draw(std::move(drawn));
    } else {
      std::puts(text.c_str());
      std::fflush(stdout);
    }
    timer.expires_after(seconds(1));
    timer.async_wait(show);
  };
  show({});
  loop.run();
}

std::filesystem::path state_dir_of(const Words& words) {
  return words.state_dir.empty() ? checked_config(words.config, {}).state_dir : words.state_dir;
}

int run(const Words& words) {
  boost::asio::io_context loop(1);
  const SystemClock clock(loop.get_executor());
  const auto state_dir = state_dir_of(words);
  if (is_order(words)) return give_order(loop, state_dir, words);
  auto database = open_beside(state_dir, Database::Mode::read_only);
  if (words.watch) {
    watch(loop, database, words, clock);
  } else {
    std::fputs(shown(database, words, clock.wall()).c_str(), stdout);
  }
  return 0;
}

}  // namespace
}  // namespace fanout

int main(int argc, char** argv) {
  try {
    const auto words = fanout::words_from(argc, argv);
    if (const auto* code = std::get_if<int>(&words)) return *code;
    return fanout::run(std::get<fanout::Words>(words));
  } catch (...) {
    return fanout::explain("fanoutctl", std::current_exception());
  }
}
