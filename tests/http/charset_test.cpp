// lib/http/charset.cpp
#include "http/charset.h"

#include <gtest/gtest.h>

namespace fanout {
namespace {

TEST(Charset, IsFoundInAContentType) {
  const std::pair<const char*, const char*> rows[] = {
      {"", ""},
      {"application/json", ""},
      {"application/json; charset=ISO-8859-1", "iso-8859-1"},
      {"application/json;Charset = \"Windows-1252\" ; q=1", "windows-1252"},
      {"text/html; boundary=x; charset='utf-8'", "utf-8"},
      {"text/html; charset", ""},
      {"text/html; charset=", ""},
      {"text/html; xcharset=a", ""}};
  for (const auto& [type, charset] : rows) EXPECT_EQ(charset_of(type), charset) << type;
}

struct ConversionRow {
  const char* charset;
  std::string before;
  std::string after;
};

TEST(Charset, OfATextIsConverted) {
  using namespace std::string_literals;
  const std::vector<ConversionRow> rows = {
      {"", "ü", "ü"},
      {"", "\xFC", "\xFC"},
      {"utf-8", "\xFC", "\xFC"},
      {"us-ascii", "ü", "ü"},
      {"iso-8859-1", "M\xFCller", "Müller"},
      {"iso-8859-15", "\xA4", "€"},
      {"windows-1252", "\x80 \x93q\x94", "€ “q”"},
      {"utf-16", "\xFF\xFE{\0}\0"s, "{}"},
      {"utf-16be", "\0{\0}"s, "{}"},
      {"", "\xFF\xFE{\0}\0"s, "{}"},
      {"", "\xFE\xFF\0{\0}"s, "{}"},
      {"shift_jis", "\x93\xFA\x96\x7B", "日本"},
      {"shift_jis", "a\xFFz", "a\xEF\xBF\xBDz"},
      {"utf-16le", "{\0}"s, "{\xEF\xBF\xBD"},
  };
  for (const auto& row : rows) {
    auto text = row.before;
    EXPECT_EQ(convert_to_utf8(text, row.charset, 1000), Conversion::good) << row.charset;
    EXPECT_EQ(text, row.after) << row.charset << " " << row.before;
  }
}

TEST(Charset, ThatIsUnknownOrMakesTooMuchIsSaid) {
  std::string text = "{}";
  for (const char* charset : {"x-klingon", "utf-8//ignore", "latin1//translit"})
    EXPECT_EQ(convert_to_utf8(text, charset, 1000), Conversion::unknown_charset) << charset;
  std::string many(600, '\xFC');
  EXPECT_EQ(convert_to_utf8(many, "latin1", 1000), Conversion::too_large);
}

TEST(Charset, OfALongTextMakesNoDifferenceWhereItsPiecesEnd) {
  std::string text(100'001, '\xFC');
  ASSERT_EQ(convert_to_utf8(text, "iso-8859-1", 1'000'000), Conversion::good);
  EXPECT_EQ(text.size(), 200'002U);
  EXPECT_EQ(text.find_first_not_of("ü"), std::string::npos);
}

}  // namespace
}  // namespace fanout
