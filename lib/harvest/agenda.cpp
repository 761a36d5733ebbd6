#include "harvest/agenda.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

namespace fanout {
namespace {

constexpr std::string_view kPipeline = "pipeline/";

}  // namespace

void Agenda::configure(const Config& config, WallTime now) {
  std::map<std::string, Entry> entries;
  for (const auto& [name, pipeline] : config.pipelines) {
    if (!pipeline.schedule) continue;
    const auto known = entries_.find(name);
    const bool same = known != entries_.end() && known->second.schedule == *pipeline.schedule;
    const auto considered = same ? known->second.considered : now;
    entries.emplace(name, Entry{*pipeline.schedule, considered, pipeline.schedule->next_after(considered)});
  }
  entries_ = std::move(entries);
}

void Agenda::dealt_with(const std::string& pipeline, WallTime scheduled_for) {
  const auto found = entries_.find(pipeline);
  if (found == entries_.end()) return;
  found->second.considered = scheduled_for;
  found->second.next = found->second.schedule.next_after(scheduled_for);
}

void Agenda::not_after(WallTime now) {
  for (auto& [name, entry] : entries_) {
    if (entry.considered <= now + std::chrono::hours(24)) continue;
    entry.considered = now;
    entry.next = entry.schedule.next_after(now);
  }
}

std::vector<Agenda::Due> Agenda::take_due(WallTime now) {
  std::vector<Due> due;
  for (auto& [name, entry] : entries_) {
    int count = 0;
    while (entry.next && *entry.next <= now) {
      ++count;
      entry.considered = *entry.next;
      entry.next = entry.schedule.next_after(entry.considered);
      // Years of minutes are not worth counting: the last one before now is what is made up for.
      constexpr int kWorthCounting = 10'000;
      if (count == kWorthCounting) {
        entry.considered = now;
        entry.next = entry.schedule.next_after(now);
      }
    }
    if (count > 0) due.push_back({name, entry.considered, count - 1});
  }
  return due;
}

std::optional<WallTime> Agenda::next() const {
  std::optional<WallTime> earliest;
  for (const auto& [name, entry] : entries_) {
    if (entry.next) earliest = earliest ? std::min(*earliest, *entry.next) : *entry.next;
  }
  return earliest;
}

std::optional<WallTime> Agenda::next(const std::string& pipeline) const {
  const auto found = entries_.find(pipeline);
  return found == entries_.end() ? std::nullopt : found->second.next;
}

WallTime Agenda::considered(const std::string& pipeline) const {
  const auto found = entries_.find(pipeline);
  return found == entries_.end() ? WallTime{} : found->second.considered;
}

LimiterRow Agenda::row(const std::string& pipeline) const {
  LimiterRow row;
  row.subject = fmt::format("{}{}", kPipeline, pipeline);
  row.state = fmt::format(R"({{"considered":{}}})", unix_ms(considered(pipeline)));
  return row;
}

void Agenda::read(const LimiterRow& row, bool at_start) {
  const auto pipeline = row.subject.substr(kPipeline.size());
  const auto state = nlohmann::json::parse(row.state, nullptr, false);
  const auto found = state.is_object() ? state.find("considered") : state.end();
  if (found == state.end() || !found->is_number_integer()) return;
  const auto until = from_unix_ms(found->get<std::int64_t>());
  if (until == WallTime{}) return;  // it was paused while it had no schedule
  saved_[pipeline] = until;
  if (at_start || until > considered(pipeline)) dealt_with(pipeline, until);
}

std::vector<LimiterRow> Agenda::take_unsaved() {
  std::vector<LimiterRow> rows;
  for (const auto& [pipeline, entry] : entries_) {
    const auto saved = saved_.find(pipeline);
    if (saved != saved_.end() && saved->second == entry.considered) continue;
    saved_[pipeline] = entry.considered;
    rows.push_back(row(pipeline));
  }
  return rows;
}

}  // namespace fanout
