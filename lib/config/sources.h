// The files of a configuration: the main one and what it includes, as one tree.
#pragma once

#include <filesystem>
#include <optional>

#include "config/complaints.h"
#include "config/node.h"

namespace fanout {

// Nothing where a file cannot be read or is no TOML; the complaints then say so for every such file. Sections
// may be spread over the files; one that is in two of them is complained about with both places.
std::optional<Node> read_sources(const std::filesystem::path& file, Complaints& complaints);

}  // namespace fanout
