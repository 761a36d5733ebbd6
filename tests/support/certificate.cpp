#include "support/certificate.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdlib>
#include <memory>
#include <random>

namespace fanout::test {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Cert = std::unique_ptr<X509, decltype(&X509_free)>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

void require(bool well) {
  if (!well) std::abort();
}

std::string text_in(BIO* bio) {
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio, &text);
  return {text, static_cast<std::size_t>(size)};
}

Certificate pem(X509* certificate, EVP_PKEY* key) {
  const Bio certificate_text(BIO_new(BIO_s_mem()), &BIO_free);
  const Bio key_text(BIO_new(BIO_s_mem()), &BIO_free);
  require(PEM_write_bio_X509(certificate_text.get(), certificate) == 1);
  require(PEM_write_bio_PrivateKey(key_text.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return {text_in(certificate_text.get()), text_in(key_text.get())};
}

void add_extension(X509* certificate, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  require(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

Cert blank(EVP_PKEY* key, const std::string& name, std::chrono::seconds valid_for) {
  Cert certificate(X509_new(), &X509_free);
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), static_cast<long>(std::random_device()()));
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -7 * 24 * 3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), valid_for.count());
  X509_set_pubkey(certificate.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  return certificate;
}

Key new_key() { return Key(EVP_EC_gen("P-256"), &EVP_PKEY_free); }

}  // namespace

Certificate make_authority(const std::string& name) {
  const Key key = new_key();
  const Cert certificate = blank(key.get(), name, std::chrono::hours(1));
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get()));
  add_extension(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
  require(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0);
  return pem(certificate.get(), key.get());
}

Certificate make_certificate(const Certificate& authority, const CertificateOrder& order) {
  const Bio ca_text(BIO_new_mem_buf(authority.certificate.c_str(), -1), &BIO_free);
  const Bio ca_key_text(BIO_new_mem_buf(authority.key.c_str(), -1), &BIO_free);
  const Cert ca(PEM_read_bio_X509(ca_text.get(), nullptr, nullptr, nullptr), &X509_free);
  const Key ca_key(PEM_read_bio_PrivateKey(ca_key_text.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
  require(ca != nullptr && ca_key != nullptr);
  const Key key = new_key();
  const Cert certificate = blank(key.get(), "a server", order.valid_for);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(ca.get()));
  const bool address = order.host.find_first_not_of("0123456789.") == std::string::npos ||
                       order.host.find(':') != std::string::npos;
  add_extension(certificate.get(), NID_subject_alt_name, (address ? "IP:" : "DNS:") + order.host);
  require(X509_sign(certificate.get(), ca_key.get(), EVP_sha256()) > 0);
  return pem(certificate.get(), key.get());
}

}  // namespace fanout::test
