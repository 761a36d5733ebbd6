// One request on its way, with all that its reply is read by. Private to harvest/.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "ask/request_builder.h"
#include "auth/credentials.h"
#include "harvest/waiting_tasks.h"
#include "limit/limiter.h"
#include "page/page_lengths.h"
#include "spec/config.h"

namespace fanout {

struct Attempt {
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

}  // namespace fanout
