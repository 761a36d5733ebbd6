#include "auth/kind.h"

#include "auth/secret_source.h"

namespace fanout {

std::optional<Secrets> AuthKind::prepare(const Auth& auth, std::string* why) const {
  Secrets secrets;
  for (const auto& [key, source] : auth.secrets) {
    auto secret = read_secret(source, why);
    if (!secret) return std::nullopt;
    secrets.emplace(key, std::move(*secret));
  }
  return secrets;
}

std::vector<Secret> AuthKind::to_hide(const Auth&, const Secrets& secrets) const {
  std::vector<Secret> hidden;
  for (const auto& [key, secret] : secrets) hidden.push_back(secret);
  return hidden;
}

}  // namespace fanout
