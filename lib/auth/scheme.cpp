// { kind = "scheme", scheme = "Token", token = S }: Authorization with a scheme of the vendor's own, in the
// form of RFC 9110 §11.4, such as "Token", "SSWS" or "GenieKey".
#include "auth/kinds.h"
#include "base/ascii.h"
#include "base/wording.h"

namespace fanout {
namespace {

class SchemeAuth : public AuthKind {
 public:
  std::string name() const override { return "scheme"; }

  std::vector<AuthKey> keys() const override {
    return {{.name = "scheme",
             .hint = "the word before the token, e.g. scheme = \"Token\"",
             // RFC 9110 §11.1: a token, as the names of headers are.
             .wrong =
                 [](const std::string& scheme) {
                   return is_header_name(scheme) ? std::string() : in_quotes(scheme) + " is no scheme";
                 }},
            {.name = "token", .is_secret = true}};
  }

  void sign(Request& request, const Auth& auth, const Secrets& secrets) const override {
    request.secret_header_name = "Authorization";
    request.secret_header_value = Secret(auth.settings.at("scheme") + " " + secrets.at("token").reveal());
  }
};

}  // namespace

const AuthKind& scheme_auth() {
  static const SchemeAuth kKind;
  return kKind;
}

}  // namespace fanout
