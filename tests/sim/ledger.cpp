#include "sim/ledger.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "support/inflated.h"

namespace fanout::sim {
namespace {

std::string text_of(const Question& question) {
  return fmt::format("run {} {}/{}/{} page {}", question.run, question.place.pipeline, question.place.level,
                     question.place.key, question.page);
}

bool is_output(const std::string& path) { return path.starts_with(std::string(kOutputs) + "/"); }

// data-17-00001.ndjson.gz: 17
std::int64_t run_of_part(std::string_view name) {
  const auto number = name.rfind('-');
  const auto run = name.rfind('-', number - 1);
  return std::stoll(std::string(name.substr(run + 1, number - run - 1)));
}

std::optional<std::string> decoded(const std::string& path, const std::string& bytes) {
  using Compression = OutputSpec::Compression;
  return inflated(path.ends_with(".gz")    ? Compression::gzip
                  : path.ends_with(".zst") ? Compression::zstd
                                           : Compression::none,
                  bytes);
}

}  // namespace

Ledger::Ledger(Machine& machine, const Plan& plan, Journal& journal)
    : machine_(machine), plan_(plan), journal_(journal) {
  for (const auto& [name, vendor] : machine.vendors())
    given_.insert(vendor->given().begin(), vendor->given().end());
}

void Ledger::check() {
  {
    Peek peek(machine_.files(), machine_.vfs());
    if (peek.database() == nullptr) return found("there is no database");
    read_database(*peek.database());
    check_tallies(*peek.database());
    check_parts(*peek.database());
  }
  read_outputs();
  check_tasks();
  check_repeats();
  check_secrets();
}

void Ledger::read_database(Database& database) {
  if (database.number("SELECT count(*) FROM run WHERE finished_at IS NULL") > 0) found("a run is open");
  Statement rows(
      database,
      "SELECT t.run, r.pipeline, t.level, t.key, t.page, t.state FROM task t JOIN run r ON r.id = t.run");
  while (rows.step()) {
    const Question question{rows.integer(0),
                            {std::string(rows.text(1)), std::string(rows.text(2)), std::string(rows.text(3))},
                            static_cast<int>(rows.integer(4))};
    const auto state = std::string(rows.text(5));
    if (state != "done" && state != "skipped" && state != "dead") found(text_of(question) + " is " + state);
    if (!states_.emplace(question, state).second) found(text_of(question) + " is there twice");
  }
  if (database.number("SELECT count(*) FROM task WHERE run NOT IN (SELECT id FROM run)") > 0)
    found("a task has outlived its run");
  Statement whole(database, "SELECT id FROM run WHERE forgotten = 0");
  while (whole.step()) runs_.insert(whole.integer(0));
  if (remembered_ == nullptr) return;
  for (const auto& [question, state] : remembered_->states_) {
    if (!states_.emplace(question, state).second) continue;
    ++pruned_;
    if (runs_.contains(question.run)) found(text_of(question) + " is gone before its run is");
  }
}

void Ledger::check_tallies(Database& database) {
  const auto wrong = database.number(R"(
    SELECT count(*) FROM (
      SELECT run, level, waiting, ready, leased, done, skipped, dead FROM tally
      WHERE waiting + ready + leased + done + skipped + dead > 0  -- else all of them are pruned
      EXCEPT
      SELECT run, level, sum(state = 'waiting'), sum(state = 'ready'), sum(state = 'leased'), sum(state = 'done'),
             sum(state = 'skipped'), sum(state = 'dead') FROM task GROUP BY run, level))");
  if (wrong > 0) found("the tallies do not say what the tasks are");
  if (database.number(
          "SELECT count(*) FROM task WHERE (state = 'dead') <> (id IN (SELECT task FROM dead_letter))") > 0) {
    found("dead tasks and dead letters differ");
  }
}

void Ledger::check_parts(Database& database) {
  if (remembered_ != nullptr) parts_ = remembered_->parts_;
  Statement rows(database, "SELECT path, committed, sealed, note FROM part");
  while (rows.step()) {
    const auto path = std::string(rows.text(0));
    parts_.insert(fmt::format("{}/{}", kOutputs, path));
    const auto content = machine_.files().find(fmt::format("{}/{}", kOutputs, path));
    if (rows.integer(2) == 0) found(path + " is not sealed");
    if (!rows.text(3).empty()) found(fmt::format("{} has a note: {}", path, rows.text(3)));
    if (!content) {
      found(path + " is not there");
    } else if (static_cast<std::int64_t>(content->bytes.size()) != rows.integer(1)) {
      found(fmt::format("{} has {} bytes, {} are committed", path, content->bytes.size(), rows.integer(1)));
    }
  }
  for (const auto& [path, content] : machine_.files().all()) {
    const auto name = path.substr(path.rfind('/') + 1);
    if (!is_output(path) || path.find(".ndjson") == std::string::npos || name.starts_with('.')) continue;
    if (!parts_.contains(path) && !is_pruned(run_of_part(name)))
      found(path + " is there and the store does not know it");
  }
}

bool Ledger::is_pruned(std::int64_t run) const { return remembered_ != nullptr && !runs_.contains(run); }

void Ledger::read_outputs() {
  for (const auto& [path, content] : machine_.files().all()) {
    const auto name = path.substr(path.rfind('/') + 1);
    if (is_output(path) && name.starts_with('.')) found(path + " is left unfinished");
    if (!is_output(path) || name.starts_with('.')) continue;
    const auto inside = decoded(path, content->bytes);
    if (!inside) {
      found(path + " does not inflate");
      continue;
    }
    const std::string& text = *inside;
    if (path.find(".ndjson") != std::string::npos) {
      read_lines(path, text);
      continue;
    }
    const auto body = nlohmann::json::parse(text, nullptr, false);
    if (!body.is_object() || !body.contains("nonce")) {
      found(path + " holds no answer");
    } else {
      ++kept_[body["nonce"].get<std::string>()].files;
    }
  }
}

void Ledger::read_lines(const std::string& path, const std::string& text) {
  if (!text.empty() && text.back() != '\n') found(path + " ends in the middle of a line");
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size());
    const auto line = nlohmann::json::parse(text.substr(begin, end - begin), nullptr, false);
    begin = end + 1;
    ++records_;
    if (line.is_object() && line.contains("body")) {
      ++kept_[line["body"]["nonce"].get<std::string>()].lines;
    } else if (line.is_object() && line.contains("nonce")) {
      ++kept_[line["nonce"].get<std::string>()].rows;
    } else {
      found(path + " has a line that is no record");
    }
  }
}

void Ledger::check_tasks() {
  static const std::vector<Answer> kNone;
  std::set<Question> made;
  for (const auto& [question, answers] : given_) {
    for (const auto& answer : answers) made.insert(answer.makes.begin(), answer.makes.end());
    // A page that holds more than it should, since the list moves, may be taken for a full one.
    made.insert({question.run, question.place, question.page + 1});
  }
  std::size_t marks = 0;
  for (const auto& [question, state] : states_) {
    const bool first = question.place.key.empty() && question.page == 1;
    if (!first && !made.contains(question)) found(text_of(question) + " is there and nobody listed it");
    const auto given = given_.find(question);
    const auto& answers = given == given_.end() ? kNone : given->second;
    if (state == "done" && is_unasked_end(question, answers)) continue;
    if (state == "done") check_children(question, answers);
    check_records(question, state, answers);
    for (const auto& answer : answers) marks += kept_.contains(answer.nonce) ? 1U : 0U;
  }
  for (const auto& [question, answers] : given_) {
    if (states_.contains(question) || !is_pruned(question.run)) continue;
    for (const auto& answer : answers) marks += kept_.contains(answer.nonce) ? 1U : 0U;
  }
  if (marks != kept_.size()) found("the outputs hold an answer that nobody gave");
}

// A page behind a short one is done unasked, once its level is known to give longer ones.
bool Ledger::is_unasked_end(Question question, const std::vector<Answer>& answers) const {
  if (question.page == 1 || !answers.empty()) return false;
  const auto* level = plan_.pipelines.at(question.place.pipeline).level(question.place.level);
  --question.page;
  const auto before = given_.find(question);
  return before != given_.end() && std::ranges::any_of(before->second, [&](const Answer& answer) {
           return answer.items < level->page_size;
         });
}

void Ledger::check_children(const Question& question, const std::vector<Answer>& answers) {
  const bool all = std::ranges::any_of(answers, [&](const Answer& answer) {
    return std::ranges::all_of(answer.makes, [&](const Question& child) { return states_.contains(child); });
  });
  if (!all) found("not all that was listed is asked: " + text_of(question));
}

void Ledger::check_records(const Question& question, const std::string& state,
                           const std::vector<Answer>& answers) {
  int lines = 0, rows = 0, files = 0;
  bool changed = false;
  for (const auto& output : plan_.pipelines.at(question.place.pipeline).outputs) {
    if (output.level != question.place.level) continue;
    changed = changed || output.removed;
    ++(output.whole_answer() ? files : output.select ? rows : lines);
  }
  int wrong = 0, whole = 0;
  for (const auto& answer : answers) {
    const auto found_at = kept_.find(answer.nonce);
    const auto kept = found_at == kept_.end() ? Kept{} : found_at->second;
    const int all_rows = rows * static_cast<int>(answer.values);
    const bool nothing = kept.lines == 0 && kept.rows == 0;
    const bool is_whole = changed ? kept.lines <= lines && kept.rows <= all_rows && kept.files <= files
                                  : kept.lines == lines && kept.rows == all_rows && kept.files == files;
    // A file of one answer may be ahead of a commit that never came.
    if (is_whole) ++whole;
    if (!is_whole && !nothing) ++wrong;
    if (state != "done" && !nothing) {
      found(fmt::format("{} is {} and has a record", text_of(question), state));
    }
  }
  if (wrong > 0) found("a record is there in part, or twice: " + text_of(question));
  if (state == "done" && whole == 0) found("a record is missing: " + text_of(question));
  if (state == "done" && !changed && lines > 0 && whole > 1)
    found("a record is there twice: " + text_of(question));
}

void Ledger::check_repeats() {
  for (const auto& [question, answers] : given_) {
    const auto excused = machine_.excused().find(question);
    const auto most =
        1U + (excused == machine_.excused().end() ? 0U : static_cast<unsigned>(excused->second));
    if (answers.size() > most) {
      found(fmt::format("{} was answered {} times, {} are excused by crashes", text_of(question),
                        answers.size(), most - 1));
    }
  }
}

void Ledger::check_secrets() {
  for (const auto& [path, content] : machine_.files().all()) {
    if (content->bytes.find(kSecret) != std::string::npos) found(path + " holds the secret");
  }
}

}  // namespace fanout::sim
