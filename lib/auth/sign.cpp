#include "auth/sign.h"

#include <openssl/evp.h>

#include <string>

#include "spec/template.h"

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

}  // namespace

void add_auth(Request& request, const Auth& auth, const Secret& secret) {
  switch (auth.kind) {
    case Auth::Kind::none:
      return;
    case Auth::Kind::bearer:
      request.secret_header_name = "Authorization";
      request.secret_header_value = Secret("Bearer " + secret.reveal());
      return;
    case Auth::Kind::basic:
      request.secret_header_name = "Authorization";
      request.secret_header_value = Secret("Basic " + base64(auth.name + ":" + secret.reveal()));
      return;
    case Auth::Kind::header:
      request.secret_header_name = auth.name;
      request.secret_header_value = secret;
      return;
    case Auth::Kind::query:
      request.secret_query =
          Secret(percent_encode(auth.name, false) + "=" + percent_encode(secret.reveal(), false));
      return;
  }
}

}  // namespace fanout
