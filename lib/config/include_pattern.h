// Which files a pattern of `include` names. Reads folders; any thread.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace fanout {

struct Included {
  std::vector<std::filesystem::path> files;  // sorted, so that the same files give the same configuration
  // Folders that should have been looked into and could not be: what lies in them would be left out without
  // a word. "/etc/fanoutd/conf.d: No such file or directory".
  std::vector<std::string> unread;
};

// pattern: relative to `folder`, or absolute; *, ? and […] stand in any part of it. A path without them is
// named whether or not it is there, so that who reads it says what is wrong.
Included included_by(const std::filesystem::path& folder, const std::string& pattern);

}  // namespace fanout
