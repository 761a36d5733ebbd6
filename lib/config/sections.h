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

struct VendorSection {
  VendorSpec spec;
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
ToldSpec read_told(Reader& vendor, Checking checking);
// levels: of the pipeline, in order.
OutputSpec read_output(const std::string& pipeline, const Node& node, const std::vector<LevelSection>& levels,
                       const std::map<std::string, std::string>& vars, Checking checking);
// Complains about a name that is none, a value that would break the request, and a credential.
void check_header(const Setting& header, Complaints& complaints);

}  // namespace fanout
