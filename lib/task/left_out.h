// Items that the replies of a level listed and that nothing was made of. A value.
#pragma once

#include <cstdint>

namespace fanout {

struct LeftOut {
  std::int64_t by_where = 0;      // `where` was not true of them
  std::int64_t where_failed = 0;  // … or failed on them
  bool any() const { return by_where > 0 || where_failed > 0; }
  friend bool operator==(const LeftOut&, const LeftOut&) = default;
};

}  // namespace fanout
