// Reads a secret from where it is kept. Anew at each call, so that a renewed file is seen. Any thread.
#pragma once

#include <optional>
#include <string>

#include "base/secret.h"
#include "spec/config.h"

namespace fanout {

// Nothing if it cannot be read; *why then says what is missing and how to give it, never a value.
// A trailing line break is dropped.
std::optional<Secret> read_secret(const SecretSource& source, std::string* why = nullptr);

}  // namespace fanout
