// The kinds of auth that there are. A new one is a file of its own and a line in kinds.cpp. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "auth/kind.h"

namespace fanout {

const AuthKind& no_auth();
const AuthKind& bearer_auth();
const AuthKind& basic_auth();
const AuthKind& header_auth();
const AuthKind& query_auth();
const AuthKind& scheme_auth();

const std::vector<const AuthKind*>& auth_kinds();
// The one of that name, which the configuration has checked.
const AuthKind& auth_kind(std::string_view name);

}  // namespace fanout
