#include "daemon/fanoutd/named_files.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "auth/secret_source.h"
#include "base/error.h"
#include "http/tls.h"

namespace fanout {
namespace {

bool is_kept_from_us(const std::string& path) { return eaccess(path.c_str(), R_OK) != 0 && errno == EACCES; }

// Why only the daemon can tell; empty: we can.
std::string out_of_reach(const SecretSource& source) {
  switch (source.kind) {
    case SecretSource::Kind::env:  // a start from here would have no other
      break;
    case SecretSource::Kind::credential: {
      // systemd lets a command of the unit, such as ExecReload=, know the folder but not look into it.
      const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
      if (folder == nullptr || is_kept_from_us(fmt::format("{}/{}", folder, source.name))) {
        return "systemd gives it to the daemon only";
      }
      break;
    }
    case SecretSource::Kind::file:
      if (is_kept_from_us(source.name)) return "this user may not read it";
      break;
  }
  return {};
}

// A file says by itself what it is.
std::string name_of(const SecretSource& source) {
  return source.kind == SecretSource::Kind::file ? source.name : text_of(source);
}

void read_secrets_of(const VendorSpec& vendor, NamedFindings& found) {
  for (const auto& [key, source] : vendor.auth.secrets) {
    std::string why = out_of_reach(source);
    if (!why.empty()) {
      found.unread.push_back(fmt::format("vendor {}: {}: {}", vendor.name, name_of(source), why));
    } else if (!read_secret(source, &why)) {
      found.wrong.push_back(fmt::format("vendor {}: {}", vendor.name, why));
    }
  }
}

void read_certificates_of(const VendorSpec& vendor, NamedFindings& found) {
  if (!vendor.base_url.tls) return;
  if (!vendor.ca_file.empty() && is_kept_from_us(vendor.ca_file)) {
    found.unread.push_back(
        fmt::format("vendor {}: {}: this user may not read it", vendor.name, vendor.ca_file));
    return;
  }
  try {
    tls_context(vendor);
  } catch (const Error& error) {
    found.wrong.push_back(fmt::format("{}; {}", error.what(), error.hint()));
  }
}

}  // namespace

NamedFindings read_what_is_named(const Config& config) {
  NamedFindings found;
  for (const auto& [name, vendor] : config.vendors) {
    read_secrets_of(vendor, found);
    read_certificates_of(vendor, found);
  }
  return found;
}

}  // namespace fanout
