#include "harvest/dispatchers.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
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
  rename_what_runs(config);
  std::set<std::string> had;
  for (const auto& [name, dispatcher] : by_vendor_) had.insert(name);
  std::vector<Claimed> waited;
  for (auto& [name, dispatcher] : by_vendor_) {
    for (auto& claimed : dispatcher->waiting().take_all()) waited.push_back(std::move(claimed));
    if (const auto vendor = config.vendors.find(name); vendor != config.vendors.end())
      dispatcher->reconfigure(vendor->second, make_transport_);
  }
  by_vendor_.merge(added);  // leaves behind what goes on under a new name
  for (const auto& [name, vendor] : config.vendors) {
    if (!had.contains(name)) restore(of(name));
  }
  for (const auto& [name, pipeline] : config.pipelines)
    of(pipeline.vendor).waiting().share(name, pipeline.weight * pipeline.priority);
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
  const std::string account = account_of(dispatcher.spec());
  auto row = rows_.find(dispatcher.spec().name);
  if (row == rows_.end()) {
    row = std::ranges::find_if(rows_, [&](const auto& entry) {
      return entry.second.account == account && !by_vendor_.contains(entry.first);
    });
  }
  if (row == rows_.end()) return;
  const std::string before = row->first;
  dispatcher.restore(row->second);
  rows_.erase(row);
  if (before != dispatcher.spec().name) renamed(before, dispatcher);
}

// What is in flight to it, and what was asked before, counts under the new name.
void Dispatchers::rename_what_runs(const Config& config) {
  for (const auto& [name, vendor] : config.vendors) {
    if (by_vendor_.contains(name)) continue;
    const auto former =
        std::ranges::find_if(by_vendor_, [&, account = account_of(vendor)](const auto& entry) {
          return !config.vendors.contains(entry.first) && account_of(entry.second->spec()) == account;
        });
    if (former == by_vendor_.end()) continue;
    const std::string before = former->first;
    auto node = by_vendor_.extract(former);
    node.key() = name;
    node.mapped()->reconfigure(vendor, make_transport_);
    renamed(before, *by_vendor_.insert(std::move(node)).position->second);
  }
}

// The new row and the end of the old one are one commit.
void Dispatchers::renamed(const std::string& before, const Dispatcher& dispatcher) {
  const auto& name = dispatcher.spec().name;
  log_.notice(fmt::format(
      "vendor {} is the one that was {}: its limits go on, since it has the same origin and credentials",
      name, before));
  new_names_[before] = name;
  LimiterRow old;
  old.subject = "vendor/" + before;
  old.forgotten = true;
  renamed_.push_back(std::move(old));
  renamed_.push_back(dispatcher.row_as_reserved());
  renamed_.back().decides_pause = true;
}

std::vector<LimiterRow> Dispatchers::take_renamed() { return std::exchange(renamed_, {}); }

const std::string& Dispatchers::name_of_now(const std::string& vendor) const {
  if (by_vendor_.contains(vendor)) return vendor;
  const auto renamed = new_names_.find(vendor);
  return renamed == new_names_.end() ? vendor : name_of_now(renamed->second);
}

LimiterRow Dispatchers::resume_remembered(const std::string& vendor) {
  LimiterRow& row = rows_.at(vendor);
  row.paused = false;
  row.why.clear();
  row.decides_pause = true;
  return row;
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
    dispatcher->bookings().forget_run(run);
  }
}

std::vector<std::string> Dispatchers::names() const {
  std::vector<std::string> names;
  for (const auto& [name, dispatcher] : by_vendor_) names.push_back(name);
  return names;
}

}  // namespace fanout
