// Several files are read as one configuration, and errors say in which of them they are.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "config/loading.h"
#include "support/temporary_folder.h"

namespace fanout {
namespace {

using testing::ElementsAre;

class LoadFiles : public testing::Test {
 protected:
  LoadFiles() { std::filesystem::create_directories(folder_ / "conf.d"); }

  std::filesystem::path write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }
  // Error lines with the folder cut off.
  std::vector<std::string> errors_of(const std::filesystem::path& file) {
    std::vector<std::string> lines = error_lines(load_config(file));
    for (std::string& line : lines) {
      for (auto at = line.find(folder_.string()); at != std::string::npos; at = line.find(folder_.string())) {
        line.erase(at, folder_.string().size() + 1);
      }
    }
    return lines;
  }

  const std::string vendor_ = "[vendor.v]\nbase_url = \"https://v.example\"\n";
  const std::string pipeline_ =
      "[pipeline.p]\nvendor = \"v\"\n[[pipeline.p.level]]\nname = \"a\"\npath = \"/a\"\n";
  const TemporaryFolder temporary_;
  const std::filesystem::path folder_ = temporary_.path();
};

TEST_F(LoadFiles, AreReadTogetherWithWhatTheyInclude) {
  write("conf.d/pipeline.toml", pipeline_);
  write("conf.d/more.toml", "[vendor.w]\nbase_url = \"http://w.example\"\n");
  const auto file =
      write("fanoutd.toml", "include = [\"conf.d/*.toml\", \"fanoutd.toml\", \"conf.d/*.none\"]\n" + vendor_);
  const Config config = good(load_config(file));
  EXPECT_EQ(config.file, file);
  EXPECT_EQ(config.vendors.size(), 2U);
  EXPECT_EQ(config.pipelines.size(), 1U);
}

// Its pipelines would be dropped with runs open, and nobody told.
TEST_F(LoadFiles, RefuseAPatternWhoseFolderCannotBeLookedInto) {
  struct Row {
    const char* pattern;
    std::vector<std::string> errors;
  };
  write("file", "");
  write("conf.d/v.toml", vendor_ + pipeline_);
  const std::string way_out = "; make the folder, or let this user read it; an empty folder is no error";
  const std::string begin = "fanoutd.toml:1:12: cannot look for files to include in ";
  std::filesystem::create_directories(folder_ / "empty");
  for (const Row& row :
       {Row{"none/*.toml", {begin + "none: No such file or directory" + way_out}},
        Row{"file/*.toml", {begin + "file: Not a directory" + way_out}},
        Row{"none/deeper/*.toml", {begin + "none/deeper: No such file or directory" + way_out}},
        Row{"empty/*.toml", {}},
        // What a pattern chose need not hold what is looked for.
        Row{"*/*/*.toml", {}}, Row{"*/none.toml", {}}}) {
    const auto file =
        write("fanoutd.toml", "include = [\"" + std::string(row.pattern) + "\", \"conf.d/v.toml\"]\n");
    EXPECT_EQ(errors_of(file), row.errors) << row.pattern;
  }
}

TEST_F(LoadFiles, AreChosenByPatternsInAnyPartOfThePath) {
  std::filesystem::create_directories(folder_ / "teams/a");
  std::filesystem::create_directories(folder_ / "teams/b");
  write("teams/a/v.toml", vendor_);
  write("teams/b/p.toml", pipeline_);
  write("teams/b/.hidden.toml", "nonsense");
  const Config config = good(load_config(write("fanoutd.toml", "include = [\"teams/?/*.toml\"]\n")));
  EXPECT_EQ(config.vendors.size(), 1U);
  EXPECT_EQ(config.pipelines.size(), 1U);
}

TEST_F(LoadFiles, TakeTheStateDirectoryOfTheCommandLineBeforeAllOthers) {
  const auto file = write("fanoutd.toml", "state_dir = \"there\"\n" + vendor_ + pipeline_);
  EXPECT_EQ(good(load_config(file)).state_dir, folder_ / "there") << "relative to the file that says it";
  EXPECT_EQ(good(load_config(file, "/srv/here")).state_dir, "/srv/here");
}

TEST_F(LoadFiles, NameSecretsAndCertificatesFromTheFolderOfTheFile) {
  write("conf.d/ca.pem", "");
  write("conf.d/v.toml",
        vendor_ + "ca_file = \"ca.pem\"\nauth = { kind = \"bearer\", token = { file = \"token\" } }\n");
  const auto file = write("fanoutd.toml", "include = [\"conf.d/v.toml\"]\n" + pipeline_);
  const Config config = good(load_config(file));
  EXPECT_EQ(config.vendors.at("v").ca_file, folder_ / "conf.d/ca.pem");
  EXPECT_EQ(config.vendors.at("v").auth.secrets.at("token").name, folder_ / "conf.d/token");
}

TEST_F(LoadFiles, ReportTheErrorsOfAllFilesWithTheirPlaces) {
  write("conf.d/a.toml", pipeline_ + "itms = \"$\"\n");
  const auto file = write("fanoutd.toml", "include = [\"conf.d/*.toml\"]\n" + vendor_ + "timeout = 3\n");
  EXPECT_THAT(errors_of(file),
              ElementsAre("fanoutd.toml:4:11: \"timeout\" must be a text, not a whole number",
                          "conf.d/a.toml:6:1: unknown key \"itms\"; did you mean \"items\"?"));
}

TEST_F(LoadFiles, NameBothPlacesOfASectionThatIsThereTwice) {
  write("conf.d/a.toml", pipeline_ + vendor_ + "[store]\nkeep = \"1d\"\n");
  const auto file =
      write("fanoutd.toml", "include = [\"conf.d/*.toml\"]\n" + vendor_ + "[store]\nkeep = \"2d\"\n");
  EXPECT_THAT(errors_of(file),
              ElementsAre("conf.d/a.toml:6:9: [vendor.v] is already at fanoutd.toml:2:9; keep one of them",
                          "conf.d/a.toml:8:2: \"store\" is already at fanoutd.toml:4:2; keep one of them"));
}

TEST_F(LoadFiles, IncludeNothingFromAnIncludedFile) {
  write("conf.d/a.toml", "include = [\"b.toml\"]\n");
  const auto file = write("fanoutd.toml", "include = [\"conf.d/a.toml\"]\n" + vendor_ + pipeline_);
  EXPECT_THAT(errors_of(file), ElementsAre("conf.d/a.toml:1:1: an included file includes no others; "
                                           "name them all in the main file"));
}

TEST_F(LoadFiles, SayWhatIsWrongWithAFileThatCannotBeRead) {
  EXPECT_THAT(errors_of(folder_ / "none.toml"),
              ElementsAre("none.toml: there is no such file; name the configuration with --config FILE; "
                          "docs/configuration.md says how to write one"));
  EXPECT_THAT(errors_of(folder_ / "conf.d"),
              ElementsAre("conf.d: is a folder; name the configuration with --config FILE; "
                          "docs/configuration.md says how to write one"));
}

TEST_F(LoadFiles, SayWhereAMissingFileIsIncluded) {
  const auto file = write("fanoutd.toml", "include = [\"none.toml\"]\n" + vendor_ + pipeline_);
  EXPECT_THAT(errors_of(file),
              ElementsAre("fanoutd.toml:1:12: cannot include \"none.toml\": there is no such file; "
                          "paths in include begin at the folder of this file"));
}

TEST_F(LoadFiles, ReportEveryFileThatIsNoTomlAndNothingThatFollowsFromIt) {
  write("conf.d/a.toml", "[vendor.v\n");
  write("conf.d/b.toml", "x = \n");
  const auto file = write("fanoutd.toml", "include = [\"conf.d/*.toml\"]\n" + pipeline_);
  const auto errors = errors_of(file);
  ASSERT_EQ(errors.size(), 2U) << testing::PrintToString(errors);
  EXPECT_TRUE(errors[0].starts_with("conf.d/a.toml:1:10: ")) << errors[0];
  EXPECT_TRUE(errors[1].starts_with("conf.d/b.toml:1:5: ")) << errors[1];
}

}  // namespace
}  // namespace fanout
