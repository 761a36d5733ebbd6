// How one batch of records is written: all of it is shaped, then each path is held against those that are
// taken, and only then is anything on the disk touched.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "output/outputs.h"
#include "output/part_name.h"
#include "output/shaped.h"

namespace fanout {
namespace {

// All that is kept of a task is kept, or nothing.
std::set<std::int64_t> tasks_with_problems(const std::vector<Record>& records,
                                           const std::vector<std::string>& problems) {
  std::set<std::int64_t> tasks;
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (!problems[i].empty()) tasks.insert(records[i].task);
  }
  return tasks;
}

}  // namespace

Written Outputs::write(const std::vector<Record>& records, const Enough& enough) {
  FANOUT_INVARIANT(!parts_.is_written());
  Written written;
  written.places.resize(records.size());
  written.problems.resize(records.size());
  auto shaped = shape(records, expressions_, written.problems, enough);
  written.records = shaped.count;
  shaped.drop(tasks_with_problems(records, written.problems), records);
  take_paths(shaped, records, written);
  shaped.drop(tasks_with_problems(records, written.problems), records);
  const auto unkept = tasks_with_problems(records, written.problems);
  try {
    remove_leftovers();
    write_down(shaped);
    write_answers(shaped, records, written);
    for (auto& group : shaped.groups) append(std::move(group), written);
    answer_files_.finish();
    remove_answers_of_the_dead(shaped, records, written);
    folders_.sync();
  } catch (const MustWait&) {
    std::ranges::move(answer_files_.drop(), std::back_inserter(leftovers_));
    rolled_back();
    throw;
  }
  for (const auto i : shaped.without_rows) written.places[i] = "no rows";
  written.parts = parts_.moved();
  written.partly = tasks_with_problems(records, written.problems) != unkept;
  return written;
}

// Within a run a path belongs to one task, whichever came first.
void Outputs::take_paths(const Shaped& shaped, const std::vector<Record>& records, Written& written) {
  std::map<std::pair<std::int64_t, std::string>, std::size_t> taken;  // by whose record
  for (const auto& answer : shaped.answers) {
    const Record& record = records[answer.record];
    const auto [at, is_free] = taken.try_emplace({record.run, answer.folded}, answer.record);
    const std::int64_t stored = path_owner_ ? path_owner_(record.run, answer.folded) : 0;
    const std::int64_t owner = stored != 0 && stored != record.task ? stored
                               : is_free                            ? 0
                                                                    : records[at->second].task;
    if (owner == 0) {
      written.answer_paths.push_back({record.run, answer.folded, record.task});
      continue;
    }
    written.problems[answer.record] = fmt::format(
        "its file would be {}, which holds the answer of task {}: put what tells the two apart into the "
        "output's "
        "\"to\", such as the id of each ancestor, and redrive it; or keep records, a line each (.ndjson)",
        answer.path, owner);
  }
  const auto unkept = tasks_with_problems(records, written.problems);
  std::erase_if(written.answer_paths, [&](const AnswerPath& path) { return unkept.contains(path.task); });
}

// Also a part that then comes to have no rows: it stays written down, and costs no sync again.
void Outputs::write_down(const Shaped& shaped) {
  std::vector<std::string> paths;
  for (const auto& answer : shaped.answers) paths.push_back(answer.path);
  for (const auto& group : shaped.groups) {
    if (auto path = parts_.path_to_begin(group.key)) paths.push_back(std::move(*path));
  }
  intents_.write_down(paths);
}

void Outputs::write_answers(Shaped& shaped, const std::vector<Record>& records, Written& written) {
  for (auto& answer : shaped.answers) {
    const auto i = answer.record;
    const auto bytes = compressor_.compress(records[i].output->compression, std::move(answer.text));
    answer_files_.add(answer.path, bytes, &written.problems[i]);
    written.places[i] = answer.path;
  }
}

// Only now is it known that another file of theirs could not be made.
void Outputs::remove_answers_of_the_dead(const Shaped& shaped, const std::vector<Record>& records,
                                         const Written& written) {
  const auto dead = tasks_with_problems(records, written.problems);
  for (const auto& answer : shaped.answers) {
    if (!dead.contains(records[answer.record].task) || !written.problems[answer.record].empty()) continue;
    disk_.remove(root_ / answer.path);
    folders_.add((root_ / answer.path).parent_path());
  }
}

void Outputs::append(Shaped::Group group, Written& written) {
  if (group.lines.empty()) return;
  OpenPart* part = nullptr;
  try {
    part = &parts_.to_write(group.key, group.output->roll);
  } catch (const NameTaken& taken) {
    for (const auto& each : group.lines) written.problems[each.record] = taken.what();
    return;
  }
  const bool compressed = group.output->compression != OutputSpec::Compression::none;
  const auto bytes = compressor_.compress(group.output->compression, std::move(group.text));
  const auto offset = part->append(bytes, static_cast<std::int64_t>(group.lines.size()));
  for (const auto& each : group.lines) {
    const auto begin = compressed ? 0 : each.begin;
    const auto end = compressed ? bytes.size() : each.end;
    written.places[each.record] = fmt::format("{}@{}+{}", part->committed().path,
                                              offset + static_cast<std::int64_t>(begin), end - begin);
  }
}

}  // namespace fanout
