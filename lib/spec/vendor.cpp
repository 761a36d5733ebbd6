#include "spec/vendor.h"

#include <fmt/format.h>

namespace fanout {
namespace {

const char* kind_name(SecretSource::Kind kind) {
  switch (kind) {
    case SecretSource::Kind::env:
      return "env";
    case SecretSource::Kind::file:
      return "file";
    case SecretSource::Kind::credential:
      break;
  }
  return "credential";
}

}  // namespace

std::string account_of(const VendorSpec& vendor) {
  std::string account = fmt::format("{} {}", vendor.base_url.origin(), vendor.auth.kind);
  for (const auto& [key, value] : vendor.auth.settings) account += fmt::format(" {}={}", key, value);
  for (const auto& [key, source] : vendor.auth.secrets)
    account += fmt::format(" {}={}:{}", key, kind_name(source.kind), source.name);
  return account;
}

}  // namespace fanout
