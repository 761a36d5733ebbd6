// { kind = "none" }: everybody may ask.
#include "auth/kinds.h"

namespace fanout {
namespace {

class NoAuth : public AuthKind {
 public:
  std::string name() const override { return "none"; }
  std::vector<AuthKey> keys() const override { return {}; }
  void sign(Request&, const Auth&, const Secrets&) const override {}
};

}  // namespace

const AuthKind& no_auth() {
  static const NoAuth kKind;
  return kKind;
}

}  // namespace fanout
