// What the files of outputs are called. Pure.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace fanout {

// "raw/data-17-00001.ndjson" of "raw/data.ndjson": a part of it, for run 17.
std::string part_path(const std::string& base, std::int64_t run, int number);

// The name that a file bears until it is complete: the same with a dot in front.
std::filesystem::path unfinished(const std::filesystem::path& path);

}  // namespace fanout
