#include "sim/machine.h"

#include <fmt/format.h>

#include <set>
#include <utility>
#include <variant>

#include "base/error.h"
#include "config/load.h"
#include "sim/slow_executor.h"

namespace fanout::sim {

const char* const kDatabase = "/state/fanoutd.db";
const char* const kOutputs = "/state/out";

namespace {

constexpr const char* kPeek = "/peek/fanoutd.db";
const WallTime kBegin = WallTime(std::chrono::sys_days(std::chrono::year(2026) / 11 / 23));

Log journal_log(Journal& journal) {
  return Log([&journal](Severity severity, std::string_view line) {
    journal.line(fmt::format("<{}> {}", static_cast<int>(severity), line));
    if (line.find(kSecret) != std::string_view::npos) journal.found("a log line holds the secret");
  });
}

std::string text_of(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    return error.what();
  } catch (Trouble) {
    return "the process is dead";
  }
}

}  // namespace

Machine::Machine(std::uint64_t seed, const Plan& plan, Timeline& timeline, Journal& journal)
    : plan_(plan),
      chance_(seed),
      timeline_(timeline),
      journal_(journal),
      clock_(timeline, kBegin),
      files_(chance_.next()),
      vfs_(files_, "fanout-sim", chance_.next()),
      disk_(files_),
      log_(journal_log(journal)),
      jitter_(chance_.next()) {
  for (const auto& [name, vendor] : plan.vendors) {
    vendors_.emplace(name,
                     std::make_unique<SimVendor>(plan, name, chance_.next(), timeline, clock_, journal));
    vendors_.at(name)->witness().promise(vendor);
  }
}

Machine::~Machine() {
  files_.die();
  tear_down();
}

std::shared_ptr<const Config> Machine::read_plan() const {
  auto loaded = load_config_text(plan_.toml(), "fanoutd.toml");
  if (const auto* errors = std::get_if<ConfigErrors>(&loaded)) {
    throw Error("the plan is no configuration: " + errors->front().text(), plan_.toml());
  }
  return std::make_shared<const Config>(std::get<Config>(std::move(loaded)));
}

bool Machine::start() {
  ++process_;
  drained_ = false;
  failure_ = nullptr;
  journal_.line(fmt::format("process {} starts", process_));
  const auto config = read_plan();
  try {
    loop_ = std::make_unique<boost::asio::io_context>();
    store_ = std::make_unique<SqliteStore>(kDatabase, vfs_.name());
    const auto recovered = store_->recover(clock_.wall());
    outputs_ = std::make_unique<Outputs>(disk_, kOutputs, recovered.open_parts, log_);
    keeper_ = std::make_unique<Keeper>(*store_, *outputs_, clock_);
    const auto later = [this, process = process_](std::function<void()> work) {
      // Now and then longer than is reserved.
      const auto longest = chance_.one_in(100) ? 1500 : chance_.one_in(10) ? 60 : 6;
      timeline_.after(chance_.between(microseconds(100), milliseconds(longest)),
                      [this, process, work = std::move(work)] {
                        if (process == process_ && loop_) work();
                      });
    };
    Surroundings around{clock_,
                        jitter_,
                        log_,
                        *keeper_,
                        [this](const VendorSpec& spec) {
                          return vendors_.at(spec.name)->transport(loop_->get_executor(), spec);
                        },
                        {loop_->get_executor(), SlowExecutor(*loop_, later), loop_->get_executor(),
                         [this](std::exception_ptr failure) { failure_ = std::move(failure); }}};
    engine_ = std::make_unique<Engine>(std::move(around), config, recovered);
    engine_->begin();
    return true;
  } catch (...) {
    journal_.line(fmt::format("process {} cannot start: {}", process_, text_of(std::current_exception())));
    failure_ = std::current_exception();
    if (!engine_) tear_down();
    return false;
  }
}

bool Machine::poll() {
  if (!loop_) return true;
  loop_->restart();
  while (!failure_ && !drained_ && !files_.dead() && loop_->poll_one() > 0) {
  }
  if (failure_) journal_.line(fmt::format("process {} fails: {}", process_, text_of(failure_)));
  return !failure_ && !drained_ && !files_.dead();
}

void Machine::reload() {
  if (!engine_) return;
  engine_->reconfigure(read_plan());
}

void Machine::drain(milliseconds patience) {
  if (engine_) engine_->drain(patience, [this] { drained_ = true; });
}

// What hangs in the loop goes first: its coroutines hold on to the engine and the transports.
void Machine::tear_down() {
  for (auto& [name, vendor] : vendors_) vendor->hang_up();
  loop_.reset();
  engine_.reset();
  keeper_.reset();
  outputs_.reset();
  store_.reset();
}

void Machine::kill() {
  journal_.line(fmt::format("process {} is killed", process_));
  files_.die();
  after_death(false);
}

void Machine::cut_power() {
  journal_.line(fmt::format("process {} loses its power", process_));
  files_.cut_power();
  after_death(false);
  clock_.reboot();
}

void Machine::end() {
  journal_.line(fmt::format("process {} ends", process_));
  after_death(drained_);
}

void Machine::after_death(bool in_order) {
  std::set<Question> asked;
  for (auto& [name, vendor] : vendors_) {
    asked.insert(vendor->asked_in_this_life().begin(), vendor->asked_in_this_life().end());
    if (!in_order) vendor->witness().forget_recent_quiet(seconds(1));
    vendor->witness().crashed_while_down();
  }
  tear_down();
  if (files_.dead()) {
    files_.begin_again();
    vfs_.forget_locks();
  }
  ++deaths_;
  Peek peek(files_, vfs_);
  auto* database = peek.database();
  if (database == nullptr) return;
  const char* kWanted =
      in_order ? "SELECT t.run, r.pipeline, t.level, t.key, t.page FROM task t JOIN run r ON r.id = t.run "
                 "WHERE t.state IN ('ready', 'leased')"
               : "SELECT t.run, r.pipeline, t.level, t.key, t.page FROM task t JOIN run r ON r.id = t.run "
                 "WHERE t.state = 'leased'";
  Statement unsettled(*database, kWanted);
  while (unsettled.step()) {
    const Question question{
        unsettled.integer(0),
        {std::string(unsettled.text(1)), std::string(unsettled.text(2)), std::string(unsettled.text(3))},
        static_cast<int>(unsettled.integer(4))};
    if (asked.contains(question)) ++excused_[question];
  }
}

Peek::Peek(SimFiles& files, SimVfs& vfs) : files_(files) {
  files_.look(true);
  const std::string original = kDatabase, copy = kPeek;
  for (const std::string ending : {"-wal", "-journal", ""}) files_.copy(original + ending, copy + ending);
  vfs.forget_locks_of(copy);
  if (!files_.find(copy)) return;
  database_ = std::make_unique<Database>(copy, Database::Mode::read_write, vfs.name());
  if (database_->number("SELECT count(*) FROM sqlite_schema WHERE name = 'control'") == 0) database_.reset();
}

Peek::~Peek() {
  database_.reset();
  files_.look(false);
}

}  // namespace fanout::sim
