// [[vendor.X.rule]] and [[pipeline.X.level.rule]]
#include <optional>

#include "base/units.h"
#include "base/wording.h"
#include "config/sections.h"

namespace fanout {
namespace {

// "done", "skip", "retry", "dead" or "snooze 60s" into the rule. Says what is wrong, or nothing.
std::string read_then(const std::string& text, Rule& rule) {
  const std::string snooze = "snooze ";
  if (text.starts_with(snooze)) {
    const std::optional<milliseconds> time = parse_duration(text.substr(snooze.size()));
    if (!time || time->count() <= 0) return in_quotes(text.substr(snooze.size())) + " is no duration";
    rule.then = Verdict::snooze;
    rule.snooze = *time;
    return {};
  }
  for (const Verdict verdict : {Verdict::done, Verdict::skip, Verdict::retry, Verdict::dead}) {
    if (text != verdict_name(verdict)) continue;
    rule.then = verdict;
    return {};
  }
  return in_quotes("then") + " must be done, skip, retry, dead or \"snooze 60s\", not " + in_quotes(text);
}

}  // namespace

std::vector<Rule> read_rules(Reader& section, Checking checking) {
  std::vector<Rule> rules;
  for (const Node* node : section.tables("rule")) {
    Reader reader(*node, "[[" + section.name().substr(1, section.name().size() - 2) + ".rule]]",
                  checking.complaints);
    Rule rule;
    std::string then;
    const Node* when = reader.required_text("when", rule.when, "e.g. when = \"status = 404\"");
    if (when != nullptr) {
      if (const auto wrong = checking.expressions.error_in_when(rule.when)) {
        checking.complaints.add(when->place, "\"when\": " + *wrong);
      }
    }
    const Node* then_node = reader.required_text("then", then, "e.g. then = \"skip\"");
    if (then_node != nullptr) {
      if (const std::string wrong = read_then(then, rule); !wrong.empty()) {
        checking.complaints.add(then_node->place, wrong,
                                then == "snooze"
                                    ? "say how long: \"snooze 60s\""
                                    : did_you_mean(then, {"done", "skip", "retry", "dead", "snooze"}, ""));
      }
    }
    reader.unknown_keys();
    rules.push_back(std::move(rule));
  }
  return rules;
}

}  // namespace fanout
