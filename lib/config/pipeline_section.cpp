// [pipeline.X]
#include "auth/kinds.h"
#include "base/wording.h"
#include "config/sections.h"
#include "config/template_names.h"
#include "spec/clock_time.h"

namespace fanout {
namespace {

void read_vendor_name(Reader& reader, PipelineSpec& pipeline,
                      const std::map<std::string, VendorSection>& vendors) {
  std::vector<std::string> names;
  names.reserve(vendors.size());
  for (const auto& [name, vendor] : vendors) names.push_back(name);
  const Node* node = reader.required_text("vendor", pipeline.vendor, "say which [vendor.…] it asks");
  if (node == nullptr || vendors.contains(pipeline.vendor)) return;
  reader.complaints().add(
      node->place, "unknown vendor " + in_quotes(pipeline.vendor),
      names.empty() ? "there is no [vendor.…] yet" : did_you_mean(pipeline.vendor, names));
}

void read_schedule(Reader& reader, PipelineSpec& pipeline) {
  std::string cron, why, zone = "UTC";
  const Node* cron_node = reader.text("schedule", cron);
  read_zone(reader, zone);
  pipeline.zone = zone;
  if (cron_node == nullptr) return;
  pipeline.schedule = Schedule::parse(cron, zone, &why);
  if (!pipeline.schedule) {
    reader.complaints().add(cron_node->place, "\"schedule\" is no cron expression: " + why,
                            "write for example \"0 2 * * *\" for every night at two");
  }
}

// A low one has its weight's turns, the others ten or a hundred times as many.
void read_priority(Reader& reader, PipelineSpec& pipeline) {
  std::string word = "normal";
  reader.one_of("priority", word, {"low", "normal", "high"});
  pipeline.priority = word == "low" ? 1 : word == "normal" ? 10 : 100;
}

void read_deadline(Reader& reader, PipelineSpec& pipeline) {
  std::string text;
  const Node* node = reader.text("deadline", text);
  if (node == nullptr) return;
  pipeline.deadline = parse_clock_time(text);
  if (pipeline.deadline) return;
  reader.complaints().add(
      node->place, "\"deadline\" is no time of the day",
      "write for example \"06:00\"; a run is to be done at the first that comes after its start");
}

void read_first_since(Reader& reader, PipelineSpec& pipeline) {
  std::string text;
  const Node* node = reader.text("first_since", text);
  if (node == nullptr) return;
  pipeline.first_since = FirstSince::parse(text);
  if (!pipeline.first_since) {
    reader.complaints().add(node->place, "\"first_since\" is neither a date nor a duration",
                            "write for example \"2024-01-01\", \"2024-01-01T06:00:00Z\" or \"30d\"");
  }
}

// Sent twice, one of them would count, and who knows which.
void refuse_what_auth_sets(const Auth& auth, const LevelSection& level, Complaints& complaints) {
  const auto name = auth_kind(auth.kind).query_parameter(auth);
  for (const auto& [parameter, value] : level.level.query) {
    if (!name.empty() && parameter == name)
      complaints.add(level.name_place,
                     "query sets " + in_quotes(name) + ", which auth of the vendor sets too",
                     "leave it out of query");
  }
}

std::vector<LevelSection> read_levels(Reader& reader, const std::string& pipeline,
                                      const VendorSection* vendor, Checking checking) {
  std::vector<LevelSection> levels;
  for (const Node* node : reader.tables("level")) {
    levels.push_back(read_level(pipeline, *node, checking));
    if (vendor == nullptr) continue;
    refuse_what_auth_sets(vendor->spec.auth, levels.back(), checking.complaints);
    std::vector<Rule>& rules = levels.back().level.rules;
    rules.insert(rules.end(), vendor->rules.begin(), vendor->rules.end());
  }
  if (reader.any("level") == nullptr) {
    checking.complaints.add(reader.place(), reader.name() + " has no level",
                            "write [[pipeline." + pipeline + ".level]] with a name and a path");
  }
  return grow_tree(std::move(levels), checking.complaints);
}

// Places of the vendor's limits that bind this level and not all others.
std::vector<std::size_t> limits_of(const LevelSection& section, const std::vector<LevelSection>& levels,
                                   const std::map<std::string, std::string>& vars,
                                   const VendorSection& vendor, Complaints& complaints) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < vendor.limits.size(); ++i) {
    const LimitSection& limit = vendor.limits[i];
    if (limit.spec.binds_all() || !limit.spec.matches(section.level)) continue;
    // Where levels are named each of them has to have what it names; else it binds those that have.
    Complaints ignored;
    if (limit.per)
      check_names(*limit.per, section.level, levels, vars, limit.spec.levels.empty() ? ignored : complaints);
    if (ignored.none()) places.push_back(i);
  }
  return places;
}

}  // namespace

PipelineSpec read_pipeline(const std::string& name, const Node& node,
                           const std::map<std::string, VendorSection>& vendors, Checking checking) {
  Reader reader(node, "[pipeline." + name + "]", checking.complaints);
  PipelineSpec pipeline;
  pipeline.name = name;
  read_vendor_name(reader, pipeline, vendors);
  read_schedule(reader, pipeline);
  read_first_since(reader, pipeline);
  read_priority(reader, pipeline);
  read_deadline(reader, pipeline);
  pipeline.tolerate = read_share(reader, "tolerate", true);
  reader.whole("weight", pipeline.weight, 1, 1000);
  for (const Setting& var : reader.settings("vars")) pipeline.vars[var.name] = var.value;

  const auto vendor = vendors.find(pipeline.vendor);
  const std::vector<LevelSection> levels =
      read_levels(reader, name, vendor == vendors.end() ? nullptr : &vendor->second, checking);
  if (vendor != vendors.end()) pipeline.told = vendor->second.spec.told;
  for (const LevelSection& section : levels) {
    for (const TemplateAt& written : section.templates) {
      if (section.in_tree) check_names(written, section.level, levels, pipeline.vars, checking.complaints);
    }
    pipeline.levels.push_back(section.level);
    if (!section.level.tolerate) pipeline.levels.back().tolerate = pipeline.tolerate;
    if (vendor == vendors.end() || !section.in_tree) continue;
    pipeline.levels.back().limits =
        limits_of(section, levels, pipeline.vars, vendor->second, checking.complaints);
  }
  for (const Node* output : reader.tables("output")) {
    pipeline.outputs.push_back(read_output(name, *output, levels, pipeline.vars, checking));
  }
  reader.unknown_keys();
  return pipeline;
}

}  // namespace fanout
