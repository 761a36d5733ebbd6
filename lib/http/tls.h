// What we ask of TLS: 1.2 or newer, a certificate that is trusted and that is the host's. OpenSSL stays here.
#pragma once

#include <openssl/types.h>

#include <boost/asio/ssl/context.hpp>
#include <string>

#include "spec/config.h"

namespace fanout {

// Throws Error if the vendor's ca_file cannot be read.
boost::asio::ssl::context tls_context(const VendorSpec& vendor);

// Before the handshake: whom we ask for, and whose certificate we accept. An address is asked for by no name.
void expect_host(SSL* session, const std::string& host);

// After a failed handshake: what is wrong with the certificate; empty if that was not it.
std::string complaint_about_certificate(const SSL* session);

}  // namespace fanout
