#include "expression/sql_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/ascii.h"
#include "base/wording.h"
#include "expression/sql_line.h"

namespace fanout {
namespace {

// Of what has been read before: nothing is wrong with it.
std::optional<SqlLine> line_of(std::string_view text) {
  std::string wrong;
  return SqlLine::read(text, SqlLine::Parameters::allowed, wrong);
}

// What stands between brackets: `3`, `#`, `#-1`.
bool is_json_index(std::string_view index) {
  if (index == "#") return true;
  if (index.starts_with("#-")) index.remove_prefix(2);
  return !index.empty() && std::ranges::all_of(index, is_digit);
}

// As SQLite reads them: `$`, then `.name`, `."any name"` or an index in brackets, as often as there is.
bool is_json_path(std::string_view path) {
  path.remove_prefix(1);
  while (!path.empty()) {
    std::size_t end = 0;
    if (path.starts_with("[")) {
      end = path.find(']');
      if (end == std::string_view::npos || !is_json_index(path.substr(1, end - 1))) return false;
      ++end;
    } else if (path.starts_with(".\"")) {
      end = 2;
      while (end < path.size() && path[end] != '"') end += path[end] == '\\' ? 2 : 1;
      if (end >= path.size()) return false;
      ++end;
    } else {
      end = std::min(path.size(), path.find_first_of(".[", 1));
      if (path.front() != '.' || end == 1) return false;
    }
    path.remove_prefix(end);
  }
  return true;
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

}  // namespace

std::optional<std::string> with_parameters(std::string_view expression, const std::vector<GivenName>& given,
                                           std::string* why) {
  std::string wrong;
  const std::optional<SqlLine> read = SqlLine::read(expression, SqlLine::Parameters::refused, wrong);
  if (!read) {
    if (why != nullptr) *why = wrong;
    return std::nullopt;
  }
  const SqlLine& line = *read;
  std::string sql;
  std::vector<bool> in_json_table;  // for each open parenthesis
  for (std::size_t i = 0; i < line.size(); ++i) {
    const SqlToken token = line.at(i), before = line.before(i);
    // What stood together stays together (`t.value`, `x'00'`), and what stood apart stays apart.
    if (i > 0 && before.text.data() + before.text.size() != token.text.data()) sql += ' ';
    const auto name = std::find_if(given.begin(), given.end(), [&](const GivenName& candidate) {
      return same_word(candidate.name, token.text);
    });
    if (name == given.end() || !line.is_bare_name(i)) {
      sql += token.text;
    } else if (name->is_json && !in_json_table.empty() && in_json_table.back()) {
      sql += "reparse(:" + name->name + ")";
    } else if (name->is_json && !line.has_constant_path(i)) {
      sql += "reread(:" + name->name + ")";
    } else {
      sql += ":" + name->name;
    }
    if (token.text == "(") {
      in_json_table.push_back(line.opens_json_table(i) || (!in_json_table.empty() && in_json_table.back()));
    }
    if (token.text == ")") in_json_table.pop_back();
  }
  return sql;
}

std::string as_written(std::string text, const std::vector<GivenName>& given) {
  for (const GivenName& name : given) {
    for (const char* function : {"reparse", "reread"}) {
      replace_all(text, std::string(function) + "(:" + name.name + ")", name.name);
    }
    replace_all(text, ":" + name.name, name.name);
  }
  return text;
}

std::string hint_at(std::string_view sql, std::size_t place, const std::vector<GivenName>& given) {
  const std::optional<SqlLine> line = line_of(sql);
  if (!line) return {};
  for (std::size_t i = 0; i < line->size(); ++i) {
    if (line->at(i).text.data() != sql.data() + place) continue;
    const bool is_name = line->at(i).kind == SqlToken::Kind::name || line->at(i).text.starts_with('"');
    if (!is_name || line->at(i + 1).text == "(") return {};
    const std::string name = unquoted(line->at(i).text);
    const bool is_given = std::ranges::any_of(given, [&](const auto& each) { return each.name == name; });
    if (is_given && line->at(i + 1).text == ".")
      return fmt::format("did you mean {}->>'{}'?", name, line->at(i + 2).text);
    if (is_given) return fmt::format("write {} without quotes", name);
    std::vector<std::string> names;
    std::ranges::transform(given, std::back_inserter(names), &GivenName::name);
    auto hint = did_you_mean(name, names, "what is given here is");
    if (line->at(i).text.starts_with('"')) return hint + "; a text stands in single quotes: '" + name + "'";
    return hint;
  }
  return {};
}

bool begins_a_query(std::string_view expression) {
  const std::optional<SqlLine> line = line_of(expression);
  if (!line) return false;
  const std::string_view first = line->at(0).text;
  return same_word(first, "select") || same_word(first, "with") || same_word(first, "values");
}

std::vector<std::string> tables_named_in(std::string_view expression) {
  std::vector<std::string> names;
  const std::optional<SqlLine> line = line_of(expression);
  for (std::size_t i = 0; line && i < line->size(); ++i) {
    const SqlToken token = line->at(i);
    if (token.kind == SqlToken::Kind::name || token.kind == SqlToken::Kind::quoted) {
      if (line->names_a_table(i)) names.push_back(lower(unquoted(token.text)));
    }
  }
  return names;
}

std::string bad_json_path_in(std::string_view expression) {
  const std::optional<SqlLine> line = line_of(expression);
  for (std::size_t i = 0; line && i < line->size(); ++i) {
    if (!line->is_json_path(i)) continue;
    const std::string path = unquoted(line->at(i).text);
    if (path.starts_with('$') && !is_json_path(path)) return path;
  }
  return {};
}

}  // namespace fanout