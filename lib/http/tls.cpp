#include "http/tls.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/ip/address.hpp>
#include <new>

#include "base/error.h"

namespace fanout {

namespace ssl = boost::asio::ssl;

ssl::context tls_context(const VendorSpec& vendor) {
  ssl::context context(ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  context.set_verify_mode(ssl::verify_peer);
  boost::system::error_code error;
  if (vendor.ca_file.empty()) {
    context.set_default_verify_paths(error);
  } else {
    context.load_verify_file(vendor.ca_file, error);
  }
  if (error) {
    throw Error("vendor " + vendor.name + ": no certificates to trust in " +
                    (vendor.ca_file.empty() ? "the system's store" : vendor.ca_file) + ": " + error.message(),
                "ca_file names a file of PEM certificates; look with: openssl x509 -in FILE -noout -text",
                Exit::bad_configuration);
  }
  return context;
}

void expect_host(SSL* session, const std::string& host) {
  boost::system::error_code no_address;
  boost::asio::ip::make_address(host, no_address);
  X509_VERIFY_PARAM* expected = SSL_get0_param(session);
  X509_VERIFY_PARAM_set_hostflags(expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const bool set = no_address ? SSL_set_tlsext_host_name(session, host.c_str()) == 1 &&
                                    X509_VERIFY_PARAM_set1_host(expected, host.data(), host.size()) == 1
                              : X509_VERIFY_PARAM_set1_ip_asc(expected, host.c_str()) == 1;
  // Without it every host's certificate would do.
  if (!set) throw std::bad_alloc();
}

std::string complaint_about_certificate(const SSL* session) {
  const long result = SSL_get_verify_result(session);
  return result == X509_V_OK ? std::string() : std::string(X509_verify_cert_error_string(result));
}

}  // namespace fanout
