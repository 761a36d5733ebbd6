#include "daemon/program.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <variant>

#include "base/error.h"

namespace fanout {
namespace {

void say(const char* program, const std::string& what, const std::string& hint) {
  const bool to_journal = std::getenv("JOURNAL_STREAM") != nullptr;
  const auto line = fmt::format("{}{}: {}\n", to_journal ? "<3>" : "", program, what);
  std::fputs(line.c_str(), stderr);
  if (!hint.empty()) std::fputs(fmt::format("{}  {}\n", to_journal ? "<3>" : "", hint).c_str(), stderr);
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
