#include "config/load.h"

#include <algorithm>
#include <cstdlib>

#include "base/wording.h"
#include "config/sections.h"
#include "config/sources.h"
#include "config/state_place.h"
#include "config/toml_text.h"

namespace fanout {
namespace {

const char kMinimal[] = R"(the least that works is

[vendor.example]
base_url = "https://api.example/v1"

[pipeline.devices]
vendor = "example"

[[pipeline.devices.level]]
name = "device"
path = "/devices"

[[pipeline.devices.output]]
level = "device"
to = "devices/{run.date}.ndjson")";

// [[pipeline.monitorng.output]]: a slip in the name makes a pipeline of its own, of which nothing else is
// said.
std::string meant_by(const Entry& lone, const Node& sections) {
  if (lone.value.entry("vendor") != nullptr) return {};
  std::vector<std::string> whole;
  for (const Entry& other : sections.table) {
    if (other.value.entry("vendor") != nullptr) whole.push_back(other.key);
  }
  return nearest(lone.key, whole);
}

// Each [what.NAME] of the configuration.
std::vector<const Entry*> named_sections(Reader& root, const std::string& what) {
  std::vector<const Entry*> found;
  const Node* node = root.kind(what, Node::Kind::table);
  if (node == nullptr) return found;
  for (const Entry& entry : node->table) {
    if (entry.value.kind != Node::Kind::table) {
      root.complaints().add(entry.key_place, in_quotes(entry.key) + " stands in no " + what,
                            "a " + what + " has a name: [" + what + ".example]");
    } else if (!is_plain_name(entry.key)) {
      root.complaints().add(entry.key_place, in_quotes(entry.key) + " cannot be the name of a " + what,
                            plain_name_hint());
    } else if (entry.key == "all") {
      root.complaints().add(entry.key_place, "\"all\" cannot be the name of a " + what,
                            "an order to \"all\" means every one of them");
    } else if (const auto meant = what == "pipeline" ? meant_by(entry, *node) : ""; !meant.empty()) {
      root.complaints().add(entry.key_place,
                            "[pipeline." + entry.key + "] has no \"vendor\", and is like " + in_quotes(meant),
                            "did you mean " + in_quotes(meant) + "? If not, give it a vendor and levels");
    } else {
      found.push_back(&entry);
    }
  }
  return found;
}

void read_store(Reader& root, Config& config) {
  const Node* node = root.kind("store", Node::Kind::table);
  if (node == nullptr) return;
  Reader reader(*node, "[store]", root.complaints());
  reader.duration("keep", config.keep);
  reader.duration("keep_dead", config.keep_dead);
  reader.unknown_keys();
}

void read_log(Reader& root, Config& config) {
  if (std::getenv("JOURNAL_STREAM") != nullptr) config.log_format = LogFormat::journal;
  const Node* node = root.kind("log", Node::Kind::table);
  if (node == nullptr) return;
  Reader reader(*node, "[log]", root.complaints());
  const std::vector<std::string> formats{"text", "journal", "json"};
  const std::vector<std::string> levels{"error", "warning", "notice", "info", "debug"};
  std::string word;
  if (reader.one_of("format", word, formats) != nullptr) {
    config.log_format =
        static_cast<LogFormat>(std::find(formats.begin(), formats.end(), word) - formats.begin());
  }
  if (reader.one_of("level", word, levels) != nullptr) {
    const auto above_error = std::find(levels.begin(), levels.end(), word) - levels.begin();
    config.log_level = static_cast<Severity>(static_cast<int>(Severity::error) + above_error);
  }
  reader.unknown_keys();
}

void read_state_dir(Reader& root, const std::string& file, Config& config) {
  std::string written;
  const Node* node = root.text("state_dir", written);
  if (node != nullptr) {
    config.state_dir = std::filesystem::path(node->place.file).parent_path() / written;
  } else {
    config.state_dir = default_state_dir(file);
  }
}

// Two outputs to one place would mix or overwrite each other.
void complain_about_shared_outputs(const std::vector<const Entry*>& pipelines, Complaints& complaints) {
  std::map<std::string, Place> first;
  for (const Entry* pipeline : pipelines) {
    const Entry* outputs = pipeline->value.entry("output");
    if (outputs == nullptr) continue;
    for (const Node& output : outputs->value.list) {
      const Entry* to = output.entry("to");
      if (to == nullptr || to->value.text.empty()) continue;
      const auto [other, is_new] = first.emplace(to->value.text, to->value.place);
      if (is_new) continue;
      complaints.add(
          to->value.place,
          "an output to " + in_quotes(to->value.text) + " is already at " + place_text(other->second),
          "give each output a place of its own");
    }
  }
}

Config read_config(const Node& node, Complaints& complaints) {
  Reader root(node, "the configuration", complaints);
  Config config;
  read_state_dir(root, node.place.file, config);
  root.any("include");
  read_store(root, config);
  read_log(root, config);

  Expressions expressions;
  const Checking checking{complaints, expressions};
  std::map<std::string, VendorSection> vendors;
  for (const Entry* entry : named_sections(root, "vendor")) {
    vendors.emplace(entry->key, read_vendor(entry->key, entry->value, checking));
  }
  const std::vector<const Entry*> pipelines = named_sections(root, "pipeline");
  for (const Entry* entry : pipelines) {
    config.pipelines.emplace(entry->key, read_pipeline(entry->key, entry->value, vendors, checking));
  }
  complain_about_shared_outputs(pipelines, complaints);
  for (auto& [name, vendor] : vendors) join_limits(vendor, config.pipelines, complaints);
  for (const auto& [name, vendor] : vendors) config.vendors.emplace(name, vendor.spec);
  root.unknown_keys();
  if (root.any("pipeline") == nullptr) {
    complaints.add({node.place.file, 0, 0}, "there is no pipeline, so there is nothing to do", kMinimal);
  }
  return config;
}

std::variant<Config, ConfigErrors> checked(const std::optional<Node>& root, Complaints& complaints) {
  std::optional<Config> config;
  if (root) config = read_config(*root, complaints);
  if (!complaints.none()) return complaints.in_order();
  return std::move(*config);
}

}  // namespace

bool is_plain_name(std::string_view name) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  return !name.empty() && name.size() <= 64 && is_letter(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-'; });
}

std::string plain_name_hint() {
  return "a name begins with a letter and goes on with at most 63 letters, digits, _ and -";
}

std::variant<Config, ConfigErrors> load_config(const std::filesystem::path& file,
                                               const std::filesystem::path& state_dir) {
  Complaints complaints;
  std::variant<Config, ConfigErrors> loaded = checked(read_sources(file, complaints), complaints);
  if (Config* config = std::get_if<Config>(&loaded)) {
    config->file = file;
    if (!state_dir.empty()) config->state_dir = state_dir;
  }
  return loaded;
}

std::variant<Config, ConfigErrors> load_config_text(std::string_view text, const std::string& name) {
  Complaints complaints;
  const std::optional<Node> root = parse_toml(text, name, complaints);
  if (const Entry* include = root ? root->entry("include") : nullptr) {
    complaints.add(include->key_place, "a text that is no file includes no files");
  }
  std::variant<Config, ConfigErrors> loaded = checked(root, complaints);
  if (Config* config = std::get_if<Config>(&loaded)) config->file = name;
  return loaded;
}

}  // namespace fanout
