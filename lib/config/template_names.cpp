#include "config/template_names.h"

#include <algorithm>

#include "base/wording.h"
#include "spec/moment.h"

namespace fanout {
namespace {

struct Wrong {
  std::string message;
  std::string hint;
};

// What a template at one level may name.
class Scope {
 public:
  Scope(const Level& level, const std::vector<LevelSection>& levels,
        const std::map<std::string, std::string>& vars)
      : level_(level), levels_(levels), ancestors_(ancestors_of(levels, level)) {
    for (const char* field : {"id", "date", "at", "since"}) names_.push_back(std::string("run.") + field);
    for (const char* moment : {"run.at.", "run.since."}) {
      for (const auto& form : moment_forms()) names_.push_back(moment + form);
    }
    for (const auto& [name, value] : vars) names_.push_back("vars." + name);
    for (const Level* ancestor : ancestors_) {
      names_.push_back(ancestor->name);
      for (const std::string& field : ancestor->keep) names_.push_back(ancestor->name + "." + field);
    }
  }

  bool knows(const std::string& name) const {
    return std::find(names_.begin(), names_.end(), name) != names_.end();
  }

  Wrong explain(const std::string& name) const {
    const std::size_t dot = name.find('.');
    const std::string level = name.substr(0, dot);
    const std::string field = dot == std::string::npos ? "" : name.substr(dot + 1);
    for (const Level* ancestor : ancestors_) {
      if (ancestor->name != level) continue;
      const std::string meant = did_you_mean(name, names_, "");
      return {"level " + in_quotes(level) + " does not keep " + in_quotes(field),
              meant + (meant.empty() ? "" : " Otherwise ") + "add it to keep of that level"};
    }
    const std::string all = "here there are " + listed(names_);
    if (level == level_.name) {
      return {in_quotes(name) + " is of this level itself, and only the levels above it can be named", all};
    }
    for (const LevelSection& other : levels_) {
      if (other.level.name != level) continue;
      return {"level " + in_quotes(level) + " is no ancestor of " + in_quotes(level_.name), all};
    }
    return {"unknown name " + in_quotes(name), did_you_mean(name, names_, "here there are")};
  }

 private:
  const Level& level_;
  const std::vector<LevelSection>& levels_;
  std::vector<const Level*> ancestors_;
  std::vector<std::string> names_;
};

}  // namespace

void check_names(const TemplateAt& written, const Level& level, const std::vector<LevelSection>& levels,
                 const std::map<std::string, std::string>& vars, Complaints& complaints) {
  const Scope scope(level, levels, vars);
  for (const Template::Piece& piece : written.value.pieces()) {
    if (!piece.is_name || scope.knows(piece.text)) continue;
    Wrong wrong = scope.explain(piece.text);
    complaints.add(written.node->at(piece.offset), std::move(wrong.message), std::move(wrong.hint));
  }
}

}  // namespace fanout
