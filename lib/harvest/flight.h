// One request on its way, with all that its reply is read by. Private to the engine.
#pragma once

#include <memory>
#include <string>

#include "ask/request_builder.h"
#include "harvest/gate.h"
#include "limit/limiter.h"
#include "page/page_lengths.h"
#include "spec/config.h"

namespace fanout {

// A claim is asked for this long before the vendor's next free moment.
inline constexpr milliseconds kClaimAhead{20};
// Claimed tasks are put back when the vendor's next free moment is further away.
inline constexpr milliseconds kWorthWaitingFor{1000};
// What leaves is covered by the saved state of its limiter for this long; also what a crash costs at most.
inline constexpr milliseconds kCoverAhead{100};
inline constexpr milliseconds kLongestCoverAhead{10'000};  // where a turn takes long

struct Flight {
  Claimed claimed;
  std::string target;                    // without secrets
  std::shared_ptr<const Config> config;  // the one that it left under
  const PipelineSpec* pipeline = nullptr;
  const Level* level = nullptr;
  RunNames names;
  std::string vendor;
  std::shared_ptr<Transport> transport;
  std::shared_ptr<const Credentials> credentials;  // that it left with
  Limiter::Ticket ticket{};
  PageLengths lengths;  // of the level, as the reply is read
  std::uint64_t generation = 0;
};

bool same_outputs(const Config& before, const Config& after, const std::string& pipeline);

}  // namespace fanout
