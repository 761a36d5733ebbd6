// { kind = "header", name = "X-Key", value = S }
#include "auth/kinds.h"
#include "base/ascii.h"
#include "base/wording.h"

namespace fanout {
namespace {

class HeaderAuth : public AuthKind {
 public:
  std::string name() const override { return "header"; }

  std::vector<AuthKey> keys() const override {
    return {{.name = "name",
             .hint = "e.g. name = \"X-Key\"",
             .wrong =
                 [](const std::string& name) {
                   return is_header_name(name) ? std::string() : in_quotes(name) + " is no header name";
                 }},
            {.name = "value", .is_secret = true}};
  }

  void sign(Request& request, const Auth& auth, const Secrets& secrets) const override {
    request.secret_header_name = auth.settings.at("name");
    request.secret_header_value = secrets.at("value");
  }
};

}  // namespace

const AuthKind& header_auth() {
  static const HeaderAuth kKind;
  return kKind;
}

}  // namespace fanout
