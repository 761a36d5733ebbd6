#include "spec/vendor.h"

namespace fanout {

std::string account_of(const VendorSpec& vendor) {
  return vendor.base_url.origin() + ", " + text_of(vendor.auth);
}

}  // namespace fanout
