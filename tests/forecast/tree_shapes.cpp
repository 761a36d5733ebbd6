#include <algorithm>
#include <cmath>

#include "forecast/grown_tree.h"

namespace fanout {
namespace {

// The branch below the root that a task is in: which of how many, and something that it has in common.
struct Branch {
  int number = 0;
  int count = 1;
  double trait = 1;
  double place() const { return static_cast<double>(number) / count; }
};
// How many a task of that level lists.
using Fanout = std::function<int(int level, const Branch& branch, Draw& draw)>;
using Trait = std::function<double(Branch branch, Draw& draw)>;

LevelTree chain_of(int levels) {
  LevelTree tree;
  for (int i = 0; i < levels; ++i) tree.push_back({"level" + std::to_string(i), i - 1});
  return tree;
}

std::size_t add(GrownTree& tree, std::size_t below, int level, bool further = false) {
  tree.tasks.push_back({level, further, {}});
  tree.tasks[below].listed.push_back(tree.tasks.size() - 1);
  return tree.tasks.size() - 1;
}

void grow(GrownTree& tree, std::size_t task, int level, const Branch& branch, const Fanout& fanout,
          Draw& draw) {
  if (level + 1 >= static_cast<int>(tree.levels.size())) return;
  const int count = fanout(level, branch, draw);
  for (int i = 0; i < count; ++i) grow(tree, add(tree, task, level + 1), level + 1, branch, fanout, draw);
}

GrownTree grown(int levels, int branches, const Fanout& fanout, Draw& draw, const Trait& trait = nullptr) {
  GrownTree tree{chain_of(levels), {{}}};
  for (int i = 0; i < branches; ++i) {
    Branch branch{i, branches, 1};
    if (trait) branch.trait = trait(branch, draw);
    grow(tree, add(tree, 0, 1), 1, branch, fanout, draw);
  }
  return tree;
}

// By level from 1 on; Poisson's around each.
Fanout around(std::vector<double> means) {
  return [means](int level, const Branch&, Draw& draw) {
    return draw.around(means[static_cast<std::size_t>(level - 1)]);
  };
}
Fanout around_times_trait(std::vector<double> means) {
  return [means](int level, const Branch& branch, Draw& draw) {
    return draw.around(means[static_cast<std::size_t>(level - 1)] * (level == 1 ? branch.trait : 1));
  };
}
// All levels of a branch are larger or smaller together.
Fanout around_times_trait_each(std::vector<double> means) {
  return [means](int level, const Branch& branch, Draw& draw) {
    return draw.around(means[static_cast<std::size_t>(level - 1)] * branch.trait);
  };
}

int heavy(Draw& draw, double least, double index, double most) {
  return static_cast<int>(std::min(least * std::pow(1 - draw.uniform(), -1 / index), most));
}

// Each of the lists has pages of so many items, each item one task below it.
GrownTree paged(int lists, const std::function<int(Draw&)>& pages, int items, bool one_after_another,
                Draw& draw) {
  GrownTree tree{chain_of(3), {{}}};
  for (int i = 0; i < lists; ++i) {
    const auto first = add(tree, 0, 1);
    auto page = first;
    const int count = pages(draw);
    for (int k = 0; k < count; ++k) {
      if (k > 0) page = add(tree, one_after_another ? page : first, 1, true);
      const int on_it = k + 1 < count ? items : 1 + static_cast<int>(draw.uniform() * items);
      for (int j = 0; j < on_it; ++j) add(tree, page, 2);
    }
  }
  return tree;
}

GrownTree two_kinds_of_children(Draw& draw) {
  GrownTree tree{{{"root", -1}, {"a", 0}, {"b", 1}, {"c", 1}, {"d", 3}}, {{}}};
  for (int i = 0; i < 120; ++i) {
    const auto a = add(tree, 0, 1);
    for (int j = draw.around(12); j > 0; --j) add(tree, a, 2);
    for (int j = draw.around(4); j > 0; --j) {
      const auto c = add(tree, a, 3);
      for (int k = draw.around(9); k > 0; --k) add(tree, c, 4);
    }
  }
  return tree;
}

GrownTree drifting(double from, double to, Draw& draw) {
  return grown(4, 400, around_times_trait({12.5, 5}), draw,
               [=](Branch branch, Draw&) { return from + (to - from) * branch.place(); });
}

GrownTree one_giant(Draw& draw) {
  const int giant = static_cast<int>(draw.uniform() * 60);
  return grown(4, 60, around_times_trait({12.5, 5}), draw,
               [giant](Branch branch, Draw&) { return branch.number == giant ? 60.0 : 1.0; });
}

}  // namespace

const std::vector<TreeShape>& tree_shapes() {
  static const std::vector<TreeShape> kShapes = {
      {"the story's",
       [](Draw& d) {
         return grown(4, 400, around({12.5, 5}), d);
       }},
      {"flat", [](Draw& d) { return grown(2, 5000, around({}), d); }},
      {"wide root", [](Draw& d) { return grown(3, 3000, around({3}), d); }},
      {"deep",
       [](Draw& d) {
         return grown(
             9, 120, [](int, const Branch&, Draw& draw) { return 1 + draw.around(1); }, d);
       }},
      {"single chains",
       [](Draw& d) {
         return grown(
             7, 600, [](int, const Branch&, Draw&) { return 1; }, d);
       }},
      {"few large branches",
       [](Draw& d) {
         return grown(4, 12, around({30, 20}), d);
       }},
      {"bottom heavy",
       [](Draw& d) {
         return grown(4, 40, around({3, 120}), d);
       }},
      {"thin",
       [](Draw& d) {
         return grown(6, 800, around({1.1, 1.1, 1.1, 1.1}), d);
       }},
      {"empty branches",
       [](Draw& d) {
         return grown(4, 800, around_times_trait({20, 4}), d,
                      [](Branch, Draw& draw) { return draw.chance(0.7) ? 0.0 : 1.0; });
       }},
      {"skewed leaves",
       [](Draw& d) {
         return grown(
             4, 400,
             [](int level, const Branch&, Draw& draw) {
               return level == 1 ? draw.around(10) : static_cast<int>(draw.lognormal(5, 1.3));
             },
             d);
       }},
      {"skewed branches",
       [](Draw& d) {
         return grown(4, 400, around_times_trait({12.5, 5}), d,
                      [](Branch, Draw& draw) { return draw.lognormal(1, 0.9); });
       }},
      {"heavy tails",
       [](Draw& d) {
         return grown(
             4, 400,
             [](int level, const Branch&, Draw& draw) {
               return level == 1 ? draw.around(5) : heavy(draw, 3, 1.5, 2000);
             },
             d);
       }},
      {"one giant branch", one_giant},
      {"branches alike in all levels",
       [](Draw& d) {
         return grown(4, 400, around_times_trait_each({12, 4}), d,
                      [](Branch, Draw& draw) { return draw.chance(0.5) ? 0.5 : 1.5; });
       }},
      {"few lists, pages at once",
       [](Draw& d) {
         return paged(
             30, [](Draw& draw) { return 5 + draw.around(20); }, 20, false, d);
       }},
      {"pages one after another",
       [](Draw& d) {
         return paged(
             400, [](Draw& draw) { return 1 + static_cast<int>(-6 * std::log(1 - draw.uniform())); }, 10,
             true, d);
       }},
      {"two kinds of children", two_kinds_of_children},
      {"ratio drifts by half",
       [](Draw& d) { return d.chance(0.5) ? drifting(0.8, 1.2, d) : drifting(1.2, 0.8, d); }},
      {"the demo's",
       [](Draw& d) {
         return grown(
             4, 40,
             [](int level, const Branch& branch, Draw& draw) {
               if (level == 1) return branch.number < 20 ? 13 : 12;
               return draw.chance(0.02) ? 0 : 5;
             },
             d);
       }},
      {"largest first",
       [](Draw& d) {
         return grown(4, 400, around_times_trait({12.5, 5}), d,
                      [](Branch branch, Draw&) { return 3 * std::pow(branch.number + 1, -0.35); });
       }},
  };
  return kShapes;
}

}  // namespace fanout
