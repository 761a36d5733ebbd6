#include "harvest/evidence.h"

#include <gtest/gtest.h>

namespace fanout {
namespace {

struct Case {
  VendorSays says;
  int status;
  int times;
  bool others_well;
  Evidence expected;
};

TEST(Evidence, SpeaksOfTheVendorOrOfTheTask) {
  using enum VendorSays;
  const Case cases[] = {
      {well, 200, 1, true, Evidence::alive},          {down, 500, 1, true, Evidence::down},
      {down, 504, 1, true, Evidence::down},           {down, 500, 2, true, Evidence::unclear},
      {down, 504, 2, true, Evidence::unclear},        {not_there, 0, 4, true, Evidence::down},
      {down, 503, 4, false, Evidence::down},          {not_there, 0, 4, false, Evidence::down},
      {down, 500, 2, false, Evidence::unclear},       {asked_too_much, 429, 1, true, Evidence::unclear},
      {refuses_us, 401, 1, true, Evidence::down},     {refuses_us, 401, 2, true, Evidence::unclear},
      {refuses_us, 401, 1, false, Evidence::unclear}, {nothing, 408, 1, true, Evidence::unclear},
  };
  for (const auto& each : cases) {
    Outcome outcome;
    outcome.vendor = each.says;
    EXPECT_EQ(evidence_of(outcome, each.status, each.times, each.others_well), each.expected)
        << "status " << each.status << ", time " << each.times << (each.others_well ? ", others well" : "");
  }
}

}  // namespace
}  // namespace fanout
