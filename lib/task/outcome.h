// What a reply becomes: the one rule of design §6, pure.
//
// "What happens on a 429?" is answered by judge() and nowhere else. The vendor layer gathers the facts
// (status, what went wrong on the way, whether the body reads as the level says, the first rule that
// matched); the engine carries the outcome out.
#pragma once

#include <optional>
#include <string>

#include "base/time.h"
#include "spec/rule.h"

namespace fanout {

// What went wrong before there was a status, or with a body that came with a good one.
enum class Fault {
  none,
  unresolved,       // the host has no address
  refused,          // nobody listens, or the network does not lead there
  no_room_here,     // this machine has no file, memory or port left for a connection
  connect_timeout,  // no connection within the connect time limit
  timeout,          // no complete reply within the total time limit
  reset,            // the connection ended before a reply began
  truncated,        // … or in the middle of one
  bad_certificate,  // TLS: not trusted, or not this host's
  bad_protocol,     // not HTTP, or HTTP that does not parse, or a body that does not inflate
  too_large,        // larger than body_limit, before or after inflating
  malformed,        // not JSON where JSON was asked for
  nothing_new,      // a further page of a list with what a page before it had already
  not_as_level,     // JSON, but not what the level says: no items, a kept field missing, too many items
  too_deep,         // JSON nested deeper than anything honest
};
const char* fault_name(Fault fault);

// What a [[…rule]] says, when it matched.
struct Ruling {
  Verdict then = Verdict::dead;
  std::optional<milliseconds> snooze;  // how long, of a snooze and a hold; empty: it does not say
  std::string when;                    // its text, for the reason
  bool holds = false;                  // the vendor, not only this task
};

struct ReplyFacts {
  int status = 0;  // 0: there was no reply
  Fault fault = Fault::none;
  std::string detail;  // one line about the fault, or an excerpt of the body
  std::optional<milliseconds> retry_after;
  bool nothing_remains = false;  // a header says that our window is used up
  bool first_level = false;
  bool ends_list = false;       // a page behind one that may have been the last: 404 says that it was
  bool may_follow = false;      // a redirect to the same origin, below the limit of hops
  bool may_send_again = false;  // it may never have been read, and was not sent again since it was claimed
  // Refused before, and since then the vendor has answered others well under the same credentials.
  bool serves_others = false;
  bool may_renew = false;        // credentials not renewed yet since this task was claimed
  std::optional<Ruling> ruling;  // the first rule that matched
};

// What a reply says about the vendor rather than about its task.
enum class VendorSays {
  nothing,
  well,       // it answered sensibly: closes a breaker
  down,       // it failed: the breaker's evidence
  not_there,  // it was not even reached: likewise, and never the task's own fault
  asked_too_much,
  refuses_us,  // the credentials, also after they were renewed: the vendor is held, the operator is told
};

// Whether the same attempt goes on with another request.
enum class Again { no, follow, send, renew };  // a redirect; what was perhaps not read; with new credentials

struct Outcome {
  Verdict verdict = Verdict::done;  // of the task, unless its attempt goes on
  Again again = Again::no;
  VendorSays vendor = VendorSays::nothing;
  std::string reason;                  // empty when done; else a sentence for the operator
  bool without_record = false;         // done, and there is nothing to keep: 304, the end of a list
  std::optional<milliseconds> hold;    // how long the vendor asked for quiet; empty: it did not say
  std::optional<milliseconds> snooze;  // snooze for this long, a rule's
};

// Of a gateway before the vendor, or of nobody (0): it says nothing about the task.
bool is_gateway_status(int status);

Outcome judge(const ReplyFacts& facts);

}  // namespace fanout
