// What gzip members or zstd frames hold, by the libraries' own streams: the witness against Compressor.
#pragma once

#include <optional>
#include <string>

#include "spec/config.h"

namespace fanout {

// Nothing for bytes that are no complete members or frames.
std::optional<std::string> inflated(OutputSpec::Compression compression, const std::string& bytes);

}  // namespace fanout
