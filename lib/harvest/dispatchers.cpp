#include "harvest/dispatchers.h"

#include <string_view>
#include <utility>

namespace fanout {

std::vector<Claimed> Dispatchers::configure(const Config& config) {
  // Made first, so that a secret that is missing is noticed before anything changes.
  std::map<std::string, std::unique_ptr<Dispatcher>> added;
  for (const auto& [name, vendor] : config.vendors) {
    auto fresh = std::make_unique<Dispatcher>(vendor, make_transport_, clock_, log_);
    if (!by_vendor_.contains(name)) added.emplace(name, std::move(fresh));
  }
  std::vector<Claimed> waited;
  for (auto& [name, dispatcher] : by_vendor_) {
    for (auto& claimed : dispatcher->waiting().take_all()) waited.push_back(std::move(claimed));
    if (const auto vendor = config.vendors.find(name); vendor != config.vendors.end())
      dispatcher->reconfigure(vendor->second, make_transport_);
  }
  for (auto& [name, dispatcher] : added) restore(*dispatcher);
  by_vendor_.merge(added);
  for (const auto& [name, pipeline] : config.pipelines)
    of(pipeline.vendor).waiting().share(name, pipeline.weight);
  return waited;
}

void Dispatchers::restore(const std::vector<LimiterRow>& rows) {
  constexpr std::string_view kVendor = "vendor/";
  for (const auto& row : rows) {
    if (row.subject.starts_with(kVendor)) rows_[row.subject.substr(kVendor.size())] = row;
  }
  for (auto& [name, dispatcher] : by_vendor_) restore(*dispatcher);
}

// Also for a vendor that a reload brings back: what was asked before counts.
void Dispatchers::restore(Dispatcher& dispatcher) {
  const auto row = rows_.find(dispatcher.spec().name);
  if (row == rows_.end()) return;
  dispatcher.restore(row->second);
  rows_.erase(row);
}

// Which of them had been sent nobody knows.
void Dispatchers::orphaned(const std::map<std::int64_t, std::int64_t>& taken_back, OpenRuns& runs) {
  for (const auto& [id, of_run] : taken_back) {
    const auto* run = runs.find(id);
    const auto* pipeline = run == nullptr ? nullptr : runs.pipeline_of(*run);
    if (pipeline != nullptr) of(pipeline->vendor).orphaned(of_run);
  }
}

Dispatcher* Dispatchers::find(const std::string& vendor) {
  const auto found = by_vendor_.find(vendor);
  return found == by_vendor_.end() ? nullptr : found->second.get();
}

bool Dispatchers::let(const ActiveRun& run, const OpenRuns& runs) const {
  return runs.may_go(run) && of(runs.pipeline_of(run)->vendor).is_open();
}

void Dispatchers::close() {
  for (auto& [name, dispatcher] : by_vendor_) dispatcher->close();
}

void Dispatchers::give_up_all() {
  for (auto& [name, dispatcher] : by_vendor_) dispatcher->give_up_all();
}

std::vector<Claimed> Dispatchers::take_run(std::int64_t run) {
  std::vector<Claimed> taken;
  for (auto& [name, dispatcher] : by_vendor_) {
    for (auto& claimed : dispatcher->waiting().take_run(run)) taken.push_back(std::move(claimed));
  }
  return taken;
}

void Dispatchers::forget_run(std::int64_t run) {
  for (auto& [name, dispatcher] : by_vendor_) {
    dispatcher->waiting().forget_run(run);
    dispatcher->suspects().forget_run(run);
  }
}

std::vector<std::string> Dispatchers::names() const {
  std::vector<std::string> names;
  for (const auto& [name, dispatcher] : by_vendor_) names.push_back(name);
  return names;
}

}  // namespace fanout
