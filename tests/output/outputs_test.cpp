#include "output/outputs_test.h"

#include <fmt/format.h>

#include "support/inflated.h"

namespace fanout {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// ---- writing

TEST_F(OutputsTest, AppendsLinesAndSaysWhereTheyLie) {
  begin();
  const auto written = outputs_->write({record_for(plain_, "1"), record_for(plain_, "22")});
  const auto length = line_of("1").size();
  EXPECT_THAT(written.places, ElementsAre("data-17-00001.ndjson@0+" + std::to_string(length),
                                          "data-17-00001.ndjson@" + std::to_string(length) + "+" +
                                              std::to_string(length + 1)));
  ASSERT_THAT(written.parts, SizeIs(1));
  const Part& part = written.parts[0];
  EXPECT_EQ(part.run, 17);
  EXPECT_EQ(part.path, "data-17-00001.ndjson");
  EXPECT_EQ(part.base, "data.ndjson");
  EXPECT_EQ(part.number, 1);
  EXPECT_EQ(part.committed, static_cast<std::int64_t>(2 * length + 1));
  EXPECT_EQ(part.records, 2);
  EXPECT_FALSE(part.sealed);
  EXPECT_EQ(contents(".data-17-00001.ndjson"), line_of("1") + line_of("22"));
}

TEST_F(OutputsTest, ACompressedPartHasAFrameForEachBatch) {
  for (const auto& output : {output_to("d.ndjson.zst"), output_to("d.ndjson.gz")}) {
    begin();
    outputs_->write({record_for(output, "1")});
    outputs_->committed();
    const auto written = outputs_->write({record_for(output, "2"), record_for(output, "3")});
    const auto path = written.parts.at(0).path;
    const auto bytes = contents("." + path);
    EXPECT_EQ(written.places[0], written.places[1]) << "they lie in one frame";
    const auto offset = std::stoul(written.places[0].substr(written.places[0].find('@') + 1));
    EXPECT_EQ(written.places[0], fmt::format("{}@{}+{}", path, offset, bytes.size() - offset));
    EXPECT_EQ(inflated(output.compression, bytes.substr(offset)), line_of("2") + line_of("3"));
    EXPECT_EQ(inflated(output.compression, bytes), line_of("1") + line_of("2") + line_of("3"));
  }
}

TEST_F(OutputsTest, AFileForOneAnswerIsPutInItsPlaceWhole) {
  const auto output = output_to("raw/{id}.json");
  begin();
  const auto written =
      outputs_->write({record_for(output, "one", {{"id", "a"}}), record_for(output, "two", {{"id", "b"}})});
  EXPECT_THAT(written.places, ElementsAre("raw/a.json", "raw/b.json"));
  EXPECT_THAT(written.parts, IsEmpty());
  outputs_->committed();
  EXPECT_THAT(files(), ElementsAre("/out/raw/a.json", "/out/raw/b.json"));
  disk_.cut_power();
  EXPECT_EQ(contents("raw/a.json"), "one");
  EXPECT_EQ(contents("raw/b.json"), "two");
}

TEST_F(OutputsTest, AFileForOneAnswerIsReplacedByALaterRunAndByItsOwnTaskOnly) {
  const auto output = output_to("raw/{id}.json.gz");
  keep({record_for(output, "earlier run", {{"id", "a"}})});
  keep({record_for(output, "this run", {{"id", "a"}}, 18)});
  EXPECT_EQ(inflated(output.compression, contents("raw/a.json.gz")), "this run");
  const auto written = outputs_->write(
      {record_for(output, "b", {{"id", "b"}}, 18), record_for(output, "other", {{"id", "B"}}, 18)});
  EXPECT_THAT(written.problems, ElementsAre("", testing::HasSubstr("holds the answer of task")));
  outputs_->committed();
  EXPECT_EQ(inflated(output.compression, contents("raw/b.json.gz")), "b");
}

TEST_F(OutputsTest, ManyFilesAndPartsInOneBatchKeepFewOpen) {
  const auto answers = output_to("raw/{id}.json");
  const auto parts = output_to("by/{id}.ndjson");
  std::vector<Record> records;
  for (int i = 0; i < 300; ++i) {
    records.push_back(record_for(answers, "1", {{"id", std::to_string(i)}}));
    records.push_back(record_for(parts, "1", {{"id", std::to_string(i)}}));
  }
  for (int turn = 0; turn < 3; ++turn) {
    keep(records);
    EXPECT_LE(disk_.open_files(), 65U) << "the list of what is begun is one of them";
  }
  EXPECT_THAT(outputs_->seal(17), SizeIs(300));
  EXPECT_EQ(disk_.open_files(), 1U);
  EXPECT_EQ(contents("by/299-17-00001.ndjson"), line_of("1") + line_of("1") + line_of("1"));
}

TEST_F(OutputsTest, EachRunHasPartsOfItsOwn) {
  keep({record_for(plain_, "1", {}, 17), record_for(plain_, "2", {}, 18)});
  EXPECT_EQ(contents(".data-17-00001.ndjson"), line_of("1"));
  EXPECT_EQ(contents(".data-18-00001.ndjson"), line_of("2"));
}

TEST_F(OutputsTest, ASelectWithoutRowsHasNoPlaceInAPart) {
  auto output = output_to("data.ndjson");
  output.select = "SELECT value FROM json_each(body)";
  begin();
  const auto written = outputs_->write({record_for(output, "[]")});
  EXPECT_THAT(written.places, ElementsAre("no rows"));
  EXPECT_THAT(written.problems, ElementsAre(""));
  EXPECT_THAT(files(), IsEmpty());
}

// ---- what concerns one record only

TEST_F(OutputsTest, ARecordThatCannotBeShapedIsAProblemAndTheOthersAreKept) {
  auto select = output_to("rows.ndjson");
  select.select = "SELECT value FROM json_each(body)";
  const auto named = output_to("{id}.ndjson");
  begin();
  const auto written =
      outputs_->write({record_for(select, "<html>"), record_for(named, "1"), record_for(plain_, "1")});
  EXPECT_THAT(written.problems, ElementsAre(HasSubstr("select failed"), HasSubstr("id has no value"), ""));
  EXPECT_EQ(contents(".data-17-00001.ndjson"), line_of("1"));
}

TEST_F(OutputsTest, ANameThatIsTakenIsAProblemAndTheOthersAreKept) {
  disk_.put("/out/file", "somebody's");
  disk_.put("/out/raw/a.json/x", "so that a.json is a folder");
  const auto part = output_to("file/data.ndjson");
  const auto answer = output_to("raw/{id}.json");
  begin();
  const auto written = outputs_->write({record_for(part, "1"), record_for(answer, "2", {{"id", "a"}}),
                                        record_for(answer, "3", {{"id", "b"}}), record_for(plain_, "4")});
  EXPECT_THAT(written.problems, ElementsAre(HasSubstr("/out/file"), HasSubstr("a.json"), "", ""));
  outputs_->committed();
  EXPECT_THAT(files(),
              ElementsAre("/out/.data-17-00001.ndjson", "/out/file", "/out/raw/a.json/x", "/out/raw/b.json"))
      << "nothing unfinished is left";
}

// ---- sealing

TEST_F(OutputsTest, SealingGivesThePartsOfARunTheirFinalNames) {
  keep({record_for(plain_, "1", {}, 17), record_for(plain_, "2", {}, 18)});
  const auto sealed = outputs_->seal(17);
  ASSERT_THAT(sealed, SizeIs(1));
  EXPECT_TRUE(sealed[0].sealed);
  EXPECT_EQ(sealed[0].records, 1);
  EXPECT_THAT(files(), ElementsAre("/out/.data-18-00001.ndjson", "/out/data-17-00001.ndjson"));
  EXPECT_THAT(outputs_->seal(17), IsEmpty());
  EXPECT_THAT(outputs_->seal(0), SizeIs(1)) << "0 is all runs";
}

TEST_F(OutputsTest, SealingOneOutputLeavesTheOthers) {
  const auto other = output_to("other.ndjson");
  keep({record_for(plain_, "1"), record_for(other, "2")});
  EXPECT_THAT(outputs_->seal(17, "other.ndjson"), SizeIs(1));
  EXPECT_THAT(files(), ElementsAre("/out/.data-17-00001.ndjson", "/out/other-17-00001.ndjson"));
}

TEST_F(OutputsTest, APartThatReachesItsRollIsSealedAndTheNextBegins) {
  auto output = output_to("data.ndjson");
  output.roll = 100;
  keep({record_for(output, "1")});
  EXPECT_THAT(outputs_->seal_full(), IsEmpty());
  keep({record_for(output, "2")});
  EXPECT_THAT(outputs_->seal_full(), SizeIs(1));
  EXPECT_THAT(outputs_->seal_full(), IsEmpty());
  EXPECT_EQ(keep({record_for(output, "3")}).at(0).path, "data-17-00002.ndjson");
}

TEST_F(OutputsTest, NumbersGoOnAlsoWhenSealedPartsAreTakenAway) {
  keep({record_for(plain_, "1")});
  disk_.remove("/out/" + outputs_->seal(17).at(0).path);
  EXPECT_EQ(keep({record_for(plain_, "2")}).at(0).number, 2);
}

TEST_F(OutputsTest, NoFileOfSomebodyElseIsOverwritten) {
  disk_.put("/out/data-17-00001.ndjson", "somebody's");
  EXPECT_EQ(keep({record_for(plain_, "1")}).at(0).number, 2);
  disk_.put("/out/data-17-00002.ndjson", "somebody's too");
  const auto sealed = outputs_->seal(17);
  EXPECT_THAT(sealed.at(0).note, HasSubstr("its name is taken"));
  EXPECT_EQ(contents("data-17-00002.ndjson"), "somebody's too");
  EXPECT_EQ(contents(".data-17-00002.ndjson"), line_of("1"));
}

TEST_F(OutputsTest, WhatWasRolledBackLeavesNoFileWhenItIsSealed) {
  begin();
  outputs_->write({record_for(plain_, "1")});
  outputs_->rolled_back();
  EXPECT_THAT(outputs_->seal(17), IsEmpty());
  EXPECT_THAT(files(), IsEmpty());
}

}  // namespace
}  // namespace fanout
