// Whose a file is, for the message when this user may not use it: most often somebody ran the program as root
// once.
#pragma once

#include <filesystem>
#include <string>

namespace fanout {

std::string owner_of(const std::filesystem::path& file);  // a user's name; empty: there is no such file
std::string this_user();

// The first of the folder and the files in it (not deeper) that this user may not write to, and the command
// that gives it all back; empty: all is this user's to write.
std::string ownership_hint(const std::filesystem::path& folder);

}  // namespace fanout
