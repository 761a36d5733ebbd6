#include "daemon/fanoutd/house.h"

#include <fmt/format.h>
#include <signal.h>

#include <boost/asio/post.hpp>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <sstream>
#include <string>
#include <tuple>
#include <utility>

#include "base/units.h"
#include "config/shared_origin.h"
#include "daemon/fanoutd/machine_limits.h"
#include "daemon/fanoutd/process.h"
#include "daemon/fanoutd/summary.h"
#include "daemon/open_database.h"
#include "http/https_transport.h"

namespace fanout {
namespace {

// Below the unit's TimeoutStopSec: what a vendor has not answered by then is put back unspent.
constexpr seconds kPatience{20};
// No honest disk takes so long for a batch; a lock that another program holds is given up on before, and said
// as that.
constexpr seconds kSlowDisk{8};

std::uint64_t seed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

// The first two lines: how many errors there are, and the first of them.
std::string in_short(const std::string& text) {
  const auto first = text.find('\n');
  if (first == std::string::npos) return text;
  const auto second = text.find('\n', first + 1);
  return text.substr(0, first) + ": " + text.substr(first + 1, second - first - 1);
}

// What holds, and may yet surprise.
void warn_about(const Config& config, const MachineLimits& limits, const Log& log) {
  for (const auto& line : compare(config, limits).tight) log.warning(line);
  for (const auto& line : shared_origins(config)) log.warning(line);
}

}  // namespace

House::House(Options options, std::shared_ptr<const Config> config)
    : options_(std::move(options)),
      config_(std::move(config)),
      clock_(loop_.get_executor()),
      begun_at_(clock_.wall()),
      voice_(loop_.get_executor(), clock_, *config_, options_.once),
      premises_(config_->state_dir, clock_, voice_.log()),
      random_(seed()),
      signals_(loop_, SIGHUP, SIGTERM, SIGINT) {
  const auto limits = machine_limits();
  expect_room(*config_, limits);
  warn_about(*config_, limits, voice_.log());
  const auto loop = loop_.get_executor();
  engine_.emplace(
      Surroundings{
          .clock = clock_,
          .random = random_,
          .log = voice_.log(),
          .keeper = premises_.keeper,
          .make_transport =
              [loop](const VendorSpec& vendor) { return std::make_unique<HttpsTransport>(loop, vendor); },
          .threads = {.loop = loop,
                      .store = threads_.store.executor(),
                      .reading = threads_.reading.executor(),
                      .fail = [this](std::exception_ptr failure) { fail(std::move(failure)); }},
          .fanoutctl = "fanoutctl" + same_place(options_),
      },
      config_, premises_.recovered);
}

House::~House() { threads_.end(); }

void House::Threads::end() {
  store.end();
  reading.end();
}

Exit House::run() {
  wait_for_signal();
  let_signals_in();
  begin();
  loop_.run();
  // From here on nobody else uses the database.
  threads_.end();
  voice_.finish();
  if (end_.failure) std::rethrow_exception(end_.failure);
  if (options_.once) finish_once();
  return end_.exit.value_or(Exit::failure);
}

void House::begin() {
  const auto loop = loop_.get_executor();
  watches_.emplace(
      Watches{StorePulse(loop, threads_.store.executor(), clock_, voice_.log(), kSlowDisk, [this] {
        if (watches_->status) watches_->status->look();
      })});
  watches_->database.emplace(
      loop, database_path(config_->state_dir), premises_.files,
      [this] {
        engine_->database_changed();
        if (watches_->status) watches_->status->something_happened();
      },
      [this](const std::string& what) {
        fail(std::make_exception_ptr(Error(
            what + " while the daemon ran, so nothing more is asked: what it wrote would be nobody's",
            "put it back in its place and start again: what was in flight is asked again. After a start "
            "without it the queue begins anew")));
      });
  watches_->clock.emplace(loop, [this] { engine_->clock_changed(); });
  if (const auto patience = Watchdog::patience_of_systemd()) {
    watches_->watchdog.emplace(loop, watches_->pulse, *patience, [this] { voice_.systemd().alive(); });
  }
  if (options_.once) {
    for (const auto& line : paused_lines(premises_.recovered.limiters, options_)) voice_.log().warning(line);
    voice_.display().begin([this] { return engine_->progress(); });
    engine_->begin_once(options_.pipelines, [this](std::int64_t dead_letters) {
      leave(dead_letters > 0 ? Exit::dead_letters : Exit::well);
    });
  } else {
    watches_->status.emplace(loop, *engine_, watches_->pulse, voice_.systemd());
    note({});  // what the one before us had refused may be in force now
    engine_->begin();
    watches_->status->something_happened();
  }
  voice_.systemd().ready(status());
}

std::string House::status() const { return watches_->status ? watches_->status->line() : engine_->status(); }

void House::leave(Exit exit) {
  end_.exit = exit;
  loop_.stop();
}

void House::fail(std::exception_ptr failure) {
  if (!end_.failure) end_.failure = std::move(failure);
  loop_.stop();
}

void House::wait_for_signal() {
  signals_.async_wait([this](boost::system::error_code error, int signal) {
    if (error) return;
    wait_for_signal();
    obey(signal);
  });
}

void House::obey(int signal) {
  if (signal == SIGHUP) {
    if (end_.draining)
      return voice_.log().notice("told to reload, which is of no use now: it is about to end");
    return reload();
  }
  if (end_.draining) {
    voice_.log().warning(
        "told again to end: requests in flight are given up, and asked again after the next start");
    voice_.finish();
    std::_Exit(static_cast<int>(Exit::failure));  // as good as kill -9, and as harmless
  }
  drain();
}

void House::drain() {
  end_.draining = true;
  voice_.log().notice(
      "told to end: nothing new is asked; waiting for requests in flight, or until told again");
  if (watches_->status) watches_->status->end();
  voice_.systemd().stopping("draining");
  engine_->drain(kPatience, [this] {
    voice_.log().notice("nothing is in flight any more: what is open goes on after the next start");
    leave(options_.once ? Exit::failure : Exit::well);
  });
}

void House::reload() {
  voice_.systemd().reloading(clock_.monotonic());
  try {
    take(std::make_shared<Config>(checked_config(options_.config, options_.state_dir)));
  } catch (const Error& error) {
    refuse(error);
  }
  voice_.systemd().ready(status());
}

void House::take(std::shared_ptr<Config> config) {
  const auto limits = machine_limits();
  expect_room(*config, limits);
  const auto fixed = [](const Config& c) { return std::tie(c.state_dir, c.log_format, c.log_level); };
  if (fixed(*config) != fixed(*config_)) {
    voice_.log().warning("state_dir and [log] hold from the next start on");
  }
  config->state_dir = config_->state_dir;
  engine_->reconfigure(config);
  config_ = std::move(config);
  if (watches_->status) watches_->status->put_first({});
  note({});
  warn_about(*config_, limits, voice_.log());
  voice_.log().notice(fmt::format("{} is in force", options_.config.string()));
}

// It stays in the status until a later one is in force.
void House::refuse(const Error& error) {
  std::istringstream errors(error.what());
  for (std::string line; std::getline(errors, line);) voice_.log().error(line);
  // A whole sample is for who begins.
  if (!error.hint().empty() && error.hint().find('\n') == std::string::npos) voice_.log().error(error.hint());
  voice_.log().error(fmt::format("{} is not in force; what was, still is", options_.config.string()));
  const auto what = fmt::format("{} is not in force: {}", options_.config.string(), in_short(error.what()));
  if (watches_->status) watches_->status->put_first(what);
  note(what);
}

// For fanoutctl and the shell. What cannot be written now is in the log and in the status.
void House::note(const std::string& what) {
  boost::asio::post(threads_.store.executor(),
                    [this, notice = Notice{"configuration", what}, now = clock_.wall()] {
                      try {
                        premises_.store.note(notice, now);
                      } catch (const MustWait&) {
                      } catch (...) {
                        boost::asio::post(loop_, [this, error = std::current_exception()] { fail(error); });
                      }
                    });
}

void House::finish_once() {
  if (end_.draining) {
    std::fputs(fmt::format("stopped before the end; what is open is kept. To go on: fanoutd{} --once\n",
                           same_place(options_))
                   .c_str(),
               stderr);
    return;
  }
  auto database = open_beside(config_->state_dir, Database::Mode::read_only);
  std::fputs(summary_of(database, *config_, options_, begun_at_).c_str(), stdout);
}

}  // namespace fanout
