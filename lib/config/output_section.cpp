// [[pipeline.X.output]]
#include <algorithm>

#include "base/wording.h"
#include "config/sections.h"
#include "config/template_names.h"
#include "output/format.h"

namespace fanout {
namespace {

constexpr std::int64_t kSmallestPart = 1024;
constexpr std::int64_t kLargestPart = std::int64_t(1) << 40;

// What the ending of `to` says. False where it says nothing that is known.
bool read_ending(std::string_view to, OutputSpec& output) {
  const auto cut_off = [&](std::string_view ending) {
    const bool there = to.ends_with(ending);
    if (there) to.remove_suffix(ending.size());
    return there;
  };
  if (cut_off(".gz")) {
    output.compression = OutputSpec::Compression::gzip;
  } else if (cut_off(".zst")) {
    output.compression = OutputSpec::Compression::zstd;
  }
  output.format = output_format(to);
  return output.format != nullptr;
}

bool is_one_file_per_answer(const OutputSpec& output) {
  return output.format != nullptr && output.format->one_file_per_answer();
}

// What is wrong with `to` as a path below the output folder, or nothing. Names stand for one component each.
std::string error_in_path(const Template& to) {
  std::string path;
  for (const Template::Piece& piece : to.pieces()) path += piece.is_name ? "x" : piece.text;
  if (path.starts_with('/')) return "must be relative; it lies below out in the state directory";
  if (std::any_of(path.begin(), path.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; })) {
    return "holds a control character";
  }
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string component = path.substr(begin, end - begin);
    if (component == "..") return "must not leave the output folder with ..";
    if (component.empty()) return "has an empty component";
    if (component.starts_with('.')) return "has a component that begins with a dot, as unfinished files do";
    begin = end + 1;
  }
  return {};
}

// Two answers must not have one file.
void check_one_file_per_answer(const TemplateAt& to, const Level& level,
                               const std::vector<LevelSection>& levels, Complaints& complaints) {
  if (level.page.kind != nullptr) {
    complaints.add(to.node->place,
                   "level " + in_quotes(level.name) +
                       " is asked page by page, and each page would overwrite the one before",
                   "keep them in one file: end to in .ndjson");
  }
  if (level.parent < 0) return;
  const std::string& parent = levels[static_cast<std::size_t>(level.parent)].level.name;
  const std::vector<std::string> names = to.value.names();
  const bool named = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return name == parent || name.starts_with(parent + ".");
  });
  if (named) return;
  complaints.add(to.node->place,
                 "every answer would overwrite the one before: to names nothing of " + in_quotes(parent),
                 "name what tells them apart, such as {" + parent + ".id}, or end to in .ndjson");
}

const LevelSection* read_output_level(Reader& reader, const std::vector<LevelSection>& levels,
                                      std::string& name) {
  const Node* node = reader.required_text("level", name, "say the level whose answers are to be kept");
  if (node == nullptr) return nullptr;
  std::vector<std::string> known;
  for (const LevelSection& section : levels) {
    if (section.level.name == name) return &section;
    known.push_back(section.level.name);
  }
  reader.complaints().add(node->place, "unknown level " + in_quotes(name), did_you_mean(name, known));
  return nullptr;
}

// Whether `to` names a place and a format that answers can be kept in.
bool check_to(const TemplateAt& to, OutputSpec& output, Complaints& complaints) {
  const std::string& text = to.value.text();
  if (text.starts_with("s3://")) {
    complaints.add(to.node->place, "outputs to S3 are not supported by this version",
                   "write a relative path");
    return false;
  }
  if (!read_ending(text, output)) {
    complaints.add(
        to.node->place,
        text.ends_with(".csv") || text.ends_with(".csv.gz") || text.ends_with(".csv.zst")
            ? "CSV is not supported by this version"
            : "\"to\" must end in what it is to be",
        "end it in .json (a file for each answer) or .ndjson (many records), each also with .gz or .zst");
    return false;
  }
  if (const std::string wrong = error_in_path(to.value); !wrong.empty()) {
    complaints.add(to.node->place, "\"to\" " + wrong);
  }
  for (const Template::Piece& piece : to.value.pieces()) {
    if (!piece.keep_reserved) continue;
    complaints.add(to.node->at(piece.offset),
                   "a name in \"to\" fills one path component, so + has no meaning",
                   "write {" + piece.text + "}");
  }
  return true;
}

void read_shape(Reader& reader, OutputSpec& output, Expressions& expressions) {
  if (const Node* select = reader.text("select", output.select)) {
    if (const auto wrong = expressions.error_in_select(output.select)) {
      reader.complaints().add(select->place, "\"select\": " + *wrong);
    }
    if (is_one_file_per_answer(output)) {
      reader.complaints().add(select->place, "a .json file holds the answer as it came, without select",
                              "end to in .ndjson");
    }
  }
  const Node* roll = reader.size("roll", output.roll, kSmallestPart, kLargestPart);
  if (roll != nullptr && is_one_file_per_answer(output)) {
    reader.complaints().add(roll->place, "\"roll\" is for files of many records",
                            "leave it out, or end to in .ndjson");
  }
}

}  // namespace

OutputSpec read_output(const std::string& pipeline, const Node& node, const std::vector<LevelSection>& levels,
                       const std::map<std::string, std::string>& vars, Checking checking) {
  Reader reader(node, "[[pipeline." + pipeline + ".output]]", checking.complaints);
  OutputSpec output;
  const LevelSection* level = read_output_level(reader, levels, output.level);
  reader.required("to",
                  "e.g. to = \"" + (output.level.empty() ? "data" : output.level) + "/{run.date}.ndjson\"");
  if (const std::optional<TemplateAt> to = reader.templated("to")) {
    output.to = to->value;
    const bool well = check_to(*to, output, checking.complaints);
    if (level != nullptr && level->in_tree) {
      check_names(*to, level->level, levels, vars, checking.complaints);
      if (well && is_one_file_per_answer(output)) {
        check_one_file_per_answer(*to, level->level, levels, checking.complaints);
      }
    }
  }
  read_shape(reader, output, checking.expressions);
  reader.unknown_keys();
  return output;
}

}  // namespace fanout
