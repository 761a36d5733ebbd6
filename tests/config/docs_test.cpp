// The documents say what the program does: their examples load, and docs/configuration.md knows every key.
#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

#include "config/load.h"
#include "support/temporary_folder.h"

namespace fanout {
namespace {

struct Example {
  int line = 0;  // of its first line in the document
  std::string text;
};

std::vector<Example> examples_in(const std::string& document) {
  std::vector<Example> found;
  std::istringstream lines(document);
  bool inside = false;
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.starts_with("```")) {
      inside = !inside && line == "```toml";
      if (inside) found.push_back({number + 1, ""});
    } else if (inside) {
      found.back().text += line + "\n";
    }
  }
  return found;
}

// A text alone includes nothing.
void expect_loads(std::string text, const std::string& name) {
  if (const std::size_t include = text.find("include "); include != std::string::npos) text[include] = '#';
  const auto loaded = load_config_text(text, name);
  if (const auto* errors = std::get_if<ConfigErrors>(&loaded)) {
    for (const ConfigError& error : *errors) ADD_FAILURE() << error.text();
  }
}

void expect_examples_load(const std::string& document, std::size_t at_least) {
  const std::vector<Example> all = examples_in(contents_of(std::filesystem::path(SOURCE_DIR) / document));
  EXPECT_GE(all.size(), at_least) << document;
  for (const Example& example : all) {
    // The lines before it, so that an error names the line of the document.
    expect_loads(std::string(static_cast<std::size_t>(example.line - 1), '\n') + example.text, document);
  }
}

TEST(Docs, HoldExamplesThatLoad) {
  expect_examples_load("README.md", 1);
  expect_examples_load("docs/configuration.md", 10);
}

TEST(Docs, HaveWholeConfigurationsThatLoad) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(SOURCE_DIR "/docs/examples")) {
    if (entry.path().extension() != ".toml") continue;
    expect_loads(contents_of(entry.path()), entry.path().filename());
    ++count;
  }
  EXPECT_GE(count, 2U);
}

// Every table with a key that does not exist: the error lists those that do.
constexpr char kStrange[] = R"(
strange = 1
[store]
strange = 1
[log]
strange = 1
[vendor.v]
strange = 1
base_url = "https://v.example"
auth = { kind = "basic", user = "u", password = { strange = 1 }, strange = 1 }
retry = { strange = 1 }
told = { strange = 1 }
[[vendor.v.limit]]
strange = 1
match = { strange = 1 }
[[vendor.v.rule]]
strange = 1
[pipeline.p]
strange = 1
[[pipeline.p.level]]
strange = 1
page = { kind = "page", strange = 1 }
[[pipeline.p.output]]
strange = 1
)";

// "[store] knows keep, max and min" to its keys.
std::vector<std::string> keys_of(const std::string& hint) {
  std::vector<std::string> keys;
  std::istringstream words(hint.substr(hint.find(" knows ") + 7));
  for (std::string word; words >> word;) {
    if (word.ends_with(',')) word.pop_back();
    if (word != "and") keys.push_back(word);
  }
  return keys;
}

TEST(Docs, KnowEveryKey) {
  const auto loaded = load_config_text(kStrange, "strange.toml");
  const std::string text = contents_of(SOURCE_DIR "/docs/configuration.md");
  const auto holds = [&](const std::string& part) { return text.find(part) != std::string::npos; };
  int tables = 0;
  for (const ConfigError& error : std::get<ConfigErrors>(loaded)) {
    if (error.message != "unknown key \"strange\"") continue;
    ++tables;
    for (const std::string& key : keys_of(error.hint)) {
      EXPECT_TRUE(holds("| `" + key + "` |") || holds(key + " = ") || holds("[" + key + "]"))
          << key << " is not in docs/configuration.md: " << error.hint;
    }
  }
  EXPECT_EQ(tables, 15) << "the tables of a configuration";
}

}  // namespace
}  // namespace fanout
