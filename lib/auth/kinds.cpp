#include "auth/kinds.h"

#include <algorithm>
#include <cstdlib>

namespace fanout {

const std::vector<const AuthKind*>& auth_kinds() {
  static const std::vector<const AuthKind*> kKinds = {&no_auth(),     &bearer_auth(), &basic_auth(),
                                                      &header_auth(), &query_auth(),  &scheme_auth()};
  return kKinds;
}

const AuthKind& auth_kind(std::string_view name) {
  const auto found = std::ranges::find(auth_kinds(), name, &AuthKind::name);
  if (found == auth_kinds().end()) std::abort();
  return **found;
}

}  // namespace fanout
