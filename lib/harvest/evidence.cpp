#include "harvest/evidence.h"

namespace fanout {

Evidence evidence_of(const Outcome& outcome, int status, int times, bool others_well) {
  switch (outcome.vendor) {
    case VendorSays::well:
      return Evidence::alive;
    case VendorSays::nothing:
    case VendorSays::asked_too_much:
      return Evidence::unclear;
    case VendorSays::refuses_us:
      return others_well && times <= 1 ? Evidence::down : Evidence::unclear;
    case VendorSays::not_there:  // all tasks go the same way
      return Evidence::down;
    case VendorSays::down:
      break;
  }
  if (times <= 1) return Evidence::down;
  return is_gateway_status(status) && !others_well ? Evidence::down : Evidence::unclear;
}

}  // namespace fanout
