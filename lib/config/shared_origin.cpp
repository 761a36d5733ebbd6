#include "config/shared_origin.h"

#include <fmt/format.h>

#include <map>

#include "base/wording.h"

namespace fanout {

std::vector<std::string> shared_origins(const Config& config) {
  std::map<std::string, std::vector<std::string>> vendors_of;
  for (const auto& [name, vendor] : config.vendors) vendors_of[vendor.base_url.origin()].push_back(name);
  std::vector<std::string> lines;
  for (const auto& [origin, vendors] : vendors_of) {
    if (vendors.size() == 1) continue;
    lines.push_back(fmt::format(
        "vendors {} ask {}, which sees the sum of their limits: let their pipelines share one vendor, or "
        "give each its part of what it allows",
        listed(vendors), origin));
  }
  return lines;
}

}  // namespace fanout
