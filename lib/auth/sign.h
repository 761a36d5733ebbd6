// Puts a vendor's secret where its kind of auth says. Pure.
#pragma once

#include "base/secret.h"
#include "http/transport.h"
#include "spec/auth.h"

namespace fanout {

void add_auth(Request& request, const Auth& auth, const Secret& secret);

}  // namespace fanout
