// What a simulation is made of: vendors, pipelines and outputs, drawn by chance, as the TOML that the daemon
// reads. Values, so that the next configuration is a changed copy of the last.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/units.h"
#include "sim/chance.h"

namespace fanout::sim {

struct LevelPlan {
  enum class Paging { none, offset, number };
  enum class Ids { numbers, big_numbers, texts };
  std::string name;
  int parent = -1;
  std::vector<int> children;
  Paging paging = Paging::none;
  int page_size = 3;
  bool total = true;  // its replies say how many items there are
  bool unique = false;
  Ids ids = Ids::numbers;
  int most_items = 0;  // in a list; 0: its replies list nothing
};

struct OutputPlan {
  std::string level;
  std::string to;
  bool select = false;
  bool removed = false;  // by a reload
  bool whole_answer() const { return to.find(".json") != std::string::npos; }
};

struct PipelinePlan {
  std::string name;
  std::string vendor;
  std::string schedule;  // empty: only by hand
  int weight = 1;
  std::vector<LevelPlan> levels;
  std::vector<OutputPlan> outputs;
  bool there = true;  // else a reload brings it
  const LevelPlan* level(std::string_view wanted) const;
};

struct VendorPlan {
  std::string name;
  std::string auth;
  int concurrency = 4;
  std::vector<Rate> rates;
  bool adaptive = false;
  int burst = 1;
  seconds timeout{10};
  milliseconds longest_way{2};  // of a request
  int attempts = 5;
};

struct Plan {
  std::map<std::string, VendorPlan> vendors;
  std::map<std::string, PipelinePlan> pipelines;
  std::string keep = "3650d";  // how long runs are
  std::string toml() const;
};

// The environment variable that holds the vendors' secret, and a text that only it holds.
extern const char* const kSecretVariable;
extern const char* const kSecret;

Plan draw_plan(Chance& chance);
void draw_limits(VendorPlan& vendor, Chance& chance);

}  // namespace fanout::sim
