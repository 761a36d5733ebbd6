// [[vendor.X.limit]]
#include <algorithm>

#include "base/units.h"
#include "base/wording.h"
#include "config/sections.h"
#include "spec/clock_time.h"

namespace fanout {
namespace {

void read_match(Reader& limit, LimitSection& section) {
  const Node* node = limit.kind("match", Node::Kind::table);
  if (node == nullptr) return;
  section.match_place = node->place;
  Reader reader(*node, "match", limit.complaints());
  for (const Node* level : reader.texts("level", true)) {
    auto& levels = section.spec.levels;
    if (std::ranges::find(levels, level->text) == levels.end()) levels.push_back(level->text);
  }
  const Node* path = reader.text("path", section.spec.path);
  if (path != nullptr && !section.spec.path.starts_with('/')) {
    section.spec.path.clear();
    reader.complaints().add(path->place, "\"path\" must begin with /",
                            "it is compared with the paths of levels, as they are written");
  }
  std::string method;
  const Node* how = reader.text("method", method);
  if (how != nullptr && method != "GET")
    reader.complaints().add(how->place, "\"method\": every request is a GET", "leave it out");
  reader.unknown_keys();
}

void read_quota(Reader& reader, const std::string& zone, FinerLimitSpec& limit) {
  std::string quota, resets = "00:00", why;
  const Node* node = reader.text("quota", quota);
  const Node* resets_node = reader.text("resets", resets);
  const auto at = parse_clock_time(resets);
  if (!at)
    reader.complaints().add(resets_node->place, "\"resets\" is no time of the day",
                            "write for example \"00:00\"");
  if (resets_node != nullptr && node == nullptr)
    reader.complaints().add(resets_node->place, "\"resets\" says nothing without quota");
  if (node == nullptr || !at) return;
  limit.quota = CalendarQuota::parse(quota, *at, zone, &why);
  if (!limit.quota)
    reader.complaints().add(
        node->place, "\"quota\": " + why,
        "write for example \"65000/day\" or \"2000000/month\"; what counts in any 24 hours is a rate");
}

void read_hours(Reader& reader, FinerLimitSpec& limit) {
  std::string hours, zone = "UTC", why;
  const Node* node = reader.text("quiet", hours);
  const Node* zone_node = read_zone(reader, zone);
  if (zone_node != nullptr && node == nullptr && reader.any("quota") == nullptr)
    reader.complaints().add(zone_node->place, "\"timezone\" says nothing without quiet or quota");
  read_quota(reader, zone, limit);
  if (node == nullptr) return;
  limit.quiet = Hours::parse(hours, zone, &why);
  if (!limit.quiet)
    reader.complaints().add(node->place, "\"quiet\": " + why,
                            "write for example \"08:00-18:00\" or \"mon-fri 22:00-06:00\"");
}

void read_per(Reader& reader, LimitSection& section) {
  const auto written = reader.templated("per");
  if (!written) return;
  if (written->value.names().empty())
    reader.complaints().add(written->node->place, "\"per\" names no field",
                            "write for example \"{account.id}\", and each account has a limit of its own");
  section.per = written;
  section.spec.per = written->value;
}

void read_slots(Reader& reader, FinerLimitSpec& limit) {
  int slots = 1;
  const Node* node = reader.whole("concurrency", slots, 0, 10'000);
  if (node == nullptr) return;
  limit.concurrency = slots;
  if (slots == 0 && reader.any("quiet") == nullptr)
    reader.complaints().add(node->place, "\"concurrency\" of 0 lets nothing go, ever",
                            "give it hours: quiet = \"08:00-18:00\"");
}

std::string name_of(const FinerLimitSpec& limit) {
  std::vector<std::string> words = limit.levels;
  if (!limit.path.empty()) words.push_back(limit.path);
  if (limit.per) words.push_back("per " + limit.per->text());
  if (limit.quiet) words.push_back(limit.quiet->text());
  return words.empty() ? "all" : listed(words);
}

void refuse_costs_beyond(const std::vector<Rate>& rates, int cost, const Place& place,
                         Complaints& complaints) {
  for (const Rate& rate : rates) {
    if (cost > rate.limit)
      complaints.add(place, "a request that costs " + std::to_string(cost) + " never goes at a rate of " +
                                format_rate(rate));
  }
}

LimitSection read_limit(const Node& node, const std::string& name, Complaints& complaints) {
  Reader reader(node, name, complaints);
  LimitSection section;
  section.place = section.match_place = node.place;
  FinerLimitSpec& limit = section.spec;
  reader.text("name", limit.name);
  read_match(reader, section);
  read_per(reader, section);
  limit.rates = read_rates(reader);
  read_burst(reader, limit.rates, limit.burst);
  read_slots(reader, limit);
  int cost = 1;
  if (reader.whole("cost", cost, 1, 1'000'000) != nullptr) limit.cost = limit.largest_cost = cost;
  read_hours(reader, limit);
  reader.unknown_keys();
  if (reader.any("rate") == nullptr && reader.any("quota") == nullptr && reader.any("concurrency") == nullptr)
    complaints.add(node.place, name + " limits nothing", "give it a rate, a quota or a concurrency");
  if (limit.name.empty()) limit.name = name_of(limit);
  return section;
}

// Each name is a level's: one that is misspelt would leave it without a limit.
bool complain_about_names(const LimitSection& section, const std::vector<const Level*>& levels,
                          Complaints& complaints) {
  std::vector<std::string> names;
  for (const Level* level : levels) names.push_back(level->name);
  bool good = true;
  for (const auto& name : section.spec.levels) {
    if (std::ranges::find(names, name) != names.end()) continue;
    complaints.add(section.match_place, "no level of a pipeline of this vendor is named " + in_quotes(name),
                   did_you_mean(name, names));
    good = false;
  }
  return good;
}

void complain_about_no_level(const LimitSection& section, Complaints& complaints) {
  complaints.add(section.match_place, "no level of a pipeline of this vendor is meant by it",
                 section.spec.per ? "per names what no level has above it"
                                  : "path is compared with the paths of levels, as they are written");
}

}  // namespace

std::vector<LimitSection> read_limits(Reader& vendor) {
  std::vector<LimitSection> limits;
  const auto& outer = vendor.name();
  for (const Node* node : vendor.tables("limit")) {
    auto section =
        read_limit(*node, "[" + outer.substr(0, outer.size() - 1) + ".limit]]", vendor.complaints());
    const bool twin = std::ranges::any_of(
        limits, [&](const LimitSection& other) { return other.spec.name == section.spec.name; });
    if (twin)
      vendor.complaints().add(section.place, "there is a limit " + in_quotes(section.spec.name) + " already",
                              "give each a name of its own: name = \"…\"");
    limits.push_back(std::move(section));
  }
  return limits;
}

void join_limits(VendorSection& vendor, const std::map<std::string, PipelineSpec>& pipelines,
                 Complaints& complaints) {
  std::vector<const Level*> levels;
  for (const auto& [name, pipeline] : pipelines) {
    if (pipeline.vendor != vendor.spec.name) continue;
    for (const Level& level : pipeline.levels) levels.push_back(&level);
  }
  for (const Level* level : levels)
    vendor.spec.largest_cost = std::max(vendor.spec.largest_cost, level->cost);
  refuse_costs_beyond(vendor.spec.rates, vendor.spec.largest_cost, vendor.place, complaints);
  for (std::size_t i = 0; i < vendor.limits.size(); ++i) {
    FinerLimitSpec& limit = vendor.limits[i].spec;
    bool binds_some = levels.empty() || limit.binds_all();
    for (const Level* level : levels) {
      if (!limit.binds_all() && std::ranges::find(level->limits, i) == level->limits.end()) continue;
      binds_some = true;
      limit.largest_cost = std::max(limit.largest_cost, limit.cost.value_or(level->cost));
    }
    refuse_costs_beyond(limit.rates, limit.largest_cost, vendor.limits[i].place, complaints);
    if (limit.quota && limit.largest_cost > limit.quota->limit())
      complaints.add(vendor.limits[i].place, "a request that costs " + std::to_string(limit.largest_cost) +
                                                 " never goes within a quota of " + limit.quota->text());
    const bool named = levels.empty() || complain_about_names(vendor.limits[i], levels, complaints);
    if (named && !binds_some) complain_about_no_level(vendor.limits[i], complaints);
    vendor.spec.limits.push_back(limit);
  }
}

}  // namespace fanout
