// What the names in the templates of a task stand for: ancestors' kept fields, the run, the pipeline's vars.
//
// Owned by whoever fills in a template; sees what it was made with, which must outlive it. Any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "spec/pipeline.h"
#include "spec/template.h"
#include "task/task.h"

namespace fanout {

// What `{run.…}` stands for.
struct RunNames {
  std::int64_t id = 0;
  std::string date;   // 2026-11-23
  std::string at;     // unix seconds of the run's start
  std::string since;  // … of the previous complete run's start; 0 if there was none
};

class Names {
 public:
  // Of the pipeline: vars, the zone of its moments, and where a first run begins.
  Names(const std::string& parents, const RunNames& run, const PipelineSpec& pipeline)
      : parents_(parents), run_(run), pipeline_(pipeline) {}

  // A number is the text that the vendor wrote. Objects, lists and null stand for nothing.
  std::optional<std::string> value(std::string_view name);

 private:
  std::optional<std::string> of_run(std::string_view field) const;
  std::optional<std::string> moment(const std::string& seconds_text, std::string_view form) const;
  std::optional<std::string> kept(std::string_view name);

  const std::string& parents_;
  const RunNames& run_;
  const PipelineSpec& pipeline_;
  bool read_ = false;                                      // when the first name needs them, and once
  std::vector<std::pair<std::string, std::string>> kept_;  // by `level.field`, or `level`
};

// The same for longer than the task lives.
Template::Lookup names_of(const Task& task, const RunNames& run,
                          std::shared_ptr<const PipelineSpec> pipeline);

}  // namespace fanout
