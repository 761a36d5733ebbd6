// What two paths have in common that may be taken for one. Pure.
#pragma once

#include <string>

namespace fanout {

// The path without the difference of upper and lower case and of Unicode's composed and decomposed forms
// (case folding and NFC, Unicode 15 §3.13 and §3.11): on some file systems such names are one, and to people
// they are. Text that is no UTF-8 is given back as it is.
std::string folded_path(const std::string& path);

}  // namespace fanout
