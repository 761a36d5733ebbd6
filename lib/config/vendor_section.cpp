// [vendor.X]
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>

#include "base/units.h"
#include "base/wording.h"
#include "config/sections.h"
#include "spec/base_url.h"

namespace fanout {
namespace {

constexpr std::int64_t kLargestBody = std::int64_t(1) << 30;

void read_base_url(Reader& reader, VendorSpec& vendor) {
  std::string written, why;
  const Node* node = reader.required_text("base_url", written, "e.g. base_url = \"https://api.example/v1\"");
  if (node == nullptr) return;
  if (const auto url = parse_base_url(written, &why)) {
    vendor.base_url = *url;
  } else {
    reader.complaints().add(node->place, "\"base_url\": " + why,
                            "write for example \"https://api.example/v1\"");
  }
}

void read_ca_file(Reader& reader, VendorSpec& vendor) {
  const Node* node = reader.text("ca_file", vendor.ca_file);
  if (node == nullptr) return;
  vendor.ca_file = (std::filesystem::path(node->place.file).parent_path() / vendor.ca_file).string();
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(vendor.ca_file, ignored)) {
    reader.complaints().add(
        node->place, "\"ca_file\": there is no file " + vendor.ca_file,
        "name a file of PEM certificates, or leave it out to trust what this machine trusts");
  }
}

// share = "60%": a limit of less than one is one in a longer window.
Rate shared(const Rate& rate, double share) {
  const auto part = static_cast<std::int64_t>(std::floor(static_cast<double>(rate.limit) * share + 1e-9));
  if (part >= 1) return {part, rate.window};
  const double times = 1 / (static_cast<double>(rate.limit) * share);
  return {1, std::chrono::ceil<milliseconds>(rate.window * times)};
}

}  // namespace

// Those of one section, checked one by one.
std::vector<Rate> read_rates(Reader& reader) {
  std::vector<Rate> rates;
  std::set<milliseconds> windows;
  for (const Node* node : reader.texts("rate", true)) {
    const std::optional<Rate> rate = parse_rate(node->text);
    if (rate && (rate->limit <= 0 || rate->window.count() <= 0)) {
      reader.complaints().add(node->place, in_quotes(node->text) + " lets nothing go",
                              "to stop, use: fanoutctl pause; for no limit of its own leave rate out");
    } else if (!rate) {
      const bool is_quota = node->text.ends_with("/day") || node->text.ends_with("/month");
      reader.complaints().add(node->place, in_quotes(node->text) + " is no rate",
                              is_quota
                                  ? "what is counted from midnight is the quota of a [[vendor.NAME.limit]]"
                                  : "write N/duration, for example \"100/1s\" or \"65000/1d\"");
    } else if (!windows.insert(rate->window).second) {
      reader.complaints().add(node->place,
                              "there are two rates for a window of " + format_duration(rate->window),
                              "leave the larger one out");
    } else {
      rates.push_back(*rate);
    }
  }
  return rates;
}

void read_burst(Reader& reader, const std::vector<Rate>& rates, int& burst) {
  const Node* node = reader.whole("burst", burst, 1, 1'000'000);
  if (node == nullptr || burst == 1) return;
  const auto smallest = std::ranges::min_element(rates, {}, &Rate::limit);
  if (smallest == rates.end()) {
    reader.complaints().add(node->place, "\"burst\" says nothing without a rate",
                            "add rate, or leave burst out");
  } else if (burst > smallest->limit) {
    reader.complaints().add(node->place,
                            "\"burst\" is larger than the rate " + format_rate(*smallest) + " allows",
                            "at most " + std::to_string(smallest->limit));
  }
}

namespace {

// Without a rate the limit is looked for, unless that is not wanted.
void read_adaptive(Reader& reader, VendorSpec& vendor) {
  vendor.adaptive = vendor.rates.empty();
  if (const Node* node = reader.kind("adaptive", Node::Kind::boolean)) vendor.adaptive = node->integer != 0;
}

void read_times(Reader& reader, VendorSpec& vendor) {
  reader.duration("timeout", vendor.timeout);
  const Node* connect = reader.duration("connect_timeout", vendor.connect_timeout);
  if (connect == nullptr) {
    vendor.connect_timeout = std::min(vendor.connect_timeout, vendor.timeout);
  } else if (vendor.connect_timeout > vendor.timeout) {
    reader.complaints().add(connect->place,
                            "\"connect_timeout\" is longer than \"timeout\" for the whole request");
  }
}

void read_retry(Reader& reader, Retry& retry) {
  const Node* node = reader.kind("retry", Node::Kind::table);
  if (node == nullptr) return;
  Reader table(*node, "retry", reader.complaints());
  table.whole("attempts", retry.attempts, 1, 100);
  table.duration("base", retry.base);
  table.duration("cap", retry.cap);
  retry.budget = read_share(table, "budget").value_or(retry.budget);
  table.unknown_keys();
  if (retry.base > retry.cap) {
    reader.complaints().add(node->place, "retry: base (" + format_duration(retry.base) +
                                             ") is longer than cap (" + format_duration(retry.cap) + ")");
  }
}

}  // namespace

VendorSection read_vendor(const std::string& name, const Node& node, Checking checking) {
  Reader reader(node, "[vendor." + name + "]", checking.complaints);
  VendorSection section;
  section.place = node.place;
  VendorSpec& vendor = section.spec;
  vendor.name = name;
  read_base_url(reader, vendor);
  vendor.auth = read_auth(reader);
  read_ca_file(reader, vendor);
  for (const Setting& header : reader.settings("headers")) {
    check_header(header, checking.complaints);
    vendor.headers.emplace_back(header.name, header.value);
  }
  reader.whole("concurrency", vendor.concurrency, 1, 10'000);
  vendor.rates = read_rates(reader);
  vendor.share = read_share(reader, "share").value_or(1);
  for (Rate& rate : vendor.rates) rate = shared(rate, vendor.share);
  read_adaptive(reader, vendor);
  read_burst(reader, vendor.rates, vendor.burst);
  section.limits = read_limits(reader);
  reader.duration("jitter", vendor.jitter);
  read_times(reader, vendor);
  reader.size("body_limit", vendor.body_limit, 1, kLargestBody);
  read_retry(reader, vendor.retry);
  vendor.told = read_told(reader, checking);
  section.rules = read_rules(reader, checking);
  reader.unknown_keys();
  return section;
}

}  // namespace fanout
