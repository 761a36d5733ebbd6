#include "store/sqlite/tally_sheet.h"

#include <algorithm>

namespace fanout {
namespace {

Database& without_triggers(Database& database) {
  database.fire_no_triggers();
  return database;
}

std::size_t column(State state) { return static_cast<std::size_t>(state); }

}  // namespace

TallySheet::TallySheet(Database& database)
    : add_(without_triggers(database),
           "INSERT INTO tally (run, level, depth, waiting, ready, leased, done, skipped, dead, left_out, "
           "where_failed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) "
           "ON CONFLICT (run, level) DO UPDATE SET "
           "waiting = waiting + ?4, ready = ready + ?5, leased = leased + ?6, "
           "done = done + ?7, skipped = skipped + ?8, dead = dead + ?9, "
           "left_out = left_out + ?10, where_failed = where_failed + ?11") {}

void TallySheet::clear() { lines_.clear(); }

TallySheet::Line& TallySheet::line(std::int64_t run, std::string_view level, int depth) {
  const auto found =
      std::ranges::find_if(lines_, [&](const Line& l) { return l.run == run && l.level == level; });
  if (found != lines_.end()) return *found;
  return lines_.emplace_back(Line{run, std::string(level), depth, {}, {}});
}

std::int64_t& TallySheet::change(std::int64_t run, std::string_view level, int depth, State state) {
  return line(run, level, depth).change[column(state)];
}

void TallySheet::made(std::int64_t run, std::string_view level, int depth, State to) {
  ++change(run, level, depth, to);
}

void TallySheet::moved(std::int64_t run, std::string_view level, int depth, State from, State to) {
  --change(run, level, depth, from);
  ++change(run, level, depth, to);
}

std::int64_t TallySheet::moved_rows(Statement& update, State from, State to) {
  std::int64_t rows = 0;
  for (; update.step(); ++rows) {
    moved(update.integer(0), update.text(1), static_cast<int>(update.integer(2)), from, to);
  }
  update.reset();
  return rows;
}

void TallySheet::gone(std::int64_t run, std::string_view level, int depth, State from) {
  --change(run, level, depth, from);
}

void TallySheet::left_out(std::int64_t run, std::string_view level, int depth, const LeftOut& items) {
  LeftOut& sum = line(run, level, depth).left_out;
  sum.by_where += items.by_where;
  sum.where_failed += items.where_failed;
}

void TallySheet::write() {
  for (const auto& [run, level, depth, change, left_out] : lines_) {
    if (std::ranges::all_of(change, [](std::int64_t n) { return n == 0; }) && !left_out.any()) continue;
    add_.bind(run, level, depth, change[0], change[1], change[2], change[3], change[4], change[5],
              left_out.by_where, left_out.where_failed)
        .run();
  }
  lines_.clear();
}

}  // namespace fanout
