#include "output/folded_path.h"

#include <gtest/gtest.h>

namespace fanout {
namespace {

TEST(FoldedPath, IsOneForWhatMayBeTakenForOneName) {
  struct Row {
    std::string path;
    std::string folded;
  };
  for (const Row& row :
       {Row{"raw/eu.json", "raw/eu.json"}, Row{"Raw/EU.json", "raw/eu.json"}, Row{"\u00C4", "\u00E4"},
        Row{"A\u0308", "\u00E4"}, Row{"stra\u00DFe", "strasse"}, Row{"\u0130", "i\u0307"},
        Row{"\u03A3\u03C2", "\u03C3\u03C3"}, Row{"", ""}, Row{"not \xFF utf-8", "not \xFF utf-8"}}) {
    EXPECT_EQ(folded_path(row.path), row.folded) << row.path;
  }
}

TEST(FoldedPath, LeavesApartWhatIsTwoNamesEverywhere) {
  EXPECT_NE(folded_path("a/b"), folded_path("a_b"));
  EXPECT_NE(folded_path("\u00E4"), folded_path("a"));
  EXPECT_NE(folded_path("x\u00B2"), folded_path("x2"));
}

}  // namespace
}  // namespace fanout
