// [[vendor.X.rule]] and [[pipeline.X.level.rule]]
#include <algorithm>
#include <optional>

#include "base/units.h"
#include "base/wording.h"
#include "config/sections.h"

namespace fanout {
namespace {

// "done", "skip", "retry", "dead", "snooze 60s", "hold" or "hold 60s" into the rule. Says what is wrong, or
// nothing.
std::string read_then(const std::string& text, Rule& rule) {
  const std::size_t word = std::min(text.find(' '), text.size());
  const bool holds = text.substr(0, word) == "hold";
  if (holds || text.substr(0, word) == "snooze") {
    rule.then = Verdict::snooze;
    rule.holds = holds;
    if (word == text.size()) return {};
    rule.snooze = parse_duration(text.substr(word + 1));
    const bool is_time = rule.snooze && rule.snooze->count() > 0;
    return is_time ? std::string() : in_quotes(text.substr(word + 1)) + " is no duration";
  }
  for (const Verdict verdict : {Verdict::done, Verdict::skip, Verdict::retry, Verdict::dead}) {
    if (text != verdict_name(verdict)) continue;
    rule.then = verdict;
    return {};
  }
  return in_quotes("then") + " must be done, skip, retry, dead, hold, \"hold 60s\" or \"snooze 60s\", not " +
         in_quotes(text);
}

// wait = "header('Retry-After')"
void read_wait_of(Reader& reader, const Node* then_node, Rule& rule, Checking checking) {
  const Node* node = reader.text("wait", rule.wait);
  const bool waits = rule.then == Verdict::snooze;
  if (node == nullptr) {
    if (then_node != nullptr && waits && !rule.holds && !rule.snooze) {
      checking.complaints.add(then_node->place, "\"snooze\" does not say how long",
                              "then = \"snooze 60s\", or wait = \"header('Retry-After')\" beside it");
    }
    return;
  }
  if (const auto wrong = checking.expressions.error_in_wait(rule.wait)) {
    checking.complaints.add(node->place, "\"wait\": " + *wrong);
  }
  if (then_node != nullptr && !waits) {
    checking.complaints.add(node->place, "\"wait\" is for snooze and hold only",
                            "leave it out, or write then = \"hold\"");
  }
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
        checking.complaints.add(
            then_node->place, wrong,
            rule.then == Verdict::snooze
                ? "e.g. \"60s\" or \"5m\""
                : did_you_mean(then, {"done", "skip", "retry", "dead", "snooze", "hold"}, ""));
        then_node = nullptr;
      }
    }
    read_wait_of(reader, then_node, rule, checking);
    reader.unknown_keys();
    rules.push_back(std::move(rule));
  }
  return rules;
}

}  // namespace fanout
