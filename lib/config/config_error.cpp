#include "config/config_error.h"

#include "config/node.h"

namespace fanout {

std::string ConfigError::text() const {
  return place_text({file, line, column}) + ": " + message + (hint.empty() ? "" : "; " + hint);
}

}  // namespace fanout
