// How one batch of records is written.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>

#include "output/outputs.h"
#include "output/part_name.h"

namespace fanout {
namespace {

constexpr std::size_t kRoomAround = 64;  // bytes that a line has besides its record's own

// The same path for every record of a run.
bool is_the_same_for_all(const Template& to) {
  return std::ranges::none_of(to.pieces(), [](const Template::Piece& piece) {
    return piece.is_name && !piece.text.starts_with("run.") && !piece.text.starts_with("vars.");
  });
}

}  // namespace

// The records of one batch that go into one part.
struct Outputs::Group {
  Key key;
  const OutputSpec* output = nullptr;
  std::vector<std::size_t> records;
  std::size_t room = 0;  // bytes that their lines take, about
};

// What a batch comes to on the disk.
struct Outputs::Sorted {
  struct Answer {
    std::size_t record;
    std::string path;
  };
  std::vector<Answer> answers;  // that have a file of their own
  std::vector<Group> groups;    // the others
};

Written Outputs::write(const std::vector<Record>& records) {
  FANOUT_INVARIANT(touched_.empty());
  Written written;
  written.places.resize(records.size());
  written.problems.resize(records.size());
  try {
    remove_leftovers();
    const auto sorted = sort(records, written);
    write_down(sorted);
    write_answers(sorted, records, written);
    for (const auto& group : sorted.groups) append(group, records, written);
    answer_files_.finish();
    sync_folders();
  } catch (const MustWait&) {
    std::ranges::move(answer_files_.drop(), std::back_inserter(leftovers_));
    rolled_back();
    throw;
  }
  for (const auto* part : touched_) written.parts.push_back(part->written());
  written.parts.insert(written.parts.end(), noted_.begin(), noted_.end());
  return written;
}

Outputs::Sorted Outputs::sort(const std::vector<Record>& records, Written& written) {
  Sorted sorted;
  auto& groups = sorted.groups;
  std::map<Key, std::size_t> by_key;
  std::map<std::pair<std::int64_t, const OutputSpec*>, std::size_t>
      by_output;  // whose path is the same for all
  for (std::size_t i = 0; i < records.size(); ++i) {
    const Record& record = records[i];
    const auto known = by_output.find({record.run, record.output});
    std::size_t which = 0;
    if (known != by_output.end()) {
      which = known->second;
    } else {
      auto path = path_of(record, &written.problems[i]);
      if (!path) continue;
      if (record.output->one_file_per_answer) {
        sorted.answers.push_back({i, std::move(*path)});
        continue;
      }
      which = by_key.try_emplace({record.run, *path}, groups.size()).first->second;
      if (which == groups.size()) groups.push_back({{record.run, std::move(*path)}, record.output, {}, 0});
      if (is_the_same_for_all(record.output->to)) by_output[{record.run, record.output}] = which;
    }
    groups[which].records.push_back(i);
    groups[which].room += record.parents.size() + record.body.size() + record.fetched_at.size() + kRoomAround;
  }
  return sorted;
}

// Also a part that then comes to have no rows: it stays written down, and costs no sync again.
void Outputs::write_down(const Sorted& sorted) {
  std::vector<std::string> paths;
  for (const auto& answer : sorted.answers) paths.push_back(answer.path);
  for (const auto& group : sorted.groups) {
    if (!parts_.contains(group.key)) paths.push_back(next_part(group.key).path);
  }
  begun_.write_down(paths);
}

void Outputs::write_answers(const Sorted& sorted, const std::vector<Record>& records, Written& written) {
  for (const auto& [i, path] : sorted.answers) {
    auto text = whole_file(records[i], expressions_, &written.problems[i]);
    if (!text) continue;
    const auto bytes = compressor_.compress(records[i].output->compression, std::move(*text));
    answer_files_.add(path, bytes, &written.problems[i]);
    written.places[i] = path;
  }
}

void Outputs::append(const Group& group, const std::vector<Record>& records, Written& written) {
  struct Lines {
    std::size_t record;
    std::size_t begin;
    std::size_t end;
  };
  std::vector<Lines> lines;
  std::string text;
  text.reserve(group.room);
  for (const auto i : group.records) {
    const auto begin = text.size();
    const auto count = append_lines(records[i], expressions_, text, &written.problems[i]);
    if (!count) continue;
    if (*count == 0) {
      written.places[i] = "no rows";
    } else {
      lines.push_back({i, begin, text.size()});
    }
  }
  if (lines.empty()) return;

  OpenPart* part = nullptr;
  try {
    part = &part_for(group);
  } catch (const NameTaken& taken) {
    for (const auto& each : lines) written.problems[each.record] = taken.what();
    return;
  }
  const bool compressed = group.output->compression != OutputSpec::Compression::none;
  const auto bytes = compressor_.compress(group.output->compression, std::move(text));
  touched_.push_back(part);
  const auto offset = part->append(bytes, static_cast<std::int64_t>(lines.size()));
  for (const auto& each : lines) {
    const auto begin = compressed ? 0 : each.begin;
    const auto end = compressed ? bytes.size() : each.end;
    written.places[each.record] = fmt::format("{}@{}+{}", part->committed().path,
                                              offset + static_cast<std::int64_t>(begin), end - begin);
  }
}

OpenPart& Outputs::part_for(const Group& group) {
  const auto at = parts_.find(group.key);
  if (at != parts_.end()) {
    const auto wrong = at->second.open();
    if (wrong.empty()) {
      used(at->second);
      at->second.roll = group.output->roll;
      return at->second;
    }
    noted_.push_back(give_up(at, wrong));
  }
  OpenPart& part = begin_part(group.key);
  part.roll = group.output->roll;
  return part;
}

// Its number is above all that the store knows, and its name is nobody's.
Part Outputs::next_part(const Key& key) {
  int number = latest_number_ ? latest_number_(key.first, key.second) + 1 : 1;
  while (disk_.size_of(root_ / part_path(key.second, key.first, number))) ++number;
  Part part;
  part.run = key.first;
  part.base = key.second;
  part.number = number;
  part.path = part_path(key.second, key.first, number);
  return part;
}

OpenPart& Outputs::begin_part(const Key& key) {
  Part next = next_part(key);
  begun_.write_down({next.path});  // unless it is already
  OpenPart part(disk_, root_, std::move(next), false);
  part.create();
  folders_.insert(part.final_path().parent_path());
  OpenPart& kept = parts_.emplace(key, std::move(part)).first->second;
  used(kept);
  return kept;
}

}  // namespace fanout
