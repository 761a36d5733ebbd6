// { kind = "query", name = "key", value = S }
#include "auth/kinds.h"
#include "spec/template.h"

namespace fanout {
namespace {

class QueryAuth : public AuthKind {
 public:
  std::string name() const override { return "query"; }

  std::vector<AuthKey> keys() const override {
    return {{.name = "name", .hint = "e.g. name = \"key\""}, {.name = "value", .is_secret = true}};
  }

  void sign(Request& request, const Auth& auth, const Secrets& secrets) const override {
    request.secret_query = Secret(percent_encode(auth.settings.at("name"), false) + "=" +
                                  percent_encode(secrets.at("value").reveal(), false));
  }

  std::string query_parameter(const Auth& auth) const override { return auth.settings.at("name"); }
};

}  // namespace

const AuthKind& query_auth() {
  static const QueryAuth kKind;
  return kKind;
}

}  // namespace fanout
