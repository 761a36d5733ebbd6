// The ways in which one character may be written in a URL, in JSON, in HTML and in a form. Pure.
#pragma once

#include <string_view>
#include <vector>

namespace fanout {

struct Spelling {
  char32_t character = 0;
  std::size_t bytes = 0;  // of the text
};

// All that the text may begin with, taken one way or another: of "%2F" both a percent sign and a slash. A
// byte that is no UTF-8 is a character of Latin-1. `text` is not empty.
void spellings(std::string_view text, std::vector<Spelling>& into);

}  // namespace fanout
