#include "output/path_component.h"

#include <gtest/gtest.h>

#include <set>

namespace fanout {
namespace {

// What stands in front of the hash; the whole where nothing was changed.
std::string before_hash(const std::string& component) { return component.substr(0, component.rfind('~')); }

TEST(PathComponent, LeavesWhatIsSafe) {
  for (const std::string name : {"17", "web 01", "a.b", "Z\u00fcrich", "\u65e5\u672c", "\U0001F600", "a~b",
                                 "a-b", "C:\\x", "*?\"<>|", "a..b", " ", "x.", "~"}) {
    EXPECT_EQ(safe_component(name), name);
  }
}

TEST(PathComponent, ChangesWhatIsNot) {
  struct Case {
    std::string name;
    std::string expected;  // before the hash
  };
  using namespace std::string_literals;
  for (const auto& [name, expected] : std::vector<Case>{{"", "_"},
                                                        {".", "_"},
                                                        {"..", "_."},
                                                        {"...", "_.."},
                                                        {".hidden", "_hidden"},
                                                        {"-rf", "_rf"},
                                                        {"../../etc/passwd", "_._.._etc_passwd"},
                                                        {"/", "_"},
                                                        {"a/b", "a_b"},
                                                        {"a\0b"s, "a_b"},
                                                        {"a\nb", "a_b"},
                                                        {"a\x7F", "a_"},
                                                        {"\xFF\xFE", "__"},
                                                        {"\xC0\xAF", "__"},            // an overlong /
                                                        {"\xC0\xAE\xC0\xAE", "____"},  // overlong dots
                                                        {"\xE0\x80\xAF", "___"},
                                                        {"\xED\xA0\x80", "___"},  // a surrogate
                                                        {"\xF4\x90\x80\x80", "____"},
                                                        {"a\xE2\x82", "a__"},  // half a character
                                                        {"\u0085", "_"},
                                                        {"a\u202Egnp.exe", "a_gnp.exe"},
                                                        {"a\u2028b", "a_b"}}) {
    const auto component = safe_component(name);
    EXPECT_EQ(before_hash(component), expected) << testing::PrintToString(name);
    EXPECT_EQ(component.size(), expected.size() + 17) << component;
  }
}

TEST(PathComponent, TwoNamesStayTwo) {
  const std::string forged = safe_component("a/b");  // somebody calls a thing as we would call another
  std::set<std::string> components;
  const std::vector<std::string> names = {"a/b",
                                          "a_b",
                                          "a\nb",
                                          "a b",
                                          forged,
                                          "",
                                          "_",
                                          ".",
                                          "..",
                                          "_.",
                                          "-x",
                                          "_x",
                                          ".x",
                                          std::string(201, 'x'),
                                          std::string(202, 'x'),
                                          std::string(200, 'x')};
  for (const auto& name : names) components.insert(safe_component(name));
  EXPECT_EQ(components.size(), names.size());
}

TEST(PathComponent, TheSameNameIsCalledTheSameForEver) {
  EXPECT_EQ(safe_component("a/b"), "a_b~e620c3190468cf61");
}

TEST(PathComponent, IsCutBetweenTwoCharacters) {
  std::string name;
  for (int i = 0; i < 100; ++i) name += "\u65e5";  // three bytes each
  const auto component = safe_component(name);
  EXPECT_LE(component.size(), kLongestComponent);
  EXPECT_EQ(before_hash(component).size() % 3, 0U);
  EXPECT_GT(component.size(), kLongestComponent - 4);
}

TEST(PathComponent, WhateverComesInWhatComesOutIsSafe) {
  std::uint64_t state = 7;
  for (int round = 0; round < 20'000; ++round) {
    std::string name;
    for (state = state * 6364136223846793005U + 1442695040888963407U; name.size() < state % 40;) {
      state = state * 6364136223846793005U + 1442695040888963407U;
      name += static_cast<char>(state >> 56U);
    }
    const auto component = safe_component(name);
    ASSERT_FALSE(component.empty());
    ASSERT_LE(component.size(), kLongestComponent);
    ASSERT_EQ(component.find_first_of(std::string("/\0\n\r\t", 5)), std::string::npos);
    ASSERT_NE(component.front(), '.');
    ASSERT_NE(component.front(), '-');
    ASSERT_EQ(safe_component(component) == component, component == name)
        << "made ones are told from given ones";
  }
}

TEST(PathComponent, KeepsTheEndingOfALongOne) {
  EXPECT_EQ(short_component("short.json", ".json"), "short.json");
  const std::string name = std::string(250, 'x') + ".ndjson.zst";
  const auto component = short_component(name, ".ndjson.zst");
  EXPECT_EQ(component.size(), kLongestComponent);
  EXPECT_TRUE(component.ends_with(".ndjson.zst")) << component;
  EXPECT_NE(component, short_component("y" + name, ".ndjson.zst"));
}

}  // namespace
}  // namespace fanout
