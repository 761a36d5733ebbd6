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

class Compressed : public testing::TestWithParam<Compression> {};

TEST_P(Compressed, GivesBackWhatWentIn) {
  Compressor compressor;
  for (const auto& bytes : {std::string(), std::string("x"), std::string(100'000, 'y'), noise(300'000)}) {
    EXPECT_EQ(inflated(GetParam(), compressor.compress(GetParam(), bytes)), bytes);
  }
}

TEST_P(Compressed, SeveralOneAfterTheOtherAreReadAsOne) {
  Compressor compressor;
  std::string file;
  std::string all;
  for (int i = 0; i < 50; ++i) {
    const auto bytes = "line " + std::to_string(i) + "\n" + noise(static_cast<std::size_t>(i));
    file += compressor.compress(GetParam(), bytes);
    all += bytes;
  }
  EXPECT_EQ(inflated(GetParam(), file), all);
}

TEST_P(Compressed, WhatIsCutOffIsNoticed) {
  if (GetParam() == Compression::none) return;  // plain bytes do not know their end
  auto bytes = Compressor().compress(GetParam(), "some bytes, some bytes");
  bytes.pop_back();
  EXPECT_EQ(inflated(GetParam(), bytes), std::nullopt);
}

TEST_P(Compressed, BecomesSmaller) {
  if (GetParam() == Compression::none) return;
  EXPECT_LT(Compressor().compress(GetParam(), std::string(100'000, 'y')).size(), 1000U);
}

INSTANTIATE_TEST_SUITE_P(By, Compressed,
                         testing::Values(Compression::none, Compression::gzip, Compression::zstd),
                         [](const auto& of) {
                           return of.param == Compression::none   ? "None"
                                  : of.param == Compression::gzip ? "Gzip"
                                                                  : "Zstd";
                         });

}  // namespace
}  // namespace fanout
