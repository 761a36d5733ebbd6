// How requests to a vendor are signed, and where the secret for it is kept. Values; any thread.
#pragma once

#include <string>

namespace fanout {

// Where a secret is kept; its value is read when it is needed (auth/secret_source.h).
struct SecretSource {
  enum class Kind { env, file, credential };
  Kind kind = Kind::env;
  std::string name;  // variable, path or credential name
  friend bool operator==(const SecretSource&, const SecretSource&) = default;
};

struct Auth {
  enum class Kind { none, bearer, basic, header, query };
  Kind kind = Kind::none;
  std::string name;  // header or query parameter; user for basic
  SecretSource secret;
  friend bool operator==(const Auth&, const Auth&) = default;
};

}  // namespace fanout
