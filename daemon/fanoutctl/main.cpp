// fanoutctl: looks at the queue of fanoutd and steers it, through its database. See docs/operations.md.
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdio>
#include <functional>
#include <sstream>

#include "base/error.h"
#include "base/system_clock.h"
#include "daemon/fanoutctl/sample.h"
#include "daemon/fanoutctl/showing.h"
#include "daemon/fanoutctl/steering.h"
#include "daemon/fanoutctl/words.h"
#include "daemon/live_lines.h"
#include "daemon/open_database.h"

namespace fanout {
namespace {

// Opened anew for each look: it may be another file by then, or one that a daemon has begun to write to.
std::string look(const std::filesystem::path& state_dir, const Words& words, const Clock& clock) {
  auto database = open_beside(state_dir, Database::Mode::read_only);
  return shown(database, words, clock.wall());
}

// Shows it anew each second until somebody ends us.
void watch(boost::asio::io_context& loop, const std::filesystem::path& state_dir, const Words& words,
           const Clock& clock) {
  LiveLines lines(STDOUT_FILENO);
  const bool live = LiveLines::possible_on(STDOUT_FILENO) && !words.json;
  boost::asio::steady_timer timer(loop);
  const std::function<void(boost::system::error_code)> show = [&](boost::system::error_code error) {
    if (error) return;
    const auto text = look(state_dir, words, clock);
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

// The rest of the configuration may be wrong: it is the daemon's.
std::filesystem::path state_dir_of(const Words& words) {
  if (!words.state_dir.empty()) return words.state_dir;
  const auto place = state_place(words.config);
  if (!place.unread.empty()) {
    complain("fanoutctl", {place.unread, "  so this is about " + place.folder.string() +
                                             "; name another folder with --state-dir"});
  }
  return place.folder;
}

int run(const Words& words) {
  boost::asio::io_context loop(1);
  const SystemClock clock(loop.get_executor());
  const auto state_dir = state_dir_of(words);
  if (words.sample > 0) take_sample(loop, state_dir, words);
  if (is_order(words)) return give_order(loop, state_dir, words);
  if (words.watch) {
    watch(loop, state_dir, words, clock);
  } else {
    std::fputs(look(state_dir, words, clock).c_str(), stdout);
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
