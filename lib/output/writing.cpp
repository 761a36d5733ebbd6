// How one batch of records is written.
#include <fmt/format.h>

#include <algorithm>
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

Written Outputs::write(const std::vector<Record>& records) {
  FANOUT_INVARIANT(touched_.empty());
  Written written;
  written.places.resize(records.size());
  written.problems.resize(records.size());
  try {
    for (const auto& group : groups_of(records, written)) append(group, records, written);
    answer_files_.finish();
    sync_folders();
  } catch (const MustWait&) {
    answer_files_.drop();
    rolled_back();
    throw;
  }
  for (const auto* part : touched_) written.parts.push_back(part->written());
  written.parts.insert(written.parts.end(), noted_.begin(), noted_.end());
  return written;
}

// Writes the answers that have a file of their own, and groups the others by part.
std::vector<Outputs::Group> Outputs::groups_of(const std::vector<Record>& records, Written& written) {
  std::vector<Group> groups;
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
        auto text = whole_file(record, expressions_, &written.problems[i]);
        if (!text) continue;
        const auto bytes = compressor_.compress(record.output->compression, std::move(*text));
        answer_files_.add(*path, bytes, &written.problems[i]);
        written.places[i] = std::move(*path);
        continue;
      }
      which = by_key.try_emplace({record.run, *path}, groups.size()).first->second;
      if (which == groups.size()) groups.push_back({{record.run, std::move(*path)}, record.output, {}, 0});
      if (is_the_same_for_all(record.output->to)) by_output[{record.run, record.output}] = which;
    }
    groups[which].records.push_back(i);
    groups[which].room += record.parents.size() + record.body.size() + record.fetched_at.size() + kRoomAround;
  }
  return groups;
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
    const bool known = !at->second.unknown_and_empty();
    auto noted = give_up(at, wrong);
    if (known) noted_.push_back(std::move(noted));
  }
  OpenPart& part = begin_part(group.key);
  part.roll = group.output->roll;
  return part;
}

// Its number is above all that are known of, and its name is nobody's.
OpenPart& Outputs::begin_part(const Key& key) {
  const auto latest = numbers_.find(key);
  int number = latest == numbers_.end() ? 1 : latest->second + 1;
  while (disk_.size_of(root_ / part_path(key.second, key.first, number))) ++number;
  Part first;
  first.run = key.first;
  first.base = key.second;
  first.number = number;
  first.path = part_path(key.second, key.first, number);
  OpenPart part(disk_, root_, std::move(first), false);
  part.create();
  folders_.insert(part.final_path().parent_path());
  OpenPart& kept = parts_.emplace(key, std::move(part)).first->second;
  used(kept);
  return kept;
}

}  // namespace fanout
