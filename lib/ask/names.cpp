#include "ask/names.h"

#include <algorithm>
#include <charconv>
#include <memory>

#include "ask/kept_fields.h"

namespace fanout {
namespace {

WallTime at_seconds(const std::string& text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return WallTime(seconds(value));
}

// Never copied or moved: its names point into it.
struct OwnedNames {
  OwnedNames(std::string of_parents, RunNames of_run, std::shared_ptr<const PipelineSpec> of_pipeline)
      : parents(std::move(of_parents)), run(std::move(of_run)), pipeline(std::move(of_pipeline)) {}
  OwnedNames(const OwnedNames&) = delete;
  OwnedNames& operator=(const OwnedNames&) = delete;

  const std::string parents;
  const RunNames run;
  const std::shared_ptr<const PipelineSpec> pipeline;
  Names names{parents, run, *pipeline};
};

}  // namespace

std::optional<std::string> Names::value(std::string_view name) {
  const auto dot = name.find('.');
  const auto group = name.substr(0, dot);
  if (dot == std::string_view::npos) return kept(name);
  const auto field = name.substr(dot + 1);
  if (group == "run") return of_run(field);
  if (group != "vars") return kept(name);
  const auto found = pipeline_.vars.find(std::string(field));
  return found == pipeline_.vars.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::string> Names::of_run(std::string_view field) const {
  if (field == "id") return std::to_string(run_.id);
  if (field == "date") return run_.date;
  const auto dot = field.find('.');
  const auto moment_named = field.substr(0, dot);
  const auto form = dot == std::string_view::npos ? std::string_view() : field.substr(dot + 1);
  if (dot != std::string_view::npos && form.empty()) return std::nullopt;
  if (moment_named == "at") return moment(run_.at, form);
  if (moment_named != "since") return std::nullopt;
  const bool first = run_.since == "0" && pipeline_.first_since;
  if (!first) return moment(run_.since, form);
  return format_moment(pipeline_.first_since->of_run(at_seconds(run_.at)), form, pipeline_.zone);
}

std::optional<std::string> Names::moment(const std::string& seconds_text, std::string_view form) const {
  return form.empty() ? seconds_text : format_moment(at_seconds(seconds_text), form, pipeline_.zone);
}

std::optional<std::string> Names::kept(std::string_view name) {
  if (!read_) kept_ = kept_fields(parents_);
  read_ = true;
  // Of a name that is said twice the last counts, as in most readers of JSON.
  const auto found =
      std::find_if(kept_.rbegin(), kept_.rend(), [&](const auto& field) { return field.first == name; });
  return found == kept_.rend() ? std::nullopt : std::optional(found->second);
}

Template::Lookup names_of(const Task& task, const RunNames& run,
                          std::shared_ptr<const PipelineSpec> pipeline) {
  auto owned = std::make_shared<OwnedNames>(task.parents, run, std::move(pipeline));
  return [owned](std::string_view name) { return owned->names.value(name); };
}

}  // namespace fanout
