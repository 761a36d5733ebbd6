// Promise 2, over a disk that forgets: whatever happens at whichever operation, each record that is settled
// is there exactly once, and each that is not is asked for again.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "output/outputs.h"
#include "output/records.h"
#include "support/forgetful_disk.h"
#include "support/inflated.h"

namespace fanout {
namespace {

constexpr int kRecords = 60;
constexpr int kOperationsAtMost = 20;
constexpr std::int64_t kRoll = 1500;

enum class Crash { power_cut, kill, either, full };
std::string name_of(Crash crash) {
  switch (crash) {
    case Crash::power_cut:
      return "PowerCuts";
    case Crash::kill:
      return "Kills";
    case Crash::either:
      return "KillsAndPowerCuts";
    case Crash::full:
      return "FullDisks";
  }
  return {};
}
void PrintTo(Crash crash, std::ostream* out) { *out << name_of(crash); }

// The keeper and the store, as far as outputs see them.
class Harvest {
 public:
  explicit Harvest(std::uint64_t seed) : disk(seed), random_(seed) {
    for (const char* to :
         {"all.ndjson", "by/{group}/of.ndjson.zst", "{run}/packed.ndjson.gz", "raw/{id}.json"}) {
      outputs_of_config_.push_back(output_to(to));
      outputs_of_config_.back().roll = kRoll;
    }
    begin();
  }

  // The process lost its power, or was killed, and begins again; that fails too after so many operations.
  void crash(Crash how, std::optional<std::uint64_t> again_after = std::nullopt) {
    outputs_.reset();
    const bool has_power = how == Crash::kill || (how == Crash::either && random_.next() % 2 == 0);
    has_power ? disk.kill() : disk.cut_power();
    if (again_after) disk.fail_after(*again_after, ForgetfulDisk::Fault::power_cut);
    try {
      begin();
    } catch (const PowerCut&) {
      crash(how);
    }
  }

  // All that is not settled yet, in batches; what fails is tried again. `before_turn` may prepare a fault.
  template <typename BeforeTurn>
  void go_on(Crash how, BeforeTurn before_turn) {
    while (settled_.size() < kRecords) {
      before_turn();
      try_turn(how);
    }
    disk.never_fail();
    finishing_ = true;
    while (!try_turn(how)) {
    }
  }

  void expect_each_record_once() {
    std::map<std::string, int> lines;
    for (const auto& path : disk.files()) {
      SCOPED_TRACE(path);
      if (path == "/out.begun") continue;
      EXPECT_EQ(path.find("/."), std::string::npos) << "an unfinished file is left";
      if (path.ends_with(".json")) {
        EXPECT_EQ("/out/raw/" + *disk.contents(path) + ".json", path);
        ++lines[line_of(*disk.contents(path))];
        continue;
      }
      const auto row = rows_.find(path.substr(5));
      ASSERT_NE(row, rows_.end()) << "the store knows nothing of it";
      EXPECT_EQ(row->second.committed, std::ssize(*disk.contents(path)));
      const auto text = inflated(compression_of(path), *disk.contents(path));
      ASSERT_TRUE(text);
      std::istringstream stream(*text);
      for (std::string line; std::getline(stream, line);) ++lines[line + "\n"];
    }
    EXPECT_EQ(lines.size(), kRecords);
    for (const auto& [line, times] : lines) EXPECT_EQ(times, 1) << line;
    std::int64_t records = 0;
    for (const auto& [path, part] : rows_) {
      EXPECT_TRUE(part.sealed) << path;
      EXPECT_EQ(part.note, "") << path;
      records += part.records;
    }
    EXPECT_EQ(records, kRecords / 4 * 3) << "the rows do not add up";
  }

  ForgetfulDisk disk;

 private:
  static OutputSpec::Compression compression_of(const std::string& path) {
    return output_to(path).compression;
  }

  void begin() {
    std::vector<Part> open;
    for (const auto& [path, part] : rows_) {
      if (!part.sealed) open.push_back(part);
    }
    outputs_.emplace(disk, "/out", open, log_);
    outputs_->number_after([this](std::int64_t, const std::string& base) {
      int latest = 0;
      for (const auto& [path, part] : rows_) latest = std::max(latest, part.base == base ? part.number : 0);
      return latest;
    });
    unsaved_ = outputs_->recovered();
  }

  Record record(int id) const {
    const auto& output = outputs_of_config_[static_cast<std::size_t>(id) % outputs_of_config_.size()];
    const auto text = std::to_string(1000 + id);
    return record_for(output, text, {{"id", text}, {"run", "r17"}, {"group", std::to_string(id % 3)}});
  }

  bool try_turn(Crash how) {
    try {
      return turn();
    } catch (const PowerCut&) {
      crash(how);
    }
    return false;
  }

  // As Keeper::keep() does it.
  bool turn() {
    std::set<int> batch;
    const bool has_records = !finishing_ && random_.next() % 8 != 0;
    while (has_records && settled_.size() + batch.size() < kRecords && batch.size() < 8) {
      const int id = static_cast<int>(random_.next() % kRecords);
      if (!settled_.contains(id)) batch.insert(id);
      if (random_.next() % 8 == 0) break;
    }
    std::vector<Record> records;
    records.reserve(batch.size());
    for (const int id : batch) records.push_back(record(id));
    bool is_written = false;
    try {
      if (finishing_ || random_.next() % 6 == 0) {
        for (auto& part : outputs_->seal(17)) unsaved_.push_back(part);
      }
      Written written;
      if (!records.empty()) written = outputs_->write(records);
      is_written = true;
      for (const auto& problem : written.problems) EXPECT_EQ(problem, "");
      if (!finishing_ && random_.next() % 6 == 0) throw MustWait("the database is locked", "");
      for (const auto& part : written.parts) rows_[part.path] = part;
      for (const auto& part : unsaved_) rows_[part.path] = part;
      settled_.insert(batch.begin(), batch.end());
    } catch (const MustWait&) {
      if (is_written) outputs_->rolled_back();
      return false;
    }
    outputs_->committed();
    unsaved_ = outputs_->seal_full();
    return true;
  }

  SeededRandom random_;
  Log log_{[](Severity, std::string_view) {}};
  std::vector<OutputSpec> outputs_of_config_;
  std::optional<Outputs> outputs_;
  std::map<std::string, Part> rows_;
  std::vector<Part> unsaved_;
  std::set<int> settled_;
  bool finishing_ = false;
};

ForgetfulDisk::Fault fault_of(Crash how) {
  return how == Crash::full ? ForgetfulDisk::Fault::full : ForgetfulDisk::Fault::power_cut;
}

class ExactlyOnce : public testing::TestWithParam<Crash> {};

TEST_P(ExactlyOnce, WhicheverOperationItHappensAt) {
  bool happened = true;
  for (std::uint64_t operation = 0; happened; ++operation) {
    SCOPED_TRACE("operation " + std::to_string(operation));
    Harvest harvest(3);
    harvest.disk.fail_after(operation, fault_of(GetParam()));
    harvest.go_on(GetParam(), [] {});
    harvest.expect_each_record_once();
    if (HasFailure()) return;
    happened = operation < harvest.disk.operations();
  }
}

TEST_P(ExactlyOnce, HoweverOftenItHappens) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Harvest harvest(seed);
    SeededRandom random(seed + 1'000'000);
    harvest.go_on(GetParam(), [&] {
      if (random.next() % 2 == 0)
        harvest.disk.fail_after(random.next() % kOperationsAtMost, fault_of(GetParam()));
    });
    harvest.expect_each_record_once();
    if (HasFailure()) return;
  }
}

// The next crash meets what the one before has left, also while it is being put right.
TEST_P(ExactlyOnce, AlsoBetweenTwoTurns) {
  if (GetParam() == Crash::full) return;  // that ends no process
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Harvest harvest(seed);
    SeededRandom random(seed + 2'000'000);
    harvest.go_on(GetParam(), [&] {
      while (random.next() % 3 == 0) harvest.crash(GetParam(), random.next() % 4);
    });
    harvest.expect_each_record_once();
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Through, ExactlyOnce,
                         testing::Values(Crash::power_cut, Crash::kill, Crash::either, Crash::full),
                         [](const auto& crash) { return name_of(crash.param); });

}  // namespace
}  // namespace fanout
