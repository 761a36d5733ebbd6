// What becomes of a part that a crash has left, or that somebody touched while it was open.
#include <fmt/format.h>

#include "output/outputs_test.h"

namespace fanout {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class OpenPartTest : public OutputsTest {};

// ---- the start

TEST_F(OpenPartTest, CutsBackWhatACrashHasLeftAndGoesOn) {
  const auto part = left_by_an_earlier_process();
  disk_.put("/out/.data-17-00001.ndjson", line_of("1") + "{\"half a li");
  begin({part});
  EXPECT_THAT(outputs_->recovered(), IsEmpty());
  EXPECT_THAT(logged_, IsEmpty());
  EXPECT_EQ(keep({record_for(plain_, "2")}).at(0).number, 1);
  EXPECT_EQ(contents(".data-17-00001.ndjson"), line_of("1") + line_of("2"));
}

TEST_F(OpenPartTest, TellsOfAPartThatWasSealedWithoutACommit) {
  keep({record_for(plain_, "1")});
  auto part = outputs_->seal(17).at(0);
  outputs_.reset();
  disk_.kill();
  part.sealed = false;
  begin({part});
  part.sealed = true;
  EXPECT_THAT(outputs_->recovered(), ElementsAre(part));
  EXPECT_THAT(outputs_->recovered(), IsEmpty());
  EXPECT_EQ(keep({record_for(plain_, "2")}).at(0).number, 2);
}

TEST_F(OpenPartTest, NotesAPartThatWasMovedWhileItWasOpen) {
  const auto part = left_by_an_earlier_process();
  disk_.remove("/out/.data-17-00001.ndjson");
  begin({part});
  const auto recovered = outputs_->recovered();
  ASSERT_THAT(recovered, SizeIs(1));
  EXPECT_TRUE(recovered[0].sealed);
  EXPECT_EQ(recovered[0].note, "moved or deleted");
  EXPECT_THAT(logged_, ElementsAre(HasSubstr("/out/.data-17-00001.ndjson")));
  EXPECT_EQ(keep({record_for(plain_, "2")}).at(0).number, 2);
}

TEST_F(OpenPartTest, NotesAPartThatWasCutAndLeavesWhatIsThere) {
  const auto part = left_by_an_earlier_process();
  disk_.put("/out/.data-17-00001.ndjson", "{\"par");
  begin({part});
  const auto recovered = outputs_->recovered();
  ASSERT_THAT(recovered, SizeIs(1));
  EXPECT_TRUE(recovered[0].sealed);
  EXPECT_EQ(recovered[0].note, fmt::format("cut: 5 bytes of {} are there", line_of("1").size()));
  EXPECT_EQ(contents("data-17-00001.ndjson"), "{\"par");
  EXPECT_EQ(keep({record_for(plain_, "2")}).at(0).number, 2);
}

// ---- while it is open

TEST_F(OpenPartTest, NotesAPartThatIsMovedUnderItAndGoesOnInTheNext) {
  auto part = keep({record_for(plain_, "1")}).at(0);
  disk_.rename("/out/.data-17-00001.ndjson", "/out/mine");
  const auto parts = keep({record_for(plain_, "2")});
  part.sealed = true;
  part.note = "moved or deleted";
  ASSERT_THAT(parts, SizeIs(2));
  EXPECT_EQ(parts[0].number, 2);
  EXPECT_EQ(parts[1], part);
  EXPECT_EQ(contents("mine"), line_of("1"));
  EXPECT_EQ(contents(".data-17-00002.ndjson"), line_of("2"));
  EXPECT_THAT(keep({record_for(plain_, "3")}), SizeIs(1)) << "it is said once";
}

TEST_F(OpenPartTest, NotesAPartThatIsReplacedOrCutUnderIt) {
  keep({record_for(plain_, "1")});
  disk_.put("/out/.data-17-00001.ndjson", "edited");
  EXPECT_EQ(keep({record_for(plain_, "2")}).at(1).note, "replaced");
  EXPECT_EQ(contents("data-17-00001.ndjson"), "edited");
  disk_.open("/out/.data-17-00002.ndjson")->cut(3);
  EXPECT_THAT(keep({record_for(plain_, "3")}).at(1).note, HasSubstr("cut: 3 bytes of"));
  disk_.open("/out/.data-17-00003.ndjson")->cut(4);
  EXPECT_THAT(outputs_->seal(17).at(0).note, HasSubstr("cut: 4 bytes of"));
}

TEST_F(OpenPartTest, CutsOffWhatSomebodyAppendedAndSaysSo) {
  keep({record_for(plain_, "1")});
  disk_.open("/out/.data-17-00001.ndjson")->append("mine\n");
  keep({record_for(plain_, "2")});
  EXPECT_EQ(contents(".data-17-00001.ndjson"), line_of("1") + line_of("2"));
  EXPECT_THAT(logged_, ElementsAre(HasSubstr("5 bytes that somebody appended")));
}

TEST_F(OpenPartTest, SaysTheNoteAgainIfItsCommitFails) {
  keep({record_for(plain_, "1")});
  disk_.remove("/out/.data-17-00001.ndjson");
  EXPECT_THAT(outputs_->write({record_for(plain_, "2")}).parts, SizeIs(2));
  outputs_->rolled_back();
  const auto parts = keep({record_for(plain_, "2")});
  ASSERT_THAT(parts, SizeIs(2));
  EXPECT_EQ(parts[1].note, "moved or deleted");
}

}  // namespace
}  // namespace fanout
