#include "sim/simulation.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cstdlib>

#include "base/error.h"
#include "sim/ledger.h"

namespace fanout::sim {
namespace {

constexpr microseconds kLongest = std::chrono::hours(24 * 25);
constexpr std::uint64_t kMostEvents = 2'000'000;
constexpr int kMostRefused = 100;  // starts in a row; a full disk does not last that long

}  // namespace

Simulation::Simulation(std::uint64_t seed, std::function<void(std::string_view)> show)
    : chance_(seed),
      plan_(draw_plan(chance_)),
      journal_(timeline_, std::move(show)),
      machine_(chance_.next(), plan_, timeline_, journal_),
      operator_(machine_, plan_, timeline_, journal_, chance_.next()),
      turns_(plan_, journal_) {
  for (auto& [name, vendor] : machine_.vendors()) {
    vendor->watch([this](const std::string& pipeline) {
      if (calm_ && machine_.running()) turns_.arrived(pipeline, machine_.engine()->progress());
    });
  }
  // SQLite's own chances, which it draws for all connections of a process.
  sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, static_cast<int>(seed % 1'000'000'007) + 1, nullptr);
}

fanout::sim::Verdict Simulation::run() {
  journal_.line("\n" + plan_.toml());
  trouble();
  live();
  Verdict verdict;
  if (!journal_.finding()) {
    Ledger first(machine_, plan_, journal_);
    first.check();
    verdict.tasks = first.tasks();
    verdict.records = first.records();
    if (!journal_.finding() && chance_.one_in(3)) {
      second_life();
      Ledger second(machine_, plan_, journal_);
      second.remember(first);
      if (!journal_.finding()) second.check();
      verdict.pruned = second.pruned();
    }
  }
  for (const auto& [name, vendor] : machine_.vendors()) verdict.requests += vendor->witness().arrivals();
  verdict.finding = journal_.finding();
  verdict.hash = journal_.hash();
  verdict.lines = journal_.lines();
  verdict.deaths = machine_.deaths();
  return verdict;
}

void Simulation::live() {
  start_later(microseconds(0));
  while (!journal_.finding() && !is_settled()) go_on();
  if (journal_.finding()) return;
  ending_ = true;
  machine_.drain(seconds(5));
  while (!journal_.finding() && machine_.running()) go_on();
}

// Days later, with runs that are kept for one day only: the old ones go while new ones meet their trouble.
void Simulation::second_life() {
  journal_.line("days later");
  plan_.keep = "1d";
  calm_ = resumed_ = ending_ = false;
  const auto begin = timeline_.now() + std::chrono::hours(chance_.between(1, 72));
  timeline_.at(begin, [] {});
  while (timeline_.now() < begin && timeline_.step()) {
  }
  // From then on the clock is trusted, and the end of a run prunes.
  trouble_ends_ = begin + std::chrono::hours(26);
  for (const auto& [name, pipeline] : plan_.pipelines) {
    if (pipeline.there)
      timeline_.at(trouble_ends_ - seconds(chance_.between(1, 60)),
                   [this, target = name] { operator_.order("start", target); });
  }
  const auto count = chance_.between(0, 12);
  for (int i = 0; i < count; ++i)
    timeline_.at(trouble_ends_ - chance_.between(seconds(0), seconds(60)), [this] { one_trouble(); });
  timeline_.at(trouble_ends_, [this] { calm(); });
  live();
}

void Simulation::go_on() {
  const bool alive = machine_.poll();
  if (!alive) {
    if (machine_.files().dead()) {
      died(chance_.one_in(2));
    } else {
      machine_.end();
      if (!ending_) start_later(chance_.between(seconds(1), seconds(30)));
    }
    return;
  }
  if (!timeline_.step()) journal_.found("nothing is going to happen any more, and not all is settled");
  if (timeline_.now() > kLongest) journal_.found("it does not end in 25 days");
  if (timeline_.events_so_far() > kMostEvents) journal_.found("it does not end in two million events");
}

void Simulation::died(bool power) {
  power ? machine_.cut_power() : machine_.kill();
  start_later(chance_.one_in(8) ? chance_.between(seconds(1), seconds(7200))
                                : chance_.between(milliseconds(50), seconds(20)));
}

void Simulation::start_later(microseconds delay) {
  if (start_is_planned_) return;
  start_is_planned_ = true;
  timeline_.after(delay, [this] {
    start_is_planned_ = false;
    if (machine_.running()) return;
    if (machine_.start()) {
      refused_ = 0;
      return;
    }
    if (++refused_ > kMostRefused) journal_.found("the daemon does not start any more");
    if (machine_.files().dead()) {
      died(chance_.one_in(2));
    } else {
      start_later(chance_.between(seconds(1), seconds(60)));
    }
  });
}

void Simulation::trouble() {
  // Mostly as long as the first runs take, so that it meets them.
  trouble_ends_ =
      chance_.between(seconds(30), chance_.one_of<seconds>({seconds(60), seconds(300), seconds(3600)}));
  for (auto& [name, vendor] : machine_.vendors())
    if (chance_.one_in(3)) vendor->set_weather(draw_weather());
  for (const auto& [name, pipeline] : plan_.pipelines) {
    if (pipeline.there && pipeline.schedule.empty()) {
      timeline_.after(chance_.between(seconds(1), seconds(20)),
                      [this, target = name] { operator_.order("start", target); });
    }
  }
  const auto count = chance_.between(0, 25);
  for (int i = 0; i < count; ++i) {
    timeline_.after(chance_.between(microseconds(0), trouble_ends_), [this] { one_trouble(); });
  }
  timeline_.at(trouble_ends_, [this] { calm(); });
}

void Simulation::one_trouble() {
  if (calm_) return;
  auto& files = machine_.files();
  switch (chance_.next() % 14) {
    case 0:
      if (machine_.running()) {
        machine_.kill();
        start_later(chance_.between(milliseconds(20), seconds(30)));
      }
      break;
    case 1:
      if (machine_.running()) died(true);
      break;
    case 2:
    case 3:
      files.die_after(static_cast<std::uint64_t>(chance_.between(1, 300)));
      break;
    case 4:
      files.fail_after(static_cast<std::uint64_t>(chance_.between(1, 300)));
      break;
    case 5:
      files.set_full(true);
      timeline_.after(chance_.between(seconds(1), seconds(300)),
                      [this] { machine_.files().set_full(false); });
      break;
    case 6: {
      const auto jump = seconds(chance_.between(-7200, 7200));
      journal_.line(fmt::format("the wall clock jumps by {} s", jump.count()));
      machine_.clock().set_wall_by(jump);
      if (machine_.running()) machine_.engine()->clock_changed();
      break;
    }
    case 7:
      reload();
      break;
    case 8:
      machine_.drain(chance_.between(seconds(0), seconds(20)).count() == 0 ? milliseconds(0) : seconds(3));
      break;
    case 9:
    case 10:
      vendor_trouble();
      break;
    default:
      operator_.visit();
      break;
  }
}

Weather Simulation::draw_weather() {
  Weather weather;
  weather.errors = static_cast<int>(chance_.between(0, 30));
  weather.refusals = static_cast<int>(chance_.between(0, 10));
  weather.breaks = static_cast<int>(chance_.between(0, 20));
  weather.stalls = static_cast<int>(chance_.between(0, 5));
  weather.redirects = static_cast<int>(chance_.between(0, 20));
  weather.busy = static_cast<int>(chance_.between(0, 10));
  return weather;
}

void Simulation::vendor_trouble() {
  auto& vendors = machine_.vendors();
  auto& vendor =
      *std::next(vendors.begin(), chance_.between(0, static_cast<std::int64_t>(vendors.size()) - 1))->second;
  // Of an hour or of two days where there is trouble for as long.
  const auto length =
      chance_.between(seconds(5), chance_.one_of<seconds>({seconds(300), seconds(300), seconds(3600)}));
  if (chance_.one_in(2)) {
    vendor.set_weather(draw_weather());
    timeline_.after(length, [&vendor] { vendor.set_weather({}); });
  } else if (chance_.one_in(4)) {
    vendor.refuse_credentials(true);
    timeline_.after(length, [&vendor] { vendor.refuse_credentials(false); });
  } else if (vendor.outage() == SimVendor::Outage::none) {
    vendor.set_outage(chance_.one_of<SimVendor::Outage>(
        {SimVendor::Outage::unresolved, SimVendor::Outage::refused, SimVendor::Outage::reset,
         SimVendor::Outage::unavailable, SimVendor::Outage::silent}));
    vendor.witness().down(timeline_.now() + length);
    timeline_.after(length, [&vendor] {
      vendor.set_outage(SimVendor::Outage::none);
      vendor.witness().up();
    });
  }
}

void Simulation::reload() {
  auto& vendors = plan_.vendors;
  auto& vendor =
      std::next(vendors.begin(), chance_.between(0, static_cast<std::int64_t>(vendors.size()) - 1))->second;
  if (chance_.percent(60)) {
    draw_limits(vendor, chance_);
    machine_.vendors().at(vendor.name)->witness().promise(vendor);
  }
  if (chance_.percent(30)) vendor.attempts = static_cast<int>(chance_.between(2, 6));
  for (auto& [name, pipeline] : plan_.pipelines) {
    if (chance_.percent(20)) pipeline.weight = static_cast<int>(chance_.between(1, 3));
    if (chance_.percent(30)) pipeline.there = true;
    if (chance_.percent(20) && pipeline.outputs.size() > 1) pipeline.outputs[0].removed = true;
  }
  journal_.line("reload\n" + plan_.toml());
  machine_.reload();
}

void Simulation::calm() {
  journal_.line("all is well from now on");
  calm_ = true;
  machine_.files().never_fail();
  machine_.files().set_full(false);
  for (auto& [name, vendor] : machine_.vendors()) {
    vendor->settle_down();
    vendor->witness().up();
  }
  for (auto& [name, pipeline] : plan_.pipelines) {
    pipeline.schedule.clear();
    // All at once, so that they have to share.
    if (pipeline.there)
      timeline_.after(seconds(5), [this, target = name] { operator_.order("start", target); });
  }
  if (machine_.running()) {
    machine_.reload();
  } else {
    start_later(seconds(1));
  }
}

bool Simulation::is_settled() {
  if (!calm_ || !machine_.running() || machine_.drained() || machine_.files().dead()) return false;
  if (!resumed_) {
    resumed_ = operator_.resume_all();
    return false;
  }
  if (!machine_.engine()->progress().empty()) return false;
  Peek peek(machine_.files(), machine_.vfs());
  auto* database = peek.database();
  return database != nullptr && database->number("SELECT count(*) FROM control WHERE outcome IS NULL") == 0 &&
         database->number("SELECT count(*) FROM run WHERE finished_at IS NULL") == 0;
}

fanout::sim::Verdict simulate(std::uint64_t seed, std::function<void(std::string_view)> show) {
  setenv(kSecretVariable, kSecret, 1);
  return Simulation(seed, std::move(show)).run();
}

}  // namespace fanout::sim
