// An output: which records are kept, in what form, and under which path. A value.
#pragma once

#include <cstdint>
#include <string>

#include "spec/template.h"

namespace fanout {

struct OutputSpec {
  enum class Format { ndjson, json };  // json: the answer's own bytes, one file per answer
  enum class Compression { none, gzip, zstd };
  std::string level;
  Template to;  // below `root`; several records per file unless it is one file per answer
  bool one_file_per_answer = false;
  Format format = Format::ndjson;
  Compression compression = Compression::none;
  std::string select;                     // SQL over parents, body, fetched_at; empty: the whole answer
  std::int64_t roll = 256 * 1024 * 1024;  // bytes of a part before the next one begins
};

}  // namespace fanout
