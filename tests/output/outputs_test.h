// Outputs on a disk in memory.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "output/outputs.h"
#include "output/records.h"
#include "support/forgetful_disk.h"

namespace fanout {

class OutputsTest : public testing::Test {
 protected:
  void begin(std::vector<Part> open = {}) {
    outputs_.emplace(disk_, "/out", std::move(open), log_);
    outputs_->number_after([this](std::int64_t run, const std::string& base) {
      return numbers_[{run, base}];
    });
  }

  std::vector<Part> keep(const std::vector<Record>& records) {
    if (!outputs_) begin();
    const auto written = outputs_->write(records);
    EXPECT_THAT(written.problems, testing::Each(""));
    outputs_->committed();
    for (const auto& part : written.parts) {
      int& latest = numbers_[{part.run, part.base}];
      latest = std::max(latest, part.number);
    }
    return written.parts;
  }

  // A part with one record that is committed, and the process has ended.
  Part left_by_an_earlier_process() {
    const auto parts = keep({record_for(plain_, "1")});
    outputs_.reset();
    disk_.kill();
    return parts.at(0);
  }

  std::vector<std::string> files() const {
    auto paths = disk_.files();
    std::erase_if(paths, [](const std::string& path) { return !path.starts_with("/out/"); });
    return paths;
  }

  std::string contents(const std::string& path) {
    return disk_.contents("/out/" + path).value_or("(not there)");
  }

  const OutputSpec plain_ = output_to("data.ndjson");
  ForgetfulDisk disk_;
  std::vector<std::string> logged_;
  Log log_{[this](Severity, std::string_view line) { logged_.emplace_back(line); }};
  std::optional<Outputs> outputs_;
  std::map<std::pair<std::int64_t, std::string>, int> numbers_;  // as the store knows them
};

}  // namespace fanout
