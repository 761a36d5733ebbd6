// A vendor: one API origin with its credentials and its limits, checked and complete. A value.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "base/units.h"
#include "spec/auth.h"
#include "spec/base_url.h"
#include "spec/finer_limit.h"
#include "spec/retry.h"
#include "spec/told.h"

namespace fanout {

struct VendorSpec {
  std::string name;
  BaseUrl base_url;
  Auth auth;
  std::string ca_file;  // PEM to trust instead of the system's; empty: the system's
  std::vector<std::pair<std::string, std::string>> headers;  // sent with every request

  int concurrency = 4;
  std::vector<Rate> rates;  // every window holds at once
  bool adaptive = false;    // the limit that nobody has told is found from below
  int burst = 1;            // requests at once; the rest is paced evenly
  double share = 1;         // of what the vendor tells that may be used; `rates` are shared already
  std::vector<FinerLimitSpec> limits;  // of some of the requests
  int largest_cost = 1;                // of a request
  milliseconds jitter{100};            // a request may be on its way so much longer than another
  ToldSpec told;                       // how it tells of its limits; empty: as others do

  milliseconds timeout{30'000};  // a whole request
  milliseconds connect_timeout{10'000};
  std::int64_t body_limit = 16 * 1024 * 1024;  // bytes, after inflating
  Retry retry;
};

// Whom the vendor counts our requests for: its origin, and where the secrets of the credentials are kept.
// Two names of one account are one vendor to it. Holds no secret.
std::string account_of(const VendorSpec& vendor);

}  // namespace fanout
