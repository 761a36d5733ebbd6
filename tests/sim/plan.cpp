#include "sim/plan.h"

#include <fmt/format.h>

#include <algorithm>

namespace fanout::sim {

const char* const kSecretVariable = "FANOUT_SIM_TOKEN";
const char* const kSecret = "tok3n-that-must-never-be-seen";

namespace {

void draw_levels(PipelinePlan& pipeline, Chance& chance) {
  const auto count = chance.between(2, 4);
  for (int i = 0; i < count; ++i) {
    LevelPlan level;
    level.name = fmt::format("l{}", i);
    // Mostly a chain, sometimes several children under one parent.
    level.parent = i == 0 ? -1 : static_cast<int>(chance.percent(70) ? i - 1 : chance.between(0, i - 1));
    level.paging = chance.one_of<LevelPlan::Paging>(
        {LevelPlan::Paging::none, LevelPlan::Paging::offset, LevelPlan::Paging::number});
    level.page_size = static_cast<int>(chance.between(1, 4));
    level.total = chance.one_in(2);
    level.ids = chance.one_of<LevelPlan::Ids>(
        {LevelPlan::Ids::numbers, LevelPlan::Ids::big_numbers, LevelPlan::Ids::texts});
    level.most_items = static_cast<int>(chance.between(2, i == 0 ? 8 : 6));
    level.unique = chance.one_in(5);
    if (level.parent >= 0) pipeline.levels[static_cast<std::size_t>(level.parent)].children.push_back(i);
    pipeline.levels.push_back(level);
  }
  for (auto& level : pipeline.levels) {
    if (!level.children.empty()) continue;
    level.most_items = chance.one_in(3) ? level.most_items : 0;
    if (level.most_items == 0) level.paging = LevelPlan::Paging::none;
    level.unique = false;
  }
}

// The path of an output: with what vendors call things in it, so that each name must be made safe.
std::string draw_path(const PipelinePlan& pipeline, const LevelPlan& level, bool whole_answer,
                      Chance& chance) {
  std::string path = pipeline.name + (whole_answer ? "/{run.id}" : "");
  if (level.parent >= 0 && (whole_answer || chance.one_in(4))) {
    const auto& parent = pipeline.levels[static_cast<std::size_t>(level.parent)];
    if (parent.parent >= 0 && chance.one_in(2)) {
      path += fmt::format("/{{{}.name}}", pipeline.levels[static_cast<std::size_t>(parent.parent)].name);
    }
    path += fmt::format("/{}-{{{}.id}}", level.name, parent.name);
    if (!whole_answer && chance.one_in(2)) path += fmt::format("/{{{}.name}}", parent.name);
  } else {
    path += "/" + level.name;
  }
  return path;
}

void draw_outputs(PipelinePlan& pipeline, Chance& chance) {
  for (const auto& level : pipeline.levels) {
    const auto count = level.children.empty() ? chance.between(1, 2) : chance.between(0, 1);
    for (int i = 0; i < count; ++i) {
      OutputPlan output;
      output.level = level.name;
      const bool whole = level.paging == LevelPlan::Paging::none && chance.one_in(2);
      output.select = !whole && chance.one_in(3);
      output.to = draw_path(pipeline, level, whole, chance) + fmt::format("-{}", i) +
                  (whole ? ".json" : ".ndjson") + chance.one_of<std::string>({"", ".gz", ".zst"});
      pipeline.outputs.push_back(std::move(output));
    }
  }
}

std::string auth_toml(const VendorPlan& vendor) {
  if (vendor.auth == "none") return R"({ kind = "none" })";
  const auto secret = fmt::format(R"({{ env = "{}" }})", kSecretVariable);
  if (vendor.auth == "bearer") return fmt::format(R"({{ kind = "bearer", token = {} }})", secret);
  if (vendor.auth == "basic")
    return fmt::format(R"({{ kind = "basic", user = "u", password = {} }})", secret);
  const auto name = vendor.auth == "header" ? "X-Key" : "key";
  return fmt::format(R"({{ kind = "{}", name = "{}", value = {} }})", vendor.auth, name, secret);
}

std::string vendor_toml(const VendorPlan& vendor) {
  std::string rates;
  for (const auto& rate : vendor.rates) {
    rates += fmt::format("{}\"{}\"", rates.empty() ? "" : ", ", format_rate(rate));
  }
  auto text = fmt::format(
      "[vendor.{0}]\nbase_url = \"https://{0}.example/api\"\nauth = {1}\nconcurrency = {2}\ntimeout = "
      "\"{3}s\"\n"
      "retry = {{ attempts = {4}, base = \"500ms\", cap = \"1m\" }}\n",
      vendor.name, auth_toml(vendor), vendor.concurrency, vendor.timeout.count(), vendor.attempts);
  text += fmt::format("adaptive = {}\n", vendor.adaptive);
  if (!rates.empty()) text += fmt::format("rate = [{}]\nburst = {}\n", rates, vendor.burst);
  return text + R"([[vendor.)" + vendor.name + R"(.rule]]
when = "status = 200 AND body->>'busy' = 1"
then = "snooze 3s"
)";
}

std::string level_toml(const PipelinePlan& pipeline, const LevelPlan& level) {
  const auto* parent = level.parent < 0 ? nullptr : &pipeline.levels[static_cast<std::size_t>(level.parent)];
  auto text = fmt::format("[[pipeline.{0}.level]]\nname = \"{1}\"\npath = \"/{0}/{1}{2}\"\n", pipeline.name,
                          level.name, parent ? fmt::format("/{{{}.id}}", parent->name) : "");
  if (parent) text += fmt::format("parent = \"{}\"\n", parent->name);
  text += "query = { run = \"{run.id}\" }\n";
  if (level.most_items > 0) {
    text += "items = \"$.items\"\nkeep = [\"id\", \"name\"]\nwhere = \"item->>'gone' IS NULL\"\n";
    if (level.unique) text += "unique = \"run\"\n";
  }
  if (level.paging != LevelPlan::Paging::none) {
    const bool offset = level.paging == LevelPlan::Paging::offset;
    text += fmt::format("page = {{ kind = \"{}\", param = \"{}\", size_param = \"size\", size = {}{} }}\n",
                        offset ? "offset" : "page", offset ? "offset" : "page", level.page_size,
                        level.total ? ", total = \"$.total\"" : "");
  }
  return text;
}

std::string output_toml(const PipelinePlan& pipeline, const OutputPlan& output) {
  auto text = fmt::format("[[pipeline.{}.output]]\nlevel = \"{}\"\nto = \"{}\"\n", pipeline.name,
                          output.level, output.to);
  if (!output.whole_answer()) text += "roll = \"2KiB\"\n";
  if (output.select) {
    text += "select = \"SELECT body->>'nonce' AS nonce, v.value AS v FROM json_each(body, '$.values') v\"\n";
  }
  return text;
}

}  // namespace

const LevelPlan* PipelinePlan::level(std::string_view wanted) const {
  const auto found = std::ranges::find(levels, wanted, &LevelPlan::name);
  return found == levels.end() ? nullptr : &*found;
}

std::string Plan::toml() const {
  std::string text = fmt::format("store = {{ keep = \"{}\" }}\n", keep);
  for (const auto& [name, vendor] : vendors) text += vendor_toml(vendor);
  for (const auto& [name, pipeline] : pipelines) {
    if (!pipeline.there) continue;
    text +=
        fmt::format("[pipeline.{}]\nvendor = \"{}\"\nweight = {}\n", name, pipeline.vendor, pipeline.weight);
    if (!pipeline.schedule.empty()) text += fmt::format("schedule = \"{}\"\n", pipeline.schedule);
    for (const auto& level : pipeline.levels) text += level_toml(pipeline, level);
    for (const auto& output : pipeline.outputs)
      if (!output.removed) text += output_toml(pipeline, output);
  }
  return text;
}

void draw_limits(VendorPlan& vendor, Chance& chance) {
  vendor.concurrency = static_cast<int>(chance.between(1, 8));
  vendor.rates.clear();
  if (chance.percent(75)) vendor.rates.push_back({chance.between(1, 20), milliseconds(1000)});
  if (chance.percent(40)) vendor.rates.push_back({chance.between(10, 100), std::chrono::minutes(1)});
  if (chance.percent(10)) vendor.rates.push_back({chance.between(60, 300), std::chrono::hours(24)});
  vendor.adaptive = chance.one_in(6);
  vendor.burst = 1;
  if (!vendor.rates.empty() && chance.one_in(3)) {
    const auto least = std::ranges::min(vendor.rates, {}, &Rate::limit).limit;
    vendor.burst = static_cast<int>(chance.between(1, least));
  }
}

Plan draw_plan(Chance& chance) {
  Plan plan;
  const auto vendors = chance.between(1, 2);
  for (int i = 0; i < vendors; ++i) {
    VendorPlan vendor;
    vendor.name = fmt::format("v{}", i);
    vendor.auth = chance.one_of<std::string>({"none", "bearer", "basic", "header", "query"});
    vendor.attempts = static_cast<int>(chance.between(2, 6));
    vendor.timeout = seconds(chance.between(2, 30));
    vendor.longest_way = chance.one_of<milliseconds>({milliseconds(2), milliseconds(30), milliseconds(90)});
    draw_limits(vendor, chance);
    plan.vendors.emplace(vendor.name, std::move(vendor));
  }
  const auto pipelines = chance.between(1, 3);
  for (int i = 0; i < pipelines; ++i) {
    PipelinePlan pipeline;
    pipeline.name = fmt::format("p{}", i);
    pipeline.vendor = fmt::format("v{}", chance.between(0, vendors - 1));
    pipeline.weight = static_cast<int>(chance.between(1, 3));
    pipeline.there = i == 0 || !chance.one_in(4);
    if (chance.one_in(3))
      pipeline.schedule = chance.one_of<std::string>({"*/5 * * * *", "0 * * * *", "* * * * *"});
    draw_levels(pipeline, chance);
    draw_outputs(pipeline, chance);
    plan.pipelines.emplace(pipeline.name, std::move(pipeline));
  }
  return plan;
}

}  // namespace fanout::sim
