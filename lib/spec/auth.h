// How requests to a vendor are signed, and where the secrets for it are kept. Values; any thread.
#pragma once

#include <map>
#include <string>

namespace fanout {

// Where a secret is kept; its value is read when it is needed (auth/secret_source.h).
struct SecretSource {
  enum class Kind { env, file, credential };
  Kind kind = Kind::env;
  std::string name;  // variable, path or credential name
  friend bool operator==(const SecretSource&, const SecretSource&) = default;
};

// "environment variable ORACLE_TOKEN"
std::string text_of(const SecretSource& source);

// Which kinds there are, and which keys each has, is said in auth/kinds.cpp alone.
struct Auth {
  std::string kind = "none";
  std::map<std::string, std::string> settings;  // by key: user, name, …
  std::map<std::string, SecretSource> secrets;  // by key: token, password, …
  friend bool operator==(const Auth&, const Auth&) = default;
};
// "basic, user u, password from file /etc/p"; holds no secret.
std::string text_of(const Auth& auth);

}  // namespace fanout
