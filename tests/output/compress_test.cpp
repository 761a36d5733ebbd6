#include "output/compress.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "support/inflated.h"

namespace fanout {
namespace {

using Compression = OutputSpec::Compression;

std::string noise(std::size_t length) {
  SeededRandom random(5);
  std::string bytes(length, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random.next());
  return bytes;
}

struct Way {
  const char* name;
  Compression compression;
  friend std::ostream& operator<<(std::ostream& out, const Way& way) { return out << way.name; }
};

class Compressed : public testing::TestWithParam<Way> {};

TEST_P(Compressed, GivesBackWhatWentIn) {
  Compressor compressor;
  for (const auto& bytes : {std::string(), std::string("x"), std::string(100'000, 'y'), noise(300'000)}) {
    EXPECT_EQ(inflated(GetParam().compression, compressor.compress(GetParam().compression, bytes)), bytes);
  }
}

TEST_P(Compressed, SeveralOneAfterTheOtherAreReadAsOne) {
  Compressor compressor;
  std::string file;
  std::string all;
  for (int i = 0; i < 50; ++i) {
    const auto bytes = "line " + std::to_string(i) + "\n" + noise(static_cast<std::size_t>(i));
    file += compressor.compress(GetParam().compression, bytes);
    all += bytes;
  }
  EXPECT_EQ(inflated(GetParam().compression, file), all);
}

TEST_P(Compressed, WhatIsCutOffIsNoticed) {
  if (GetParam().compression == Compression::none) return;  // plain bytes do not know their end
  auto bytes = Compressor().compress(GetParam().compression, "some bytes, some bytes");
  bytes.pop_back();
  EXPECT_EQ(inflated(GetParam().compression, bytes), std::nullopt);
}

TEST_P(Compressed, BecomesSmaller) {
  if (GetParam().compression == Compression::none) return;
  EXPECT_LT(Compressor().compress(GetParam().compression, std::string(100'000, 'y')).size(), 1000U);
}

INSTANTIATE_TEST_SUITE_P(By, Compressed,
                         testing::Values(Way{"None", Compression::none}, Way{"Gzip", Compression::gzip},
                                         Way{"Zstd", Compression::zstd}),
                         [](const auto& way) { return way.param.name; });

}  // namespace
}  // namespace fanout
