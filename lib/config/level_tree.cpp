#include "config/level_tree.h"

#include <algorithm>
#include <set>

#include "base/wording.h"

namespace fanout {
namespace {

LevelSection* named(std::vector<LevelSection>& levels, const std::string& name) {
  const auto found = std::find_if(levels.begin(), levels.end(),
                                  [&](const LevelSection& level) { return level.level.name == name; });
  return found == levels.end() ? nullptr : &*found;
}

void complain_about_twins(std::vector<LevelSection>& levels, Complaints& complaints) {
  for (const LevelSection& level : levels) {
    const LevelSection* first = named(levels, level.level.name);
    if (first == &level || level.level.name.empty()) continue;
    complaints.add(level.name_place, "a level named " + in_quotes(level.level.name) + " is already at " +
                                         place_text(first->name_place));
  }
}

void complain_about_parents(std::vector<LevelSection>& levels, Complaints& complaints) {
  std::vector<std::string> names;
  for (const LevelSection& level : levels) names.push_back(level.level.name);
  for (const LevelSection& level : levels) {
    if (level.parent.empty()) continue;
    const LevelSection* parent = named(levels, level.parent);
    if (parent == nullptr) {
      complaints.add(level.parent_place, "unknown level " + in_quotes(level.parent),
                     did_you_mean(level.parent, names));
    } else if (!parent->lists_items) {
      complaints.add(level.parent_place,
                     "level " + in_quotes(level.parent) + " lists nothing that could have children",
                     "say with items where its reply lists them: items = \"$.items\"");
    }
  }
}

// Each cycle once, in full: a → b → a.
void complain_about_cycles(std::vector<LevelSection>& levels, Complaints& complaints) {
  std::set<std::string> told;
  for (const LevelSection& start : levels) {
    std::vector<std::string> way;
    const LevelSection* level = &start;
    while (level != nullptr && std::find(way.begin(), way.end(), level->level.name) == way.end()) {
      way.push_back(level->level.name);
      level = level->parent.empty() ? nullptr : named(levels, level->parent);
    }
    if (level != &start || told.contains(start.level.name)) continue;
    told.insert(way.begin(), way.end());
    way.push_back(start.level.name);
    std::string text;
    for (const std::string& name : way) text += (text.empty() ? "" : " → ") + name;
    complaints.add(start.parent_place, "the parents of these levels go round in a circle: " + text,
                   "one level must be the first, without a parent");
  }
}

}  // namespace

std::vector<LevelSection> grow_tree(std::vector<LevelSection> levels, Complaints& complaints) {
  complain_about_twins(levels, complaints);
  complain_about_parents(levels, complaints);
  complain_about_cycles(levels, complaints);

  std::vector<LevelSection> tree;
  for (bool grown = true; grown;) {
    grown = false;
    for (auto next = levels.begin(); next != levels.end();) {
      LevelSection* parent = named(tree, next->parent);
      if ((!next->parent.empty() && parent == nullptr) || named(tree, next->level.name) != nullptr) {
        ++next;
        continue;
      }
      next->in_tree = true;
      if (parent != nullptr) {
        next->level.parent = static_cast<int>(parent - tree.data());
        next->level.depth = parent->level.depth + 1;
        parent->level.children.push_back(static_cast<int>(tree.size()));
      }
      tree.push_back(std::move(*next));
      next = levels.erase(next);
      grown = true;
    }
  }
  std::move(levels.begin(), levels.end(), std::back_inserter(tree));
  return tree;
}

std::vector<const Level*> ancestors_of(const std::vector<LevelSection>& levels, const Level& level) {
  std::vector<const Level*> found;
  for (int at = level.parent; at >= 0; at = levels[static_cast<std::size_t>(at)].level.parent) {
    found.insert(found.begin(), &levels[static_cast<std::size_t>(at)].level);
  }
  return found;
}

}  // namespace fanout
