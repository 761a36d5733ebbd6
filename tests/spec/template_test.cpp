#include "spec/template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace fanout {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::optional<std::string> value_of(std::string_view name) {
  static const std::map<std::string, std::string, std::less<>> kValues = {
      // of RFC 6570 §1.2 and §3.2
      {"var", "value"},
      {"hello", "Hello World!"},
      {"half", "50%"},
      {"base", "http://example.com/home/"},
      {"path", "/foo/bar"},
      {"empty", ""},
      // what vendors send
      {"troop.id", "17"},
      {"troop.name", "a/../b?c#d&e=f"},
      {"umlaut", "Größe"},
      {"encoded", "%2F%zz%2"},
      {"bytes", std::string("\0\n\x7f\xff", 4)},
      {"braces", "{var}"},
  };
  const auto found = kValues.find(name);
  return found == kValues.end() ? std::nullopt : std::optional(found->second);
}

TEST(Template, ExpandsAsRfc6570Says) {
  const std::pair<const char*, const char*> rows[] = {
      {"", ""},
      {"/plain", "/plain"},
      // §3.2.2
      {"{var}", "value"},
      {"{hello}", "Hello%20World%21"},
      {"{half}", "50%25"},
      {"O{empty}X", "OX"},
      {"{base}index", "http%3A%2F%2Fexample.com%2Fhome%2Findex"},
      // §3.2.3
      {"{+var}", "value"},
      {"{+hello}", "Hello%20World!"},
      {"{+half}", "50%25"},
      {"{+base}index", "http://example.com/home/index"},
      {"O{+empty}X", "OX"},
      {"{+path}/here", "/foo/bar/here"},
      {"here?ref={+path}", "here?ref=/foo/bar"},
      {"up{+path}{var}/here", "up/foo/barvalue/here"},
      // what is written around the names is a literal (§3.1): reserved characters stay, others are encoded
      {"/a b/{troop.id}?x=ö", "/a%20b/17?x=%C3%B6"},
      {"/a%20b/50%", "/a%20b/50%25"},
      // a vendor's text never breaks out of its place
      {"/groups/{troop.name}/devices", "/groups/a%2F..%2Fb%3Fc%23d%26e%3Df/devices"},
      {"/groups/{+troop.name}", "/groups/a/../b?c#d&e=f"},
      {"{umlaut}", "Gr%C3%B6%C3%9Fe"},
      {"{encoded}", "%252F%25zz%252"},
      {"{+encoded}", "%2F%25zz%252"},
      {"{bytes}", "%00%0A%7F%FF"},
      {"{+bytes}", "%00%0A%7F%FF"},
      {"{braces}", "%7Bvar%7D"},
  };
  for (const auto& [text, expected] : rows) {
    const auto parsed = Template::parse(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(parsed->expand(value_of), expected) << text;
    EXPECT_EQ(parsed->text(), text);
  }
}

TEST(Template, SaysWhichNameHasNoValue) {
  std::string missing;
  const auto path = Template::parse("/{troop.id}/{warrior.id}/{other}").value();
  EXPECT_EQ(path.expand(value_of, &missing), std::nullopt);
  EXPECT_EQ(missing, "warrior.id");
  missing.clear();
  EXPECT_EQ(path.expand_raw(
                value_of, [](std::string value) { return value; }, &missing),
            std::nullopt);
  EXPECT_EQ(missing, "warrior.id");
  EXPECT_EQ(path.expand(value_of), std::nullopt) << "nobody needs to ask which";
}

TEST(Template, ShapesOnlyTheValuesWhereItExpandsRaw) {
  const auto shape = [](std::string value) { return "<" + value + ">"; };
  EXPECT_EQ(Template::parse("raw ö/{troop.name}/{+half}{empty}.json")->expand_raw(value_of, shape),
            "raw ö/<a/../b?c#d&e=f>/<50%><>.json");
}

TEST(Template, KnowsItsNamesAndWhereTheyStand) {
  const auto parsed = Template::parse("/ö{a.b}x{+c}{a.b}").value();
  EXPECT_THAT(parsed.names(), ElementsAre("a.b", "c", "a.b"));
  ASSERT_EQ(parsed.pieces().size(), 5U);
  EXPECT_EQ(parsed.pieces()[0].text, "/ö");
  EXPECT_FALSE(parsed.pieces()[0].is_name);
  EXPECT_EQ(parsed.pieces()[1].text, "a.b");
  EXPECT_EQ(parsed.pieces()[1].offset, 3U) << "in bytes";
  EXPECT_FALSE(parsed.pieces()[1].keep_reserved);
  EXPECT_EQ(parsed.pieces()[3].text, "c");
  EXPECT_EQ(parsed.pieces()[3].offset, 9U);
  EXPECT_TRUE(parsed.pieces()[3].keep_reserved);
  EXPECT_THAT(Template::parse("/plain")->names(), IsEmpty());
}

TEST(Template, TakesAlmostAnythingAsAFieldsName) {
  for (const auto* name : {"troop.Größe", "a.b.c", "a.x-y", "a.@type", "a.$ref", "a.2", "a.x:y", "a.x,y"}) {
    EXPECT_THAT(Template::parse("{" + std::string(name) + "}").value().names(), ElementsAre(name));
  }
}

struct NoTemplate {
  const char* text;
  const char* why;
  std::size_t where;
};

TEST(Template, SaysWhatIsWrongWithATextThatIsNoneAndWhere) {
  const NoTemplate rows[] = {
      {"/a}", "a } without its {", 2},
      {"}", "a } without its {", 0},
      {"/{a}}", "a } without its {", 4},
      {"/{a", "a { without its }", 1},
      {"/{a}/{", "a { without its }", 5},
      {"/{{a}}", "a { without its }", 1},
      {"/{a{b}", "a { without its }", 1},
      {"/{}", "there is no name between { and }", 1},
      {"/x/{+}", "there is no name between { and }", 3},
      {"/{a b}", "\"a b\" is no name", 1},
      {"/{ a}", "\" a\" is no name", 1},
      {"/{++a}", "\"+a\" is no name", 1},
      {"/{a\n}", "\"a\n\" is no name", 1},
  };
  for (const auto& [text, expected, at] : rows) {
    std::string why;
    std::size_t where = 99;
    EXPECT_FALSE(Template::parse(text, &why, &where)) << text;
    EXPECT_EQ(why, expected) << text;
    EXPECT_EQ(where, at) << text;
    EXPECT_FALSE(Template::parse(text)) << "nobody needs to ask why";
  }
}

TEST(PercentEncode, KeepsUnreservedCharactersAlone) {
  constexpr auto kUnreserved = "ABCXYZabcxyz0189-._~";
  constexpr auto kReserved = ":/?#[]@!$&'()*+,;=";
  EXPECT_EQ(percent_encode(kUnreserved, false), kUnreserved);
  EXPECT_EQ(percent_encode(kReserved, false), "%3A%2F%3F%23%5B%5D%40%21%24%26%27%28%29%2A%2B%2C%3B%3D");
  EXPECT_EQ(percent_encode(kReserved, true), kReserved);
  EXPECT_EQ(percent_encode(" \"<>\\^`{|}", true), "%20%22%3C%3E%5C%5E%60%7B%7C%7D");
}

TEST(PercentEncode, ComesBackForEachByte) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text(1, static_cast<char>(byte));
    const auto encoded = percent_encode(text, false);
    const auto decoded = encoded.size() == 3 ? std::stoi(encoded.substr(1), nullptr, 16)
                                             : static_cast<unsigned char>(encoded.at(0));
    EXPECT_EQ(decoded, byte) << encoded;
  }
}

}  // namespace
}  // namespace fanout
