// Takes secrets out of a text in which somebody may have repeated them, however they are written there.
//
// Never changes; any thread. The whole text is to be redacted before anything of it is cut: half a secret
// would not be known as one. "Who sent it" is auth/credentials.h's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"

namespace fanout {

class Redactor {
 public:
  Redactor() = default;
  explicit Redactor(const std::vector<Secret>& hidden);

  // With "…" in the place of each. A character of a secret is known as it is, percent-encoded, escaped as in
  // JSON or as an entity of HTML, also when that was done more than once; a blank also as a plus.
  std::string redact(std::string_view text) const;

 private:
  // As the code points that would have to be there, longest first: one may be the beginning of another.
  std::vector<std::u32string> hidden_;
};

}  // namespace fanout
