// What a person, or a schedule, may ask of the harvest.
//
// The seam between orders and the engine's machines: orders know what was asked and answer it, the helm
// (harvest/helm.h) does it. On the loop.
#pragma once

#include <optional>
#include <string>

#include "base/time.h"
#include "store/store.h"

namespace fanout {

class Steering {
 public:
  virtual ~Steering() = default;
  // Each returns the outcome, for people: what was done, or "refused: …" and why.
  virtual std::string start(const std::string& pipeline) = 0;
  virtual std::string sample(const std::string& pipeline, int most_requests) = 0;
  virtual std::string cancel(const std::string& pipeline) = 0;
  virtual std::string pause(const std::string& vendor_or_pipeline, bool paused) = 0;
  // Only asks: why the task, pipeline or vendor does not go on.
  virtual std::string why(const Command& asked) = 0;
  // Its run is on the way into the store.
  virtual bool is_beginning(const std::string& pipeline) const = 0;
  virtual bool is_pipeline(const std::string& name) const = 0;
};

}  // namespace fanout
