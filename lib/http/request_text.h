// A request as bytes, ready to be written at once. Pure.
#pragma once

#include <string>

#include "http/transport.h"
#include "spec/config.h"

namespace fanout {

// The lines that are the same in every request to that origin.
std::string standing_headers(const BaseUrl& base_url);

// Appends it, secrets and all: the text is for the wire only. Whatever the target holds, it stays one line.
void append_request(const Request& request, const std::string& standing_headers, std::string* text);

}  // namespace fanout
