#include "daemon/program.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string>
#include <variant>

#include "base/error.h"

namespace fanout {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream all(text);
  for (std::string line; std::getline(all, line);) lines.push_back(line);
  return lines;
}

void say(const char* program, const std::string& what, const std::string& hint) {
  auto lines = lines_of(what);
  for (const auto& line : lines_of(hint)) lines.push_back("  " + line);
  complain(program, lines);
}

}  // namespace

Config checked_config(const std::filesystem::path& file, const std::filesystem::path& state_dir) {
  auto loaded = load_config(file, state_dir);
  if (auto* config = std::get_if<Config>(&loaded)) return std::move(*config);
  const auto& errors = std::get<ConfigErrors>(loaded);
  auto what =
      fmt::format("{} {} in the configuration", errors.size(), errors.size() == 1 ? "error" : "errors");
  for (const auto& error : errors) what += "\n" + error.text();
  throw Error(what, "", Exit::bad_configuration);
}

void complain(const char* program, const std::vector<std::string>& lines) {
  const bool to_journal = std::getenv("JOURNAL_STREAM") != nullptr;
  std::string text;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    text +=
        fmt::format("{}{}{}\n", to_journal ? "<3>" : "", i == 0 ? std::string(program) + ": " : "", lines[i]);
  }
  std::fputs(text.c_str(), stderr);
}

int explain(const char* program, const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const Error& error) {
    say(program, error.what(), error.hint());
    return static_cast<int>(error.exit());
  } catch (const std::exception& error) {
    say(program, error.what(), "this is not expected; please report it with the lines above");
  }
  return static_cast<int>(Exit::failure);
}

}  // namespace fanout
