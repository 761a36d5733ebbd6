#include "daemon/fanoutctl/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/units.h"
#include "base/wording.h"
#include "daemon/fanoutctl/foreknown.h"
#include "daemon/layout.h"
#include "forecast/wording.h"
#include "harvest/limits_now.h"
#include "harvest/prospect.h"
#include "harvest/time_needed.h"
#include "limit/limiter.h"

namespace fanout {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kStarts = 100;  // that are looked at for the shortest time between two

std::vector<double> calls_of(const NextRun& next) {
  std::vector<double> calls;
  for (const auto& level : next.levels) calls.push_back(static_cast<double>(level.calls));
  return calls;
}

void add_times(NextRun& next, const Load& load, const PlanFor& asked) {
  const auto& vendor = asked.vendor;
  const auto begins = asked.pipeline.schedule ? asked.pipeline.schedule->next_after(asked.now) : std::nullopt;
  const auto wall = begins.value_or(asked.now);
  auto known = vendor;
  known.adaptive = false;  // nobody knows what will be found
  const Limiter limiter(limits_now(known, wall, MonoTime{}), MonoTime{});
  const auto calls = static_cast<double>(next.calls.median);
  next.cost = load.cost;
  next.at_the_limit = time_needed(limiter, known, load, calls, 0, wall, {});
  const auto at_rates = limiter.time_at_all_hours(calls, load.cost, {});
  next.by_rates = at_rates && next.at_the_limit && *next.at_the_limit <= *at_rates + *at_rates / 100;
  if (!asked.other_limits && !asked.past.empty()) next.took = asked.past.front().took;
  next.lasts = std::max(next.at_the_limit.value_or(milliseconds(0)), next.took.value_or(milliseconds(0)));
}

// Of those of some levels; those that are kept for each value are used by nobody knows how many.
void add_finer_quotas(NextRun& next, const Load& load, double calls_a_day, const VendorSpec& vendor) {
  for (const auto& [place, cost] : load.finer) {
    const auto& limit = vendor.limits.at(place);
    auto rates = limit.rates;
    if (limit.quota) rates.push_back(limit.quota->as_rate());
    for (const auto& rate : rates) {
      const double share = calls_a_day * cost / in_a_day(rate);
      if (limit.quiet || share <= next.share_of_all) continue;
      next.tightest = rate;
      next.tightest_name = fmt::format("{} of limit {}", format_rate(rate), limit.name);
      next.share = next.share_of_all = share;
    }
  }
}

void add_schedule(NextRun& next, const Load& load, const PlanFor& asked) {
  const auto& schedule = asked.pipeline.schedule;
  const double calls_a_day =
      (schedule ? runs_a_day(*schedule, asked.now) : 1) * static_cast<double>(next.calls.median);
  if (next.tightest = tightest_in_a_day(asked.vendor); next.tightest) {
    const double cost = calls_a_day * next.cost;
    next.tightest_name = format_rate(*next.tightest);
    next.share = cost / in_a_day(*next.tightest);
    next.share_of_all = (cost + asked.others_a_day) / in_a_day(*next.tightest);
  }
  add_finer_quotas(next, load, calls_a_day, asked.vendor);
  if (!schedule) return;
  next.runs_a_day = runs_a_day(*schedule, asked.now);
  next.starts = schedule->next_after(asked.now);
  auto start = next.starts;
  for (int i = 0; start && i < kStarts; ++i) {
    const auto following = schedule->next_after(*start);
    if (following)
      next.until_next = std::min(next.until_next.value_or(*following - *start), *following - *start);
    start = following;
  }
}

std::string percent(double share) {
  if (share < 0.001) return "less than 0.1 %";
  return fmt::format("{:.{}f} %", 100 * share, share < 0.0995 ? 1 : 0);
}

std::string listed_rates(const std::vector<Rate>& rates) {
  std::vector<std::string> texts;
  texts.reserve(rates.size());
  for (const auto& rate : rates) texts.push_back(format_rate(rate));
  return fmt::format("{}", fmt::join(texts, ", "));
}

bool fits(const NextRun& next) { return !next.until_next || next.lasts <= *next.until_next; }

std::string calls_text(const NextRun& next) {
  std::vector<std::vector<std::string>> cells;
  for (const auto& level : next.levels) cells.push_back({level.name, grouped(level.calls)});
  cells.push_back({"in all", grouped(next.calls.median)});
  std::string text;
  for (const auto& line : table_lines({{"level", false}, {"calls", true}}, cells)) text += "  " + line + "\n";
  if (next.calls.low < next.calls.high)
    text += fmt::format("  between {} and {} in eight cases of ten\n", grouped(next.calls.low),
                        grouped(next.calls.high));
  return text;
}

std::string time_text(const NextRun& next, const PlanFor& asked) {
  std::string text = "time: ";
  text += next.at_the_limit ? fmt::format("at least {} {}", roughly(*next.at_the_limit),
                                          next.by_rates ? "at " + listed_rates(asked.vendor.rates)
                                                        : "by the vendor's finer limits")
                            : fmt::format(
                                  "vendor {} has no rate, so its limit is looked for; with one: "
                                  "--if rate=20/1s",
                                  asked.vendor.name);
  if (next.took) text += fmt::format("; the last run took {}", format_duration(*next.took));
  if (!asked.vendor.told.cost.empty()) text += "; what replies tell of their cost is not in it";
  if (asked.other_limits) text += "; how fast the vendor answers is not in it";
  return text + "\n";
}

std::string quota_text(const NextRun& next) {
  if (!next.tightest) return {};
  auto text = next.runs_a_day ? fmt::format("quota: its runs of a day ({:.3g}) need ", *next.runs_a_day)
                              : std::string("quota: one run needs ");
  text += fmt::format("{} of what {} allows in a day", percent(next.share), next.tightest_name);
  if (next.share_of_all > next.share)
    text += fmt::format(", with the vendor's other pipelines {}", percent(next.share_of_all));
  // One run alone drains, though it takes longer than a day.
  return text + (next.runs_a_day && next.share_of_all > 1 ? ": will not drain\n" : "\n");
}

std::string schedule_text(const NextRun& next) {
  if (!next.starts) return "schedule: none, so it begins when it is told to\n";
  auto text = "schedule: starts " + format_utc(*next.starts).substr(0, 16) + "Z";
  if (!next.until_next) return text + "\n";
  return text + (fits(next) ? fmt::format(", and is done before the next start, {} later\n",
                                          roughly(*next.until_next))
                            : fmt::format("; will not finish before its next start, {} later\n",
                                          roughly(*next.until_next)));
}

// What the levels bring that an output keeps.
void add_bytes(NextRun& next, const Sample& sample, const PipelineSpec& pipeline) {
  double bytes = 0;
  for (std::size_t i = 0; i < next.levels.size(); ++i) {
    const auto& [name, calls] = next.levels[i];
    const auto& seen = sample.all()[i];
    if (std::ranges::find(pipeline.outputs, name, &OutputSpec::level) == pipeline.outputs.end()) continue;
    if (seen.settled() > 0) {
      bytes += seen.bytes / seen.settled() * static_cast<double>(calls);
    } else if (calls > 0) {
      next.unweighed.push_back(name);
    }
  }
  next.bytes = std::llround(bytes);
}

std::string requests_text(int requests) {
  return fmt::format("{} {}", requests, requests == 1 ? "request" : "requests");
}

// What went wrong in the sample, by level.
std::string failures_text(const Foreknown& known) {
  std::string text;
  for (const auto& [level, answered, failed, last] : known.failures) {
    const auto what = answered == 0
                          ? fmt::format("none of level {} was answered, {} failed", level, failed)
                          : fmt::format("{} of level {} failed, {} did not", failed, level, answered);
    text += fmt::format("in the sample {}; the last: {}\n", what, one_line(last));
  }
  return text;
}

std::string unknown_text(const Foreknown& known, const PlanFor& asked) {
  const auto& name = asked.pipeline.name;
  if (!asked.sample) {
    return fmt::format(
        "{0}: nothing is known of its size, since no run of it was complete{1}\n"
        "  let a few requests tell: fanoutctl plan {0} --sample 50\n"
        "  or run it once: fanoutctl start {0}; while it runs, fanoutctl status says what it comes to\n",
        name, asked.past.empty() ? "" : " with these levels", name);
  }
  const auto requests = asked.sample->requests;
  if (!known.sampled)
    return fmt::format(
        "{0}: its sample of {1} was taken of other levels; take another: fanoutctl plan {0} --sample {2}\n",
        name, requests_text(requests), std::max(requests, 50));
  std::vector<std::string> unseen;
  for (std::size_t i = 0; i < known.tree.size(); ++i) {
    if (known.counts[i].settled == 0) unseen.push_back(known.tree[i].name);
  }
  const auto why = unseen.empty() ? "" : ": no reply of " + listed(unseen) + " has come";
  if (!known.failures.empty())
    return fmt::format("{}: its sample of {} says too little{}\n", name, requests_text(requests), why) +
           failures_text(known);
  return fmt::format(
      "{}: its sample of {} says too little{}\n  take a larger one: fanoutctl plan {} --sample {}\n", name,
      requests_text(requests), unseen.empty() ? ", so unlike are its branches" : why, name,
      std::max(4 * requests, 50));
}

std::string title(const Foreknown& known, const PlanFor& asked) {
  std::vector<std::string> by;
  if (known.sampled)
    by.push_back(fmt::format("a sample of {} at {} was", requests_text(asked.sample->requests),
                             format_utc(asked.sample->taken_at).substr(0, 16) + "Z"));
  if (asked.past.size() == 1) by.push_back("the last complete one was");
  if (asked.past.size() > 1)
    by.push_back(fmt::format("each of the last {} complete ones was", asked.past.size()));
  return fmt::format("{}: the next run, as {}\n", asked.pipeline.name, fmt::join(by, ", and as "));
}

std::string disk_text(const NextRun& next, const PlanFor& asked) {
  if (!next.unweighed.empty())
    return fmt::format("disk: unknown, since no reply of {} has come\n", listed(next.unweighed));
  if (asked.past.empty() && next.bytes > 0)
    return fmt::format("disk: about {}, if replies are kept as they come\n", format_size(next.bytes));
  std::vector<std::string> what;
  if (next.parts > 0)
    what.push_back(fmt::format("{} in {} {}", format_size(next.bytes), grouped(next.parts),
                               next.parts == 1 ? "part" : "parts"));
  if (next.answers > 0)
    what.push_back(fmt::format("{} files of one answer, of unknown size", grouped(next.answers)));
  return "disk: " + (what.empty() ? "nothing is written" : listed(what)) + "\n";
}

}  // namespace

std::optional<NextRun> next_run(const PlanFor& asked) {
  const Foreknown known(asked);
  if (!known.growth) return std::nullopt;
  NextRun next;
  for (std::size_t i = 0; i < known.tree.size(); ++i)
    next.levels.push_back(
        {known.tree[i].name, known.counts[i].settled + std::llround(known.growth->to_come[i])});
  const auto in_all = [&](double to_come) { return known.settled() + std::llround(to_come); };
  next.calls = {in_all(known.growth->low()), in_all(known.growth->median), in_all(known.growth->high())};
  const auto load = load_of(asked.pipeline, asked.vendor, calls_of(next));
  add_times(next, load, asked);
  add_schedule(next, load, asked);
  if (asked.past.empty()) {
    add_bytes(next, known.sample, asked.pipeline);
  } else {
    const auto& last = asked.past.front();
    next.bytes = last.bytes;
    next.parts = last.parts;
    next.answers = last.answers;
  }
  return next;
}

std::string text_of(const std::optional<NextRun>& next, const PlanFor& asked) {
  const Foreknown known(asked);
  if (!next) return unknown_text(known, asked);
  return title(known, asked) + calls_text(*next) + time_text(*next, asked) + quota_text(*next) +
         schedule_text(*next) + disk_text(*next, asked) + failures_text(known);
}

Json json_of(const std::optional<NextRun>& next, const PlanFor& asked) {
  Json json = {
      {"pipeline", asked.pipeline.name}, {"vendor", asked.vendor.name}, {"complete_runs", asked.past.size()}};
  if (asked.sample)
    json["sample"] = {{"requests", asked.sample->requests}, {"at", format_utc(asked.sample->taken_at)}};
  if (!next) return json;
  const auto seconds_of = [](const std::optional<milliseconds>& time) {
    return time ? Json(std::chrono::duration<double>(*time).count()) : Json(nullptr);
  };
  auto rates = Json::array();
  for (const auto& rate : asked.vendor.rates) rates.push_back(format_rate(rate));
  auto levels = Json::object();
  for (const auto& level : next->levels) levels[level.name] = level.calls;
  json["levels"] = std::move(levels);
  json["calls"] = next->calls.median;
  json["calls_low"] = next->calls.low;
  json["calls_high"] = next->calls.high;
  json["rate"] = std::move(rates);
  json["seconds_at_the_limit"] = seconds_of(next->at_the_limit);
  json["seconds_of_the_last_run"] = seconds_of(next->took);
  json["runs_a_day"] = next->runs_a_day ? Json(*next->runs_a_day) : Json(nullptr);
  json["share_of_a_day"] = next->tightest ? Json(next->share) : Json(nullptr);
  json["share_of_a_day_with_others"] = next->tightest ? Json(next->share_of_all) : Json(nullptr);
  json["will_drain"] = !next->runs_a_day || next->share_of_all <= 1;
  json["starts"] = next->starts ? Json(format_utc(*next->starts)) : Json(nullptr);
  json["seconds_to_the_next_start"] = seconds_of(next->until_next);
  json["fits"] = fits(*next);
  json["bytes"] = next->bytes;
  json["parts"] = next->parts;
  json["answer_files"] = next->answers;
  return json;
}

void assume(const std::vector<std::string>& changes, VendorSpec& vendor) {
  constexpr std::string_view kRate = "rate=";
  std::vector<Rate> rates;
  for (const auto& change : changes) {
    const auto text = change.starts_with(kRate) ? change.substr(kRate.size()) : std::string();
    const auto rate = parse_rate(text);
    if (!rate || rate->limit <= 0 || rate->window.count() <= 0) {
      throw Error(
          fmt::format("--if {} says nothing that can be assumed: {}", in_quotes(change),
                      text.empty() ? "only a rate can be" : in_quotes(text) + " is no rate, N/duration"),
          "write for example --if rate=20/1s, or rate=1/2s for half a one; more of them hold at once",
          Exit::bad_configuration);
    }
    rates.push_back(*rate);
  }
  if (!rates.empty()) vendor.rates = std::move(rates);
}

}  // namespace fanout
