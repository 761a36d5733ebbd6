#include "auth/secret_source.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

namespace fanout {
namespace {

constexpr std::size_t kMostBytes = 64 * 1024;

struct Found {
  std::string value;
  std::string wrong;  // empty: it was found
};

Found from_environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) {
    return {"", "environment variable " + name +
                    " is not set; export it where the daemon is started by hand, or set it with "
                    "EnvironmentFile= in its unit"};
  }
  return {value, ""};
}

Found from_file(const std::string& path, const std::string& hint) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return {"", "cannot read " + path + " (" + std::strerror(errno) + "); " + hint};
  std::string value(kMostBytes + 1, '\0');
  file.read(value.data(), static_cast<std::streamsize>(value.size()));
  if (file.bad()) return {"", "cannot read " + path + " (" + std::strerror(errno) + "); " + hint};
  value.resize(static_cast<std::size_t>(file.gcount()));
  if (value.size() > kMostBytes) return {"", path + " is larger than 64 KiB, so it is no secret; " + hint};
  return {std::move(value), ""};
}

Found from_credential(const std::string& name) {
  const std::string hint = "give it with LoadCredential=" + name + ":/path/to/the/file in the daemon's unit";
  const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
  if (folder == nullptr || *folder == '\0') {
    return {"", "there is no credential " + name + ": systemd gave this process none; " + hint};
  }
  return from_file(std::string(folder) + "/" + name, hint);
}

Found find(const SecretSource& source) {
  switch (source.kind) {
    case SecretSource::Kind::env:
      return from_environment(source.name);
    case SecretSource::Kind::file:
      return from_file(source.name, "put the secret there, readable by the daemon");
    case SecretSource::Kind::credential:
      return from_credential(source.name);
  }
  return {};
}

}  // namespace

std::optional<Secret> read_secret(const SecretSource& source, std::string* why) {
  Found found = find(source);
  std::string& value = found.value;
  if (value.ends_with('\n')) value.pop_back();
  if (value.ends_with('\r')) value.pop_back();
  if (found.wrong.empty()) {
    // It goes into a header or a query: a control character there would be a request of its own.
    const bool one_line =
        std::none_of(value.begin(), value.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; });
    const std::string what = text_of(source);
    if (value.empty()) found.wrong = what + " is empty; put the secret there";
    if (!one_line) found.wrong = what + " holds more than one line of text; a secret is one line";
  }
  if (found.wrong.empty()) return Secret(std::move(value));
  if (why != nullptr) *why = std::move(found.wrong);
  return std::nullopt;
}

}  // namespace fanout
