// For --check: everything that was understood, defaults included, and never the value of a secret.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/wording.h"
#include "config/load.h"
#include "config/path_clash.h"
#include "limit/pace.h"
#include "output/format.h"
#include "page/page_kind.h"

namespace fanout {
namespace {

using Out = std::back_insert_iterator<std::string>;

// One line: a label in a column of its own, and what it says.
template <typename... Args>
void line(Out out, std::string_view label, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(out, "  {:<13}{}\n", label, fmt::format(format, std::forward<Args>(args)...));
}

const char* format_name(LogFormat format) {
  switch (format) {
    case LogFormat::text:
      return "text";
    case LogFormat::journal:
      return "journal";
    case LogFormat::json:
      return "json";
  }
  return "text";
}

std::string rates_text(const VendorSpec& vendor) {
  if (vendor.rates.empty())
    return vendor.adaptive ? "no rate: the limit is looked for from one a second on"
                           : "no rate, and none is looked for";
  std::string even, quotas;
  for (const Rate& rate : vendor.rates) {
    std::string& kind = rate.window > Pace::kLongestEven ? quotas : even;
    kind += (kind.empty() ? "" : ", ") + format_rate(rate);
  }
  if (!even.empty())
    even += vendor.burst == 1 ? ", paced evenly" : fmt::format(", up to {} at once", vendor.burst);
  if (!quotas.empty()) quotas += " as a quota";
  return even + (even.empty() || quotas.empty() ? "" : "; ") + quotas +
         (vendor.adaptive ? "; a lower limit is looked for" : "");
}

std::string limit_text(const FinerLimitSpec& limit) {
  std::vector<std::string> whom, how;
  for (const auto& level : limit.levels) whom.push_back("level " + level);
  if (!limit.path.empty()) whom.push_back("path " + limit.path);
  if (limit.per) whom.push_back("per " + limit.per->text());
  if (limit.quiet) whom.push_back(limit.quiet->text() + " in " + limit.quiet->zone());
  for (const Rate& rate : limit.rates) how.push_back(format_rate(rate));
  if (limit.quota) how.push_back(limit.quota->text());
  if (limit.burst > 1) how.push_back(fmt::format("up to {} at once", limit.burst));
  if (limit.concurrency) how.push_back(fmt::format("{} in flight", *limit.concurrency));
  if (limit.cost) how.push_back(fmt::format("each request costs {}", *limit.cost));
  const auto what = whom.empty() ? "all requests" : fmt::format("{}", fmt::join(whom, ", "));
  return fmt::format("{}: {}", what.starts_with(limit.name) ? what : limit.name + ": " + what,
                     fmt::join(how, ", "));
}

void describe_limits(Out out, const VendorSpec& vendor) {
  const auto note = [&](const std::vector<Rate>& rates) {
    for (const Rate& rate : rates) {
      const Rate* binding = stricter(rate, vendor.rates);
      if (binding != nullptr)
        line(out, "", "{} never binds, since {} is stricter", format_rate(rate), format_rate(*binding));
    }
  };
  note(vendor.rates);
  if (vendor.share < 1) line(out, "share", "{:g} % of what the vendor allows", 100 * vendor.share);
  for (const FinerLimitSpec& limit : vendor.limits) {
    line(out, "limit", "{}", limit_text(limit));
    if (!limit.cost) note(limit.rates);
  }
}

void describe_vendor(Out out, const VendorSpec& vendor) {
  fmt::format_to(out, "\nvendor {}\n", vendor.name);
  line(out, "base_url", "{}", vendor.base_url.text());
  line(out, "auth", "{}", text_of(vendor.auth));
  if (vendor.base_url.tls) {
    line(out, "trusts", "{}",
         vendor.ca_file.empty() ? "the certificates that this machine trusts" : vendor.ca_file);
  }
  for (const auto& [name, value] : vendor.headers) line(out, "header", "{}: {}", name, value);
  line(out, "limits", "{} requests in flight; {}", vendor.concurrency, rates_text(vendor));
  describe_limits(out, vendor);
  if (!vendor.rates.empty()) line(out, "jitter", "up to {} on the way", format_duration(vendor.jitter));
  for (const auto& [key, part] : kToldKeys) {
    if (const auto& sql = vendor.told.*part; !sql.empty()) line(out, "told", "{} = {}", key, sql);
  }
  line(out, "patience", "{} for a request, {} of them to connect; bodies up to {}",
       format_duration(vendor.timeout), format_duration(vendor.connect_timeout),
       format_size(vendor.body_limit));
  line(out, "retry",
       "{} attempts, {} apart at first and at most {}; {:g} % as many retries as other requests",
       vendor.retry.attempts, format_duration(vendor.retry.base), format_duration(vendor.retry.cap),
       100 * vendor.retry.budget);
}

std::string then_text(const Rule& rule) {
  if (rule.then != Verdict::snooze) return verdict_name(rule.then);
  std::string text = rule.holds ? "hold the vendor" : "snooze";
  if (!rule.wait.empty()) text += " for " + rule.wait;
  if (rule.snooze) text += (rule.wait.empty() ? " for " : ", else for ") + format_duration(*rule.snooze);
  if (rule.holds && !rule.snooze) text += rule.wait.empty() ? " for as long as it says" : ", else as it says";
  return text;
}

std::string items_text(const Level& level) {
  std::string text = level.items->text();
  text += level.keep.empty() ? ", keeps no field" : ", keeps " + listed(level.keep);
  if (!level.optional.empty()) text += " (may lack " + listed(level.optional) + ")";
  if (level.missing_is_empty) text += ", none where there is no list";
  if (level.single_is_item) text += ", one where there is one object";
  text += ", key " + level.key.text();
  if (level.key_is_default) text += " or else a hash";
  if (level.unique_in_run) text += ", each once in a run";
  return text + fmt::format(", at most {} in a reply", level.max_items);
}

// Some field of a level above it, in what it asks for.
bool names_what_is_above(const PipelineSpec& pipeline, const Level& level) {
  auto names = level.path.names();
  for (const auto* templates : {&level.query, &level.headers}) {
    for (const auto& [key, value] : *templates) {
      for (auto& name : value.names()) names.push_back(std::move(name));
    }
  }
  return std::ranges::any_of(names, [&](const std::string& name) {
    return pipeline.level(name.substr(0, name.find('.'))) != nullptr;
  });
}

// A level, and below it, further in, those that are asked for each of its items.
void describe_level(Out out, const PipelineSpec& pipeline, const Level& level) {
  const std::string indent(4 + 2 * static_cast<std::size_t>(level.depth), ' ');
  const auto detail = [&](std::string_view label, const std::string& text) {
    fmt::format_to(out, "{}  {:<9}{}\n", indent, label, text);
  };
  fmt::format_to(out, "{}{}  GET {}\n", indent, level.name, level.path.text());
  for (const auto& [name, value] : level.query) detail("query", name + " = " + value.text());
  for (const auto& [name, value] : level.headers) detail("header", name + ": " + value.text());
  if (level.parent >= 0 && !names_what_is_above(pipeline, level))
    detail("note", "names nothing of " + pipeline.levels.at(static_cast<std::size_t>(level.parent)).name +
                       ", so each of its items asks for the same");
  if (level.tolerate)
    detail("tolerate", fmt::format("{:g} % dead, or the run is stopped", 100 * *level.tolerate));
  if (level.cost > 1) detail("cost", std::to_string(level.cost));
  if (level.page.kind != nullptr) detail("pages", page_text(level.page));
  if (level.items) detail("items", items_text(level));
  if (!level.where.empty()) detail("where", level.where);
  for (const Rule& rule : level.rules) detail("rule", rule.when + " → " + then_text(rule));
  for (const int child : level.children) {
    describe_level(out, pipeline, pipeline.levels[static_cast<std::size_t>(child)]);
  }
}

std::string output_text(const OutputSpec& output) {
  std::string text(output.format->described());
  if (!output.select.empty()) text += ", shaped by select";
  if (output.compression == OutputSpec::Compression::gzip) text += ", gzip";
  if (output.compression == OutputSpec::Compression::zstd) text += ", zstd";
  if (!output.format->one_file_per_answer()) text += ", a new part at " + format_size(output.roll);
  return text;
}

std::string schedule_text(const PipelineSpec& pipeline, WallTime now) {
  if (!pipeline.schedule) return "only when told to";
  const Schedule& schedule = *pipeline.schedule;
  const auto due = schedule.next_after(now);
  return fmt::format("{} in {}, next due {}", schedule.cron(), schedule.zone(),
                     due ? format_utc(*due) : "not within five years");
}

void describe_pipeline(Out out, const PipelineSpec& pipeline, WallTime now) {
  fmt::format_to(out, "\npipeline {}\n", pipeline.name);
  line(out, "vendor", "{}, weight {}{}", pipeline.vendor, pipeline.weight,
       pipeline.priority == 1   ? ", low priority"
       : pipeline.priority > 10 ? ", high priority"
                                : "");
  if (pipeline.deadline)
    line(out, "deadline", "{} in {}", format_clock_time(*pipeline.deadline), pipeline.zone);
  line(out, "schedule", "{}", schedule_text(pipeline, now));
  for (const auto& [name, value] : pipeline.vars) line(out, "vars", "{} = {}", name, value);
  fmt::format_to(out, "  levels\n");
  for (const Level& level : pipeline.levels) {
    if (level.parent < 0) describe_level(out, pipeline, level);
  }
  if (pipeline.outputs.empty()) line(out, "outputs", "none: answers are counted and not kept");
  for (const OutputSpec& output : pipeline.outputs) {
    line(out, "output", "{} → {} ({})", output.level, output.to.text(), output_text(output));
    if (const auto missing = missing_from_path(pipeline, output); !missing.empty()) {
      line(out, "", "two answers may come under one path, and the second would be dead: it lacks {}",
           missing);
    }
  }
}

}  // namespace

std::string describe(const Config& config, WallTime now) {
  std::string text;
  const Out out(text);
  fmt::format_to(out, "fanoutd\n");
  line(out, "file", "{}", config.file.string());
  line(out, "state_dir", "{}", config.state_dir.string());
  line(out, "outputs", "{}", (config.state_dir / "out").string());
  line(out, "store", "keeps finished runs for {}, their dead letters for {}", format_duration(config.keep),
       format_duration(config.keep_dead));
  line(out, "log", "{}, from {} up", format_name(config.log_format), severity_name(config.log_level));
  for (const auto& [name, vendor] : config.vendors) describe_vendor(out, vendor);
  for (const auto& [name, pipeline] : config.pipelines) describe_pipeline(out, pipeline, now);
  return text;
}

}  // namespace fanout
