#include "auth/credentials.h"

#include <algorithm>

#include "auth/kinds.h"
#include "base/error.h"

namespace fanout {

Credentials::Credentials(Auth auth, Secrets secrets)
    : auth_(std::move(auth)),
      secrets_(std::move(secrets)),
      redactor_(auth_kind(auth_.kind).to_hide(auth_, secrets_)) {}

std::shared_ptr<const Credentials> Credentials::prepare(const VendorSpec& vendor) {
  std::string why;
  auto secrets = auth_kind(vendor.auth.kind).prepare(vendor.auth, &why);
  if (!secrets) {
    throw Error("vendor " + vendor.name + ": " + why, "without it every request would be refused",
                Exit::bad_configuration);
  }
  return std::make_shared<const Credentials>(vendor.auth, std::move(*secrets));
}

std::shared_ptr<const Credentials> Credentials::refused(std::string* why) const {
  auto secrets = auth_kind(auth_.kind).prepare(auth_, why);
  if (!secrets) return nullptr;
  return std::make_shared<const Credentials>(auth_, std::move(*secrets));
}

void Credentials::sign(Request& request) const { auth_kind(auth_.kind).sign(request, auth_, secrets_); }

bool operator==(const Credentials& a, const Credentials& b) {
  return a.auth_ == b.auth_ && std::equal(a.secrets_.begin(), a.secrets_.end(), b.secrets_.begin(),
                                          b.secrets_.end(), [](const auto& one, const auto& other) {
                                            return one.first == other.first &&
                                                   one.second.reveal() == other.second.reveal();
                                          });
}

}  // namespace fanout
