#include "harvest/agenda.h"

#include <algorithm>

namespace fanout {
namespace {

std::string text_of(const Schedule& schedule) { return schedule.cron() + " " + schedule.zone(); }

}  // namespace

double runs_a_day(const Schedule& schedule, WallTime from) {
  constexpr int kEnough = 60;
  constexpr milliseconds kLongEnough = std::chrono::days(28);
  int count = 0;
  auto last = from;
  while (count < kEnough) {
    const auto next = schedule.next_after(last);
    if (!next || *next - from > kLongEnough) break;
    last = *next;
    ++count;
  }
  if (count == 0) return 0;
  const auto over = count == kEnough ? last - from : kLongEnough;
  return count * std::chrono::duration<double>(std::chrono::days(1)) / std::chrono::duration<double>(over);
}

void Agenda::configure(const Config& config, WallTime now) {
  std::map<std::string, Entry> entries;
  for (const auto& [name, pipeline] : config.pipelines) {
    if (!pipeline.schedule) continue;
    const auto known = entries_.find(name);
    const bool same = known != entries_.end() && known->second.schedule == *pipeline.schedule;
    const auto considered = same ? known->second.considered : now;
    entries.emplace(name, Entry{*pipeline.schedule, considered, pipeline.schedule->next_after(considered),
                                same ? known->second.a_day : fanout::runs_a_day(*pipeline.schedule, now)});
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

double Agenda::runs_a_day(const std::string& pipeline) const {
  const auto found = entries_.find(pipeline);
  return found == entries_.end() ? 0 : found->second.a_day;
}

WallTime Agenda::considered(const std::string& pipeline) const {
  const auto found = entries_.find(pipeline);
  return found == entries_.end() ? WallTime{} : found->second.considered;
}

void Agenda::read(const ScheduleRow& row) {
  saved_[row.pipeline] = row;
  const auto found = entries_.find(row.pipeline);
  if (found == entries_.end()) return;
  if (row.text.empty() || row.text == text_of(found->second.schedule)) {
    dealt_with(row.pipeline, row.considered);
  }
}

std::vector<ScheduleRow> Agenda::take_unsaved() {
  std::vector<ScheduleRow> rows;
  for (const auto& [pipeline, entry] : entries_) {
    ScheduleRow row{pipeline, text_of(entry.schedule), entry.considered};
    auto& saved = saved_[pipeline];
    if (saved == row) continue;
    saved = row;
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace fanout
