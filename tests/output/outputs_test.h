// Outputs on a disk in memory.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "output/outputs.h"
#include "output/records.h"
#include "support/forgetful_disk.h"

namespace fanout {

class OutputsTest : public testing::Test {
 protected:
  void begin(std::vector<Part> open = {}) { outputs_.emplace(disk_, "/out", std::move(open), log_); }

  std::vector<Part> keep(const std::vector<Record>& records) {
    if (!outputs_) begin();
    const auto written = outputs_->write(records);
    EXPECT_THAT(written.problems, testing::Each(""));
    outputs_->committed();
    return written.parts;
  }

  // A part with one record that is committed, and the process has ended.
  Part left_by_an_earlier_process() {
    const auto parts = keep({record_for(plain_, "1")});
    outputs_.reset();
    disk_.kill();
    return parts.at(0);
  }

  std::string contents(const std::string& path) {
    return disk_.contents("/out/" + path).value_or("(not there)");
  }

  const OutputSpec plain_ = output_to("data.ndjson");
  ForgetfulDisk disk_;
  std::vector<std::string> logged_;
  Log log_{[this](Severity, std::string_view line) { logged_.emplace_back(line); }};
  std::optional<Outputs> outputs_;
};

}  // namespace fanout
