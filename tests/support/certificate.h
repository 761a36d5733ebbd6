// Certificates made on the spot, for servers in tests. OpenSSL's own errors end the test program.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

namespace fanout::test {

struct CertificateOrder {
  std::string host = "localhost";        // a name, or an address for an IP entry
  std::chrono::seconds valid_for{3600};  // from now; negative: expired by that much
};

struct Certificate {
  std::string certificate;  // PEM
  std::string key;          // PEM
};

// One that signs others.
Certificate make_authority(const std::string& name);
Certificate make_certificate(const Certificate& authority, const CertificateOrder& order);

}  // namespace fanout::test
