// The story's tree, generated from the numbers in a request and never stored: troops, their warriors
// (w % troops == t), their data groups (g % warriors == w) and each group's data. Pure and immutable; what
// is not there is a Found with status 404, what cannot be read one with 400.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "options.h"

namespace fanout_vendor {

constexpr std::uint64_t kBigIdBase = 9007199254740993U;  // 2^53 + 1, the first that a double rounds

// What a target asks for.
struct Found {
  enum class Kind { nothing, troops, warriors, groups, data };
  int status = 404;
  Kind kind = Kind::nothing;
  bool poisoned = false;
  std::uint64_t of = 0;      // the troop or warrior whose list it is, or the data group; without the base
  std::uint64_t total = 0;   // items of the whole list
  std::uint64_t offset = 0;  // of the page
  std::uint64_t size = 0;    // of the page; 0: the whole list
};

class Tree {
 public:
  explicit Tree(TreeShape shape);

  Found find(std::string_view target) const;
  void append_body(std::string& out, const Found& found) const;  // of a Found with status 200

  bool vanished(std::uint64_t warrior) const;
  bool poisoned(std::uint64_t group) const;
  static bool decommissioned(std::uint64_t warrior) { return warrior % 50 == 49; }
  const TreeShape& shape() const { return shape_; }

 private:
  Found match(std::string_view path) const;
  void append_item(std::string& out, std::string_view level, std::uint64_t id) const;
  void append_list(std::string& out, const Found& found) const;
  void append_data(std::string& out, std::uint64_t group) const;
  bool read_id(std::string_view segment, std::uint64_t below, std::uint64_t& id) const;

  TreeShape shape_;
  std::uint64_t base_;
};

}  // namespace fanout_vendor
