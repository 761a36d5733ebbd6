// The sections of a configuration, each in a source of its own. Each reads what it can, complains about the
// rest, and gives back something whole, so that one error does not bring others after it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/complaints.h"
#include "config/level_tree.h"
#include "config/node.h"
#include "config/reader.h"
#include "expression/expression.h"
#include "spec/config.h"

namespace fanout {

struct Checking {
  Complaints& complaints;
  Expressions& expressions;
};

// One [[vendor.X.limit]] as it was read.
struct LimitSection {
  FinerLimitSpec spec;
  Place place;
  Place match_place;
  std::optional<TemplateAt> per;
};

struct VendorSection {
  VendorSpec spec;                   // its limits come when the levels are known
  std::vector<LimitSection> limits;  // …
  Place place;
  std::vector<Rule> rules;  // they come after those of each level
};

// Names of vendors, pipelines and levels stand in templates, rows and file names.
bool is_plain_name(std::string_view name);
std::string plain_name_hint();

VendorSection read_vendor(const std::string& name, const Node& node, Checking checking);
Auth read_auth(Reader& vendor);
PipelineSpec read_pipeline(const std::string& name, const Node& node,
                           const std::map<std::string, VendorSection>& vendors, Checking checking);
LevelSection read_level(const std::string& pipeline, const Node& node, Checking checking);
std::vector<Rule> read_rules(Reader& section, Checking checking);
std::vector<Rate> read_rates(Reader& section);
// A percentage, as a share of 1. Nothing: it is not said, or is none.
std::optional<double> read_share(Reader& section, const std::string& key, bool may_be_zero = false);
// Complains about one that is none, and leaves UTC instead.
const Node* read_zone(Reader& section, std::string& zone);
void read_burst(Reader& section, const std::vector<Rate>& rates, int& burst);
std::vector<LimitSection> read_limits(Reader& vendor);
// Once the pipelines are read: what a request costs, and which levels a limit binds.
void join_limits(VendorSection& vendor, const std::map<std::string, PipelineSpec>& pipelines,
                 Complaints& complaints);
ToldSpec read_told(Reader& vendor, Checking checking);
// levels: of the pipeline, in order.
OutputSpec read_output(const std::string& pipeline, const Node& node, const std::vector<LevelSection>& levels,
                       const std::map<std::string, std::string>& vars, Checking checking);
// Complains about a name that is none, a value that would break the request, and a credential.
void check_header(const Setting& header, Complaints& complaints);

}  // namespace fanout
