#include "base/wording.h"

#include <gtest/gtest.h>

#include "support/row_name.h"

namespace fanout {
namespace {

struct NearRow {
  const char* word;
  const char* meant;
  friend std::ostream& operator<<(std::ostream& out, const NearRow& row) { return out << row.word; }
};
class Nearest : public testing::TestWithParam<NearRow> {};

TEST_P(Nearest, IsWhatWasMeant) {
  const std::vector<std::string> candidates{"retry", "rate", "base_url", "timeout", "connect_timeout", "x"};
  EXPECT_EQ(nearest(GetParam().word, candidates), GetParam().meant) << GetParam().word;
}

INSTANTIATE_TEST_SUITE_P(
    Words, Nearest,
    testing::Values(NearRow{"retires", "retry"}, NearRow{"RATE", "rate"}, NearRow{"baseurl", "base_url"},
                    NearRow{"tiemout", "timeout"},  // a swap is one slip
                    NearRow{"time_out", "timeout"}, NearRow{"connect-timeout", "connect_timeout"},
                    NearRow{"adaptive", ""}, NearRow{"y", ""}, NearRow{"", ""}, NearRow{"rats", "rate"}),
    [](const auto& row) { return row_name(row.param.word, row.index); });

TEST(DidYouMean, ListsWhatThereIsWhereNothingIsNear) {
  EXPECT_EQ(did_you_mean("retires", {"retry", "rate"}), "did you mean \"retry\"?");
  EXPECT_EQ(did_you_mean("adaptive", {"retry", "rate"}), "there is retry and rate");
  EXPECT_EQ(did_you_mean("adaptive", {"retry", "rate"}, "it knows"), "it knows retry and rate");
  EXPECT_EQ(did_you_mean("adaptive", {"retry", "rate"}, ""), "");
  EXPECT_EQ(did_you_mean("adaptive", {}), "");
}

TEST(Listed, PutsAWordBeforeTheLast) {
  EXPECT_EQ(listed({}), "");
  EXPECT_EQ(listed({"a"}), "a");
  EXPECT_EQ(listed({"a", "b"}), "a and b");
  EXPECT_EQ(listed({"a", "b", "c"}, "or"), "a, b or c");
}

}  // namespace
}  // namespace fanout
