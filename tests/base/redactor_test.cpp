// lib/base/redactor.cpp and escapes.cpp: secrets of every kind of character, in every escaping, anywhere.
#include "base/redactor.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "base/excerpt.h"
#include "spec/template.h"

namespace fanout {
namespace {

using testing::HasSubstr;
using testing::Not;

using Escaping = std::function<std::string(const std::string&)>;

std::string each(const std::string& text, const std::function<std::string(unsigned char)>& spell) {
  std::string spelt;
  for (const char c : text) spelt += spell(static_cast<unsigned char>(c));
  return spelt;
}

std::string in_json(const std::string& text, bool ascii) {
  auto quoted = nlohmann::json(text).dump(-1, ' ', ascii);
  return quoted.substr(1, quoted.size() - 2);
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
  return text;
}

std::string in_html(std::string text) {
  for (const auto& [what, by] : std::vector<std::pair<std::string, std::string>>{{"&", "&amp;"},
                                                                                 {"<", "&lt;"},
                                                                                 {">", "&gt;"},
                                                                                 {"\"", "&quot;"},
                                                                                 {"'", "&#39;"},
                                                                                 {"/", "&#x2F;"},
                                                                                 {"ü", "&uuml;"}})
    text = replaced(text, what, by);
  return text;
}

const std::vector<std::pair<const char*, Escaping>>& escapings() {
  static const std::vector<std::pair<const char*, Escaping>> kEscapings = {
      {"as it is", [](const std::string& s) { return s; }},
      {"percent-encoded", [](const std::string& s) { return percent_encode(s, false); }},
      {"percent-encoded but for reserved ones", [](const std::string& s) { return percent_encode(s, true); }},
      {"every byte in capital hex",
       [](const std::string& s) {
         return each(s, [](unsigned char c) { return fmt::format("%{:02X}", c); });
       }},
      {"every byte in small hex",
       [](const std::string& s) {
         return each(s, [](unsigned char c) { return fmt::format("%{:02x}", c); });
       }},
      {"percent-encoded twice",
       [](const std::string& s) { return percent_encode(percent_encode(s, false), false); }},
      {"as a form", [](const std::string& s) { return replaced(percent_encode(s, false), "%20", "+"); }},
      {"in JSON", [](const std::string& s) { return in_json(s, false); }},
      {"in JSON of ASCII", [](const std::string& s) { return in_json(s, true); }},
      {"in JSON as PHP writes it",
       [](const std::string& s) { return replaced(in_json(s, true), "/", "\\/"); }},
      {"in JSON, escaped for HTML",
       [](const std::string& s) {
         auto text = in_json(s, true);
         for (const auto& [what, by] : std::vector<std::pair<std::string, std::string>>{
                  {"/", "\\u002F"}, {"<", "\\u003c"}, {">", "\\u003e"}, {"&", "\\u0026"}, {"'", "\\u0027"}})
           text = replaced(text, what, by);
         return text;
       }},
      {"in JSON in JSON",
       [](const std::string& s) { return in_json(replaced(in_json(s, false), "/", "\\/"), false); }},
      {"in HTML", in_html},
      {"in HTML twice", [](const std::string& s) { return replaced(in_html(s), "&", "&amp;"); }},
      {"bytes taken for Latin-1",
       [](const std::string& s) {
         return each(s, [](unsigned char c) {
           return c < 0x80
                      ? std::string(1, static_cast<char>(c))
                      : std::string{static_cast<char>(0xC0 | c >> 6), static_cast<char>(0x80 | (c & 0x3F))};
         });
       }},
  };
  return kEscapings;
}

const std::vector<std::string>& secrets() {
  static const std::vector<std::string> kSecrets = {
      "hunter2-plain",
      "with a blank inside",
      "slash/es/and//more/",
      "plus+equals==",
      "q?u&e#r=y%s",
      "%2Falready%20encoded%",
      "back\\slash\\\\es\\u0041\\",
      "\"quotes\" and 'others'",
      "<markup>&amp;&lt;",
      "ünïcödé-geheim",
      "日本の秘密",
      "smile-😀-secret",
      "latin-\xFC\xE4-one",
      "~!@$^*()_{}[]|:;,.`-",
      "x",
  };
  return kSecrets;
}

bool is_utf8(const std::string& text) {
  try {
    static_cast<void>(nlohmann::json(text).dump());
    return true;
  } catch (const nlohmann::json::exception&) {
    return false;
  }
}

TEST(Redactor, HidesEverySecretInEveryEscaping) {
  for (const auto& secret : secrets()) {
    const Redactor redactor({Secret(secret)});
    for (const auto& [name, escape] : escapings()) {
      if (std::string(name).find("JSON") != std::string::npos && !is_utf8(secret)) continue;
      EXPECT_EQ(redactor.redact("[" + escape(secret) + "]"), "[…]") << name << ": " << secret;
      EXPECT_EQ(redactor.redact(escape(secret) + "]" + escape(secret)), "…]…") << name << ": " << secret;
    }
  }
}

// Wherever the excerpt is cut, no more than what others than the secret hold is seen of it.
TEST(Redactor, LeavesNoPartOfASecretAtTheEdgeOfAnExcerpt) {
  for (const auto& secret : secrets()) {
    if (secret.size() < 8) continue;
    const Redactor redactor({Secret(secret)});
    for (const auto& [name, escape] : escapings()) {
      if (std::string(name).find("JSON") != std::string::npos && !is_utf8(secret)) continue;
      const auto written = escape(secret);
      for (std::size_t before = 164; before <= kLongestExcerpt + 2; before += 3) {
        const auto shown = excerpt(std::string(before, 'W') + written + std::string(100, 'W'), redactor);
        ASSERT_EQ(shown.find_first_not_of("W…"), std::string::npos) << name << ": " << shown;
      }
    }
  }
}

TEST(Redactor, HidesTheLongestOfThoseThatBeginAlike) {
  const Redactor redactor({Secret("abc"), Secret("abcdef"), Secret("")});
  EXPECT_EQ(redactor.redact("abcdef abc abcd"), "… … …d");
}

TEST(Redactor, LeavesAllElseAsItIs) {
  const Redactor redactor({Secret("sesame")});
  for (const std::string text : {"", "a text", "sesam", "%", "%7", "\\", "\\u00", "&#", "&#x;", "&amp",
                                 "100 % a+b \\n", "\xFF\xC3", "😀 ünï"})
    EXPECT_EQ(redactor.redact(text), text);
  EXPECT_EQ(Redactor().redact("sesame"), "sesame");
}

// A vendor knows the secret, and may want to keep us busy.
TEST(Redactor, LooksNoFurtherAheadThanASpellingIsLong) {
  const Redactor redactor({Secret("\\/&%25amp;")});
  for (const char* piece : {"\\", "%25", "&amp;", "&", "%", "25"}) {
    std::string text;
    while (text.size() < 20'000) text += piece;
    EXPECT_EQ(redactor.redact(text).size(), text.size()) << piece;
  }
}

}  // namespace
}  // namespace fanout
