// Holds the rules of the tree against the tree. What each rule means, and that it can fail, is in
// rules_test.cpp.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tree/rules.h"

namespace fanout::tree {
namespace {

std::vector<Source> read_tree() {
  const std::filesystem::path root = SOURCE_DIR;
  std::vector<Source> sources;
  for (const auto* folder : {"lib", "daemon", "tests", "schema"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
      const auto ending = entry.path().extension();
      if (ending != ".h" && ending != ".cpp" && ending != ".sql") continue;
      std::ifstream file(entry.path(), std::ios::binary);
      sources.push_back({entry.path().lexically_relative(root).generic_string(),
                         std::string(std::istreambuf_iterator<char>(file), {})});
    }
  }
  std::ranges::sort(sources, {}, &Source::path);
  return sources;
}

const std::vector<Source>& tree() {
  static const auto kTree = read_tree();
  return kTree;
}

std::string listed(const Breaches& breaches) {
  std::string list;
  for (const auto& breach : breaches) list += breach.text() + "\n";
  return list;
}

std::string breaches_of(Breaches (*rule)(const Source&)) {
  std::string list;
  for (const auto& source : tree()) list += listed(rule(source));
  return list;
}

void expect_none(const std::string& breaches) { EXPECT_TRUE(breaches.empty()) << breaches; }

TEST(Tree, IsFoundWithItsLibraryAndItsDaemon) {
  for (const auto* path :
       {"lib/base/clock.h", "lib/store/store.h", "daemon/fanoutd/main.cpp", "schema/0001_queue.sql"})
    EXPECT_TRUE(std::ranges::count(tree(), path, &Source::path)) << path;
}

TEST(Tree, IncludesPointOneWay) { expect_none(breaches_of(includes_that_point_up_or_sideways)); }

TEST(Tree, HasNoIncludeCycleCountingSources) { expect_none(listed(include_cycles(tree()))); }

TEST(Tree, KeepsTheHeadersOfLibrariesInTheirPlaces) {
  expect_none(breaches_of(library_headers_out_of_place));
}

TEST(Tree, ReadsTheClockInOneFileOnly) { expect_none(breaches_of(clocks_read_behind_the_clock)); }

TEST(Tree, HasNoCoroutineThatTakesAReference) { expect_none(breaches_of(coroutines_that_take_references)); }

TEST(Tree, HasNoCoroutineThatIsALambdaWithCaptures) {
  expect_none(breaches_of(lambdas_that_capture_and_suspend));
}

TEST(Tree, NeverSleeps) { expect_none(breaches_of(sleeps)); }

TEST(Tree, NeverAllocatesByHand) { expect_none(breaches_of(raw_allocations)); }

TEST(Tree, NamesThingsByWhatIsRealInThem) { expect_none(breaches_of(names_that_say_nothing)); }

TEST(Tree, HasNoFileThatIsTooLong) { expect_none(breaches_of(files_too_long)); }

}  // namespace
}  // namespace fanout::tree
