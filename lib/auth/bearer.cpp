// { kind = "bearer", token = S }: RFC 6750.
#include "auth/kinds.h"

namespace fanout {
namespace {

class BearerAuth : public AuthKind {
 public:
  std::string name() const override { return "bearer"; }
  std::vector<AuthKey> keys() const override { return {{.name = "token", .is_secret = true}}; }
  void sign(Request& request, const Auth&, const Secrets& secrets) const override {
    request.secret_header_name = "Authorization";
    request.secret_header_value = Secret("Bearer " + secrets.at("token").reveal());
  }
};

}  // namespace

const AuthKind& bearer_auth() {
  static const BearerAuth kKind;
  return kKind;
}

}  // namespace fanout
