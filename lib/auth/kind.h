// A kind of auth: which keys it has in the configuration, and how it signs a request.
//
// One file a kind; all of them are listed in kinds.cpp, and nothing else knows which there are. They hold no
// state and live for ever. Any thread. What can't be read is a value here; Credentials says what that means.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"
#include "http/transport.h"
#include "spec/auth.h"

namespace fanout {

// By key: the secrets that the configuration names, and whatever else a kind signs with.
using Secrets = std::map<std::string, Secret>;

// A key of `auth = { kind = …, … }`. All of them are required.
struct AuthKey {
  const char* name;
  bool is_secret = false;
  const char* hint = "";                               // how a setting is written
  std::string (*wrong)(const std::string&) = nullptr;  // what is wrong with a setting; empty: nothing
};

class AuthKind {
 public:
  virtual ~AuthKind() = default;
  virtual std::string name() const = 0;
  virtual std::vector<AuthKey> keys() const = 0;

  // What requests will be signed with; nothing, and *why, where it is not to be had. Reads the secrets from
  // where they are kept.
  virtual std::optional<Secrets> prepare(const Auth& auth, std::string* why) const;
  virtual void sign(Request& request, const Auth& auth, const Secrets& secrets) const = 0;
  // The parameter that it adds to the query, which nothing else may set; empty: none.
  virtual std::string query_parameter(const Auth&) const { return {}; }
  // What a vendor could repeat that it was sent: the secrets, and what a kind makes of them.
  virtual std::vector<Secret> to_hide(const Auth& auth, const Secrets& secrets) const;
};

}  // namespace fanout
