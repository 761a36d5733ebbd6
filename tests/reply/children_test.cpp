#include "reply/children.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reply/read_case.h"

namespace fanout {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST(Children, AreSeedsOfEachLevelBelow) {
  ReadCase list(R"({"items":[{"id":7,"name":"a"}]})");
  Level second = list.pipeline.levels[1];
  second.name = "event";
  list.pipeline.levels.push_back(second);
  list.level().children = {1, 2};
  list.level().keep = {"name", "id"};
  const std::string kept = R"({"troop":{"name":"a","id":7}})";
  EXPECT_THAT(list.read().seeds, ElementsAre(Seed{"warrior", 1, 42, 42, 0, "7", 1, kept, "", ""},
                                             Seed{"event", 1, 42, 42, 0, "7", 1, kept, "", ""}));
}

TEST(Children, OfAFurtherPageBelongToTheFirst) {
  ReadCase list(R"({"items":[{"id":7}]})");
  list.task.list = 40;
  const Seed seed = list.read().seeds.at(0);
  EXPECT_EQ(seed.parent, 40);
  EXPECT_EQ(seed.scope, 40);
  EXPECT_EQ(seed.list, 0);
}

TEST(Children, OfALevelWithKeysUniqueInTheRunHaveNoScope) {
  ReadCase list(R"({"items":[{"id":7}]})");
  list.level().unique_in_run = true;
  const Seed seed = list.read().seeds.at(0);
  EXPECT_EQ(seed.parent, 42);
  EXPECT_EQ(seed.scope, 0);
}

TEST(Children, AreKnownWithAllTheirAncestors) {
  ReadCase list(
      R"({"items":[{"id":9223372036854775807,"big":18446744073709551615,"real":0.1,"name":"ü\"\\\u0000","none":null}]})");
  list.level().keep = {"id", "big", "real", "name", "none"};
  list.task.parents = R"({"army":{"id":9007199254740993}})";
  EXPECT_THAT(parents(list.read()),
              ElementsAre(R"({"army":{"id":9007199254740993},"troop":{"id":9223372036854775807,)"
                          R"("big":18446744073709551615,"real":0.1,"name":"ü\"\\\u0000","none":null}})"));
}

// A list of 9 KB below ancestors of 60 KB once became 120 MB.
TEST(Children, ShareTheirAncestors) {
  ReadCase list(R"({"items":[{"id":1},{"id":2}]})");
  list.level().keep = {"id"};
  list.task.parents = R"({"army":{"id":")" + std::string(60'000, 'x') + "\"}}";
  for (const Seed& seed : list.read().seeds) {
    EXPECT_GT(seed.parents.shared_size(), 60'000U);
    EXPECT_LT(seed.parents.own_size(), 100U);
  }
}

// It is the text that the vendor knows its things by.
TEST(Children, KeepNumbersAsTheVendorWroteThem) {
  for (const std::string number : {"3.10", "3.1", "1.0", "1E5", "-0.0", "0.1234567890123456789", "1e400",
                                   "18446744073709551615", "123456789012345678901234567890"}) {
    ReadCase list(R"({"items":[{"id":)" + number + R"(,"of":[{"x":)" + number +
                  R"(}],"none":[],"any":{}}]})");
    list.level().keep = {"id", "of", "none", "any"};
    const Reading reading = list.read();
    EXPECT_THAT(keys(reading), ElementsAre(number));
    EXPECT_THAT(parents(reading), ElementsAre(R"({"troop":{"id":)" + number + R"(,"of":[{"x":)" + number +
                                              R"(}],"none":[],"any":{}}})"));
  }
}

TEST(Children, ThatAreNumbersAreKeptAsTheVendorWroteThem) {
  ReadCase list(R"({"items":[3.10,7]})");
  const Reading reading = list.read();
  EXPECT_THAT(keys(reading), ElementsAre("3.10", "7"));
  EXPECT_THAT(parents(reading), ElementsAre(R"({"troop":3.10})", R"({"troop":7})"));
}

TEST(Children, AreLetThroughByTheNumberWhateverItsText) {
  ReadCase list(R"({"items":[{"id":3.10},{"id":2.50},{"id":4}]})");
  list.level().where = "item->>'id' > 3";
  EXPECT_THAT(keys(list.read()), ElementsAre("3.10", "4"));
}

TEST(Children, OfPlainItemsKeepTheItem) {
  ReadCase list(R"({"items":["go_gc",5]})");
  EXPECT_THAT(parents(list.read()), ElementsAre(R"({"troop":"go_gc"})", R"({"troop":5})"));
}

TEST(Children, KeepNothingButThatTheyWereListedWithoutKeep) {
  ReadCase list(R"({"items":[{"id":1,"x":2}]})");
  EXPECT_THAT(parents(list.read()), ElementsAre(R"({"troop":{}})"));
}

TEST(Children, AreMadeWhereParentsWereEditedByHand) {
  for (const auto& [before, after] :
       {std::pair("{ } ", R"({ "troop":{}})"), std::pair("", R"({"troop":{}})"),
        std::pair("}", R"({"troop":{}})"), std::pair("[]", R"({"troop":{}})")}) {
    ReadCase list(R"({"items":[{"id":1}]})");
    list.task.parents = before;
    EXPECT_THAT(parents(list.read()), ElementsAre(after)) << before;
  }
}

TEST(Children, AreNotMadeWhenOneItemLacksAKeptField) {
  ReadCase list(R"({"items":[{"id":1,"name":"a"},{"id":2}]})");
  list.level().keep = {"id", "name"};
  Reading reading = list.read();
  EXPECT_EQ(reading.facts.fault, Fault::not_as_level);
  EXPECT_EQ(reading.facts.detail,
            "item 1: it has no field name, which is to be kept; write \"name?\" if an item may lack it");
  EXPECT_THAT(reading.seeds, IsEmpty());

  list.reply.body = R"({"items":["plain"]})";
  reading = list.read();
  EXPECT_EQ(reading.facts.fault, Fault::not_as_level);
  EXPECT_EQ(reading.facts.detail, "item 0: it has no field id: it is no object");
}

TEST(Children, AreThoseThatTheConditionLetsThrough) {
  ReadCase list(R"({"items":[{"id":1,"s":"on"},{"id":2,"s":"off"},{"s":"off"},{"id":4}]})");
  list.level().where = "item->>'s' <> 'off'";
  list.level().keep = {"id"};
  const Reading reading = list.read();
  EXPECT_EQ(reading.facts.fault, Fault::none) << reading.facts.detail;
  EXPECT_THAT(keys(reading), ElementsAre("1"));
}

TEST(Children, KeepFieldsFurtherInAndThoseThatAnItemMayLack) {
  ReadCase list(
      R"({"items":[{"id":1,"attributes":{"name":"a","deep":{"er":2}},"x.y":3},{"id":2,"attributes":{}}]})");
  list.level().keep = {"attributes.name", "attributes.deep.er", "x.y", "attributes.name.further"};
  list.level().optional = list.level().keep;
  EXPECT_THAT(parents(list.read()),
              ElementsAre(R"({"troop":{"attributes.name":"a","attributes.deep.er":2,"x.y":3,)"
                          R"("attributes.name.further":null}})",
                          R"({"troop":{"attributes.name":null,"attributes.deep.er":null,"x.y":null,)"
                          R"("attributes.name.further":null}})"));
  list.level().optional = {"x.y"};
  EXPECT_THAT(list.read().facts.detail, HasSubstr("item 0: it has no field attributes.name.further"));
}

TEST(Children, AreNotMadeOfWhatTheConditionDropsWhateverThatIs) {
  ReadCase list(R"({"items":[null,{"id":1},[2],true,"text",{"id":3}]})");
  EXPECT_EQ(list.read().facts.fault, Fault::not_as_level);
  EXPECT_THAT(list.read().facts.detail, HasSubstr("where = \"json_type(item) = 'object'\""));
  list.level().where = "json_type(item) = 'object'";
  const Reading reading = list.read();
  EXPECT_EQ(reading.facts.fault, Fault::none) << reading.facts.detail;
  EXPECT_THAT(keys(reading), ElementsAre("1", "3"));
  EXPECT_EQ(reading.left_out, (LeftOut{4, 0}));
  EXPECT_EQ(reading.why_where_failed, "");
}

TEST(Children, AreCountedWhereTheConditionFailsOnTheirItem) {
  ReadCase list(
      R"({"items":[{"id":1,"s":"{}"},{"id":2,"s":"no json"},{"id":3,"s":"no"},{"id":4,"s":"null"}]})");
  list.level().where = "json_type(item->>'s') = 'object'";
  const Reading reading = list.read();
  EXPECT_EQ(reading.facts.fault, Fault::none) << reading.facts.detail;
  EXPECT_THAT(keys(reading), ElementsAre("1"));
  EXPECT_EQ(reading.left_out, (LeftOut{1, 2}));
  EXPECT_NE(reading.why_where_failed, "");
}

TEST(Children, WithMoreThanIsBearableToRememberAreNotMade) {
  ReadCase list(R"({"items":[{"id":1,"name":")" + std::string(70'000, 'x') + R"("}]})");
  list.level().keep = {"name"};
  EXPECT_EQ(list.read().facts.fault, Fault::not_as_level);
  list.level().keep = {};
  EXPECT_EQ(list.read().facts.fault, Fault::none);
}

// ---- keys

TEST(Keys, AreAHashWhereThereIsNoId) {
  ReadCase list(R"({"items":[{"a":1,"b":2},{"b":2,"a":1},{"a":2},{"id":null,"a":1},{"id":""},{"id":[1]}]})");
  const auto found = keys(list.read());
  EXPECT_THAT(found, SizeIs(5)) << "the order of fields makes no difference";
  // Written out: keys outlive a release.
  EXPECT_EQ(found[0], "#a0ebc03bdc71de7b");
}

TEST(Keys, AreFoundWhereTheLevelSays) {
  ReadCase list(R"({"items":[{"ref":{"uuid":"x"}},{"ref":{"uuid":true}},{"ref":{"uuid":1.5}}]})");
  list.key_at("$.ref.uuid");
  EXPECT_THAT(keys(list.read()), ElementsAre("x", "true", "1.5"));
}

TEST(Keys, ThatAreMissingWhereTheLevelSaysFailTheReply) {
  for (const char* item :
       {R"({"id":1})", R"({"uuid":null})", R"({"uuid":""})", R"({"uuid":{}})", "\"plain\""}) {
    ReadCase list(std::string(R"({"items":[)") + item + "]}");
    list.key_at("$.uuid");
    const Reading reading = list.read();
    EXPECT_EQ(reading.facts.fault, Fault::not_as_level) << item;
    EXPECT_THAT(reading.facts.detail, HasSubstr("key at $.uuid")) << item;
  }
}

TEST(Keys, AreShortAndPrintable) {
  ReadCase list(R"({"items":[{"id":")" + std::string(201, 'k') + R"("},{"id":")" + std::string(200, 'k') +
                R"("},{"id":"a\u0000b"},{"id":"a\nb"}]})");
  const auto found = keys(list.read());
  ASSERT_THAT(found, SizeIs(4));
  EXPECT_EQ(found[1], std::string(200, 'k'));
  for (const std::size_t i : {0U, 2U, 3U}) {
    EXPECT_THAT(found[i], SizeIs(17));
    EXPECT_TRUE(found[i].starts_with('#'));
  }
}
}  // namespace
}  // namespace fanout
