// An output: which records are kept, in what form, and under which path. A value.
#pragma once

#include <cstdint>
#include <string>

#include "spec/template.h"

namespace fanout {

class OutputFormat;  // output/format.h

struct OutputSpec {
  enum class Compression { none, gzip, zstd };
  std::string level;
  Template to;  // below `root`; several records per file unless it is one file per answer
  const OutputFormat* format = nullptr;  // lives for ever
  Compression compression = Compression::none;
  std::string select;                     // SQL over parents, body, fetched_at; empty: the whole answer
  std::int64_t roll = 256 * 1024 * 1024;  // bytes of a part before the next one begins
};

}  // namespace fanout
