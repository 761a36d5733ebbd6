#include "base/ownership.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "support/temporary_folder.h"

namespace fanout {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// As nobody, where the test is root: root may write everywhere.
std::string hint_for_nobody(const std::filesystem::path& folder) {
  const bool is_root = geteuid() == 0;
  EXPECT_EQ(is_root ? seteuid(65534) : 0, 0);
  auto hint = ownership_hint(folder);
  EXPECT_EQ(is_root ? seteuid(0) : 0, 0);
  return hint;
}

TEST(Ownership, NamesTheFileThatIsSomebodyElsesAndGivesAllOfTheFolderBack) {
  TemporaryFolder folder;
  std::filesystem::permissions(folder.path(), std::filesystem::perms::all);
  const auto file = folder.path() / "fanoutd.db";
  std::ofstream(folder.path() / "a") << "";
  std::ofstream(file) << "";
  std::filesystem::permissions(folder.path() / "a", std::filesystem::perms::all);
  std::filesystem::permissions(file,
                               std::filesystem::perms::owner_read | std::filesystem::perms::others_read);
  EXPECT_THAT(hint_for_nobody(folder.path()),
              AllOf(HasSubstr(file.string() + " belongs to " + owner_of(file)),
                    HasSubstr(": '" + folder.path().string() + "')"), HasSubstr("chown -R ")));
}

TEST(Ownership, HasNothingToSayWhereEverythingMayBeWritten) {
  TemporaryFolder folder;
  std::ofstream(folder.path() / "a") << "";
  EXPECT_EQ(ownership_hint(folder.path()), "");
}

}  // namespace
}  // namespace fanout
