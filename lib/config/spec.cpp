#include "config/spec.h"

namespace fanout {

std::string BaseUrl::text() const { return origin() + path; }

std::string BaseUrl::origin() const {
  const bool is_v6 = host.find(':') != std::string::npos;
  std::string url = tls ? "https://" : "http://";
  url += is_v6 ? "[" + host + "]" : host;
  if (port != (tls ? "443" : "80")) url += ":" + port;
  return url;
}

const Level* PipelineSpec::level(std::string_view wanted) const {
  for (const Level& level : levels) {
    if (level.name == wanted) return &level;
  }
  return nullptr;
}

}  // namespace fanout
