#include "output/shaped.h"

#include <algorithm>
#include <map>

#include "output/folded_path.h"
#include "output/format.h"

namespace fanout {
namespace {

constexpr std::size_t kRoomAround = 64;  // bytes that a line has besides its record's own

// The same path for every record of a run.
bool is_the_same_for_all(const Template& to) {
  return std::ranges::none_of(to.pieces(), [](const Template::Piece& piece) {
    return piece.is_name && !piece.text.starts_with("run.") && !piece.text.starts_with("vars.");
  });
}

// Finds the group of each record without filling in a path twice that is the same for all.
class Groups {
 public:
  explicit Groups(std::vector<Shaped::Group>& groups) : groups_(groups) {}

  // Nothing if the record has a file of its own or no path.
  Shaped::Group* of_known(const Record& record) {
    const auto known = by_output_.find({record.run, record.output});
    return known == by_output_.end() ? nullptr : &groups_[known->second];
  }
  Shaped::Group& of(const Record& record, std::string path) {
    const auto [at, fresh] = by_key_.try_emplace({record.run, path}, groups_.size());
    if (fresh) groups_.push_back({{record.run, std::move(path)}, record.output, {}, {}});
    if (is_the_same_for_all(record.output->to)) by_output_[{record.run, record.output}] = at->second;
    return groups_[at->second];
  }

 private:
  std::vector<Shaped::Group>& groups_;
  std::map<std::pair<std::int64_t, std::string>, std::size_t> by_key_;
  std::map<std::pair<std::int64_t, const OutputSpec*>, std::size_t> by_output_;
};

void add_lines(std::size_t i, const Record& record, Expressions& expressions, Shaped::Group& group,
               std::vector<std::size_t>& without_rows, std::string* problem) {
  const auto begin = group.text.size();
  const auto room =
      begin + record.parents.size() + record.body.size() + record.fetched_at.size() + kRoomAround;
  if (group.text.capacity() < room) group.text.reserve(std::max(room, 2 * group.text.capacity()));
  const auto count = record.output->format->append(record, expressions, group.text, problem);
  if (!count) return;
  if (*count == 0) {
    without_rows.push_back(i);
  } else {
    group.lines.push_back({i, begin, group.text.size()});
  }
}

}  // namespace

Shaped shape(const std::vector<Record>& records, Expressions& expressions, std::vector<std::string>& problems,
             const Enough& enough) {
  Shaped shaped;
  Groups groups(shaped.groups);
  for (std::size_t i = 0; i < records.size(); ++i) {
    const Record& record = records[i];
    if (i > 0 && record.task != records[i - 1].task && enough()) break;
    ++shaped.count;
    Shaped::Group* group = groups.of_known(record);
    if (group == nullptr) {
      auto path = path_of(record, &problems[i]);
      if (!path) continue;
      if (record.output->format->one_file_per_answer()) {
        std::string text;
        auto folded = folded_path(*path);
        if (record.output->format->append(record, expressions, text, &problems[i]))
          shaped.answers.push_back({i, std::move(*path), std::move(folded), std::move(text)});
        continue;
      }
      group = &groups.of(record, std::move(*path));
    }
    add_lines(i, record, expressions, *group, shaped.without_rows, &problems[i]);
  }
  return shaped;
}

void Shaped::drop(const std::set<std::int64_t>& tasks, const std::vector<Record>& records) {
  if (tasks.empty()) return;
  const auto dropped = [&](std::size_t record) { return tasks.contains(records[record].task); };
  std::erase_if(answers, [&](const Answer& answer) { return dropped(answer.record); });
  std::erase_if(without_rows, dropped);
  for (Group& group : groups) {
    if (std::ranges::none_of(group.lines, [&](const Lines& lines) { return dropped(lines.record); }))
      continue;
    std::string text;
    std::vector<Lines> kept;
    for (const Lines& lines : group.lines) {
      if (dropped(lines.record)) continue;
      kept.push_back({lines.record, text.size(), text.size() + lines.end - lines.begin});
      text.append(group.text, lines.begin, lines.end - lines.begin);
    }
    group.text = std::move(text);
    group.lines = std::move(kept);
  }
  std::erase_if(groups, [](const Group& group) { return group.lines.empty(); });
}

}  // namespace fanout
