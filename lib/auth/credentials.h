// What a vendor's requests are signed with at a time, and what of it must be hidden in what is said about
// them.
//
// Never changes: a request keeps those that it left with, so that its reply is redacted with them whatever
// has been reloaded or renewed meanwhile. Any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "auth/kind.h"
#include "base/redactor.h"
#include "spec/vendor.h"

namespace fanout {

class Credentials {
 public:
  Credentials(Auth auth, Secrets secrets);
  // Throws Error if a secret can't be read.
  static std::shared_ptr<const Credentials> prepare(const VendorSpec& vendor);
  // The vendor refused these: what there is now in their place. Null, and *why, if that can't be read.
  std::shared_ptr<const Credentials> refused(std::string* why) const;

  void sign(Request& request) const;
  // A vendor may repeat what it was sent.
  const Redactor& redactor() const { return redactor_; }
  std::string redact(std::string_view text) const { return redactor_.redact(text); }

  friend bool operator==(const Credentials& a, const Credentials& b);

 private:
  const Auth auth_;
  const Secrets secrets_;
  const Redactor redactor_;
};

}  // namespace fanout
