#include "daemon/fanoutd/house.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string>
#include <tuple>
#include <utility>
#include <variant>

#include "base/units.h"
#include "daemon/fanoutd/summary.h"
#include "daemon/open_database.h"
#include "http/https_transport.h"

namespace fanout {
namespace {

// Below the unit's TimeoutStopSec: what a vendor has not answered by then is put back unspent.
constexpr seconds kPatience{20};

std::uint64_t seed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

}  // namespace

House::House(Options options, std::shared_ptr<const Config> config)
    : options_(std::move(options)),
      config_(std::move(config)),
      clock_(loop_.get_executor()),
      begun_at_(clock_.wall()),
      error_log_(standard_error_log(config_->log_format, config_->log_level)),
      display_(loop_.get_executor(), clock_),
      log_(options_.once ? display_.beside(error_log_) : error_log_),
      lock_(config_->state_dir, format_utc(begun_at_)),
      store_(database_path(config_->state_dir)),
      recovered_(store_.recover(begun_at_)),
      outputs_(disk_, config_->state_dir / "out", recovered_.open_parts, log_),
      keeper_(store_, outputs_),
      random_(seed()),
      signals_(loop_, SIGHUP, SIGTERM, SIGINT) {
  log_.info(fmt::format("fanoutd {} with SQLite {}, state in {}", kVersion, SqliteStore::sqlite_version(),
                        config_->state_dir.string()));
  const auto loop = loop_.get_executor();
  engine_.emplace(
      Surroundings{
          .clock = clock_,
          .random = random_,
          .log = log_,
          .keeper = keeper_,
          .make_transport =
              [loop](const VendorSpec& vendor) { return std::make_unique<HttpsTransport>(loop, vendor); },
          .loop = loop,
          .store = store_thread_.executor(),
          .reading = reading_thread_.executor(),
          .fail =
              [this](std::exception_ptr failure) {
                if (!failure_) failure_ = std::move(failure);
                loop_.stop();
              },
      },
      config_, recovered_);
}

House::~House() {
  store_thread_.end();
  reading_thread_.end();
}

Exit House::run() {
  wait_for_signal();
  begin();
  loop_.run();
  // From here on nobody else uses the database.
  store_thread_.end();
  reading_thread_.end();
  display_.end();
  if (failure_) std::rethrow_exception(failure_);
  if (options_.once) finish_once();
  return exit_.value_or(Exit::failure);
}

void House::begin() {
  const auto loop = loop_.get_executor();
  database_watch_.emplace(loop, database_path(config_->state_dir), [this] {
    engine_->database_changed();
    if (status_) status_->something_happened();
  });
  clock_watch_.emplace(loop, [this] { engine_->clock_changed(); });
  if (const auto patience = Watchdog::patience_of_systemd()) {
    watchdog_.emplace(loop, store_thread_.executor(), *patience, [this] { systemd_.alive(); });
  }
  if (options_.once) {
    display_.begin([this] { return engine_->progress(); });
    engine_->begin_once(options_.pipelines, [this] {
      leave(engine_->dead_in_finished_runs() > 0 ? Exit::dead_letters : Exit::well);
    });
  } else {
    status_.emplace(loop, *engine_, systemd_);
    engine_->begin();
    status_->something_happened();
  }
  systemd_.ready(engine_->status());
}

void House::leave(Exit exit) {
  exit_ = exit;
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
    if (!draining_) reload();
    return;
  }
  if (draining_) {
    log_.warning("told again to end: requests in flight are given up, and asked again after the next start");
    display_.end();
    std::_Exit(static_cast<int>(Exit::failure));  // as good as kill -9, and as harmless
  }
  drain();
}

void House::drain() {
  draining_ = true;
  log_.notice("told to end: nothing new is asked; waiting for requests in flight, or until told again");
  if (status_) status_->end();
  systemd_.stopping("draining");
  engine_->drain(kPatience, [this] { leave(options_.once ? Exit::failure : Exit::well); });
}

void House::reload() {
  systemd_.reloading(clock_.monotonic());
  try {
    auto config = std::make_shared<Config>(checked_config(options_.config, options_.state_dir));
    const auto fixed = [](const Config& c) { return std::tie(c.state_dir, c.log_format, c.log_level); };
    if (fixed(*config) != fixed(*config_)) log_.warning("state_dir and [log] hold from the next start on");
    config->state_dir = config_->state_dir;
    engine_->reconfigure(config);
    config_ = std::move(config);
    log_.notice(fmt::format("{} is in force", options_.config.string()));
  } catch (const Error& error) {
    std::istringstream errors(error.what());
    for (std::string line; std::getline(errors, line);) log_.error(line);
    if (!error.hint().empty()) log_.error(error.hint());
    log_.error(fmt::format("{} is not in force; what was, still is", options_.config.string()));
  }
  systemd_.ready(engine_->status());
}

void House::finish_once() {
  if (draining_) {
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
