// { kind = "basic", user = "u", password = S }: RFC 7617.
#include <openssl/evp.h>

#include "auth/kinds.h"

namespace fanout {
namespace {

std::string base64(const std::string& text) {
  std::string encoded((text.size() + 2) / 3 * 4 + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                      reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  encoded.resize(static_cast<std::size_t>(size));
  return encoded;
}

std::string user_and_password(const Auth& auth, const Secrets& secrets) {
  return base64(auth.settings.at("user") + ":" + secrets.at("password").reveal());
}

class BasicAuth : public AuthKind {
 public:
  std::string name() const override { return "basic"; }

  std::vector<AuthKey> keys() const override {
    return {{.name = "user",
             .hint = "e.g. user = \"reader\"",
             .wrong =
                 [](const std::string& user) {
                   return std::string(
                       user.find(':') == std::string::npos ? "" : "a user of basic auth holds no colon");
                 }},
            {.name = "password", .is_secret = true}};
  }

  void sign(Request& request, const Auth& auth, const Secrets& secrets) const override {
    request.secret_header_name = "Authorization";
    request.secret_header_value = Secret("Basic " + user_and_password(auth, secrets));
  }

  std::vector<Secret> to_hide(const Auth& auth, const Secrets& secrets) const override {
    auto hidden = AuthKind::to_hide(auth, secrets);
    // Without its padding, which not everybody repeats; and as base64 is written in URLs.
    auto sent = user_and_password(auth, secrets);
    while (sent.ends_with('=')) sent.pop_back();
    auto in_urls = sent;
    for (char& c : in_urls) c = c == '+' ? '-' : c == '/' ? '_' : c;
    hidden.emplace_back(std::move(sent));
    hidden.emplace_back(std::move(in_urls));
    return hidden;
  }
};

}  // namespace

const AuthKind& basic_auth() {
  static const BasicAuth kKind;
  return kKind;
}

}  // namespace fanout
