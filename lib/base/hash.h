// FNV-1a, 64 bits (Fowler, Noll, Vo): the same on every machine and in every version, for names and keys
// that outlive a release, which std::hash does not promise. Pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace fanout {

inline std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return hash;
}

}  // namespace fanout
