#include "config/path_clash.h"

#include <gtest/gtest.h>

#include "config/loading.h"

namespace fanout {
namespace {

struct ClashRow {
  const char* what;
  const char* to;
  const char* more;  // keys of level b
  const char* missing;
  friend std::ostream& operator<<(std::ostream& out, const ClashRow& row) { return out << row.what; }
};

class PathClash : public testing::TestWithParam<ClashRow> {};

TEST_P(PathClash, IsRuledOutByTheKeysOfAllAncestorsOnly) {
  const Config config = load_text(
      std::string(
          "[vendor.v]\nbase_url = \"https://v.example\"\n[pipeline.p]\nvendor = \"v\"\n"
          "[[pipeline.p.level]]\nname = \"a\"\npath = \"/a\"\nitems = \"$\"\nkeep = [\"id\", \"name\"]\n"
          "[[pipeline.p.level]]\nname = \"b\"\nparent = \"a\"\npath = \"/b/{a.id}\"\nitems = \"$\"\n") +
      GetParam().more +
      "[[pipeline.p.level]]\nname = \"c\"\nparent = \"b\"\npath = \"/c/{b}\"\n"
      "[[pipeline.p.output]]\nlevel = \"c\"\nto = \"" +
      GetParam().to + "\"\n");
  const PipelineSpec& pipeline = config.pipelines.at("p");
  EXPECT_EQ(missing_from_path(pipeline, pipeline.outputs.at(0)), GetParam().missing);
}

INSTANTIATE_TEST_SUITE_P(
    Outputs, PathClash,
    testing::Values(ClashRow{"AllKeys", "raw/{a.id}/{b}.json", "", ""},
                    ClashRow{"ANameInsteadOfAKey", "raw/{a.name}/{b}.json", "", "{a.id}"},
                    ClashRow{"OnlyTheKeyOfTheParent", "raw/{b}.json", "", "{a.id}"},
                    ClashRow{"KeysThatComeOnceInARun", "raw/{b}.json", "unique = \"run\"\n", ""},
                    ClashRow{"ManyRecordsInAFile", "raw/all.ndjson", "", ""}),
    [](const auto& row) { return row.param.what; });

}  // namespace
}  // namespace fanout
