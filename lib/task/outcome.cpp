#include "task/outcome.h"

#include <fmt/format.h>

#include "base/units.h"

namespace fanout {
namespace {

constexpr milliseconds kUnsaidSnooze{60'000};  // a rule wanted its time from a reply that did not say one

Outcome outcome_of(Verdict verdict, VendorSays vendor, std::string reason) {
  Outcome outcome;
  outcome.verdict = verdict;
  outcome.vendor = vendor;
  outcome.reason = std::move(reason);
  return outcome;
}

Outcome done() { return outcome_of(Verdict::done, VendorSays::well, ""); }

Outcome done_without_record() {
  auto outcome = done();
  outcome.without_record = true;
  return outcome;
}

Outcome down(std::string reason) { return outcome_of(Verdict::retry, VendorSays::down, std::move(reason)); }

Outcome answered(Verdict verdict, std::string reason) {
  return outcome_of(verdict, VendorSays::well, std::move(reason));
}

Outcome again(Again how, VendorSays vendor, std::string reason) {
  auto outcome = outcome_of(Verdict::retry, vendor, std::move(reason));
  outcome.again = how;
  return outcome;
}

std::string with_detail(std::string what, const std::string& detail) {
  return detail.empty() ? what : what + ": " + detail;
}

bool is_good(int status) { return status >= 200 && status < 300; }
bool is_failure(int status) { return status >= 500 && status < 600; }
// A 403 is what some vendors say instead of 429.
bool asks_for_quiet(const ReplyFacts& facts) {
  return facts.status == 429 || (facts.status == 503 && facts.retry_after) ||
         (facts.status == 403 && (facts.retry_after || facts.nothing_remains));
}

// What the reply holds is another question.
bool came_whole(const ReplyFacts& facts) {
  return facts.fault == Fault::none || facts.fault == Fault::malformed || facts.fault == Fault::nothing_new ||
         facts.fault == Fault::not_as_level || facts.fault == Fault::too_deep;
}

Outcome over_limit(const ReplyFacts& facts) {
  auto outcome =
      outcome_of(Verdict::snooze, VendorSays::asked_too_much,
                 facts.retry_after ? fmt::format("{}: the vendor wants quiet for {}", facts.status,
                                                 format_duration(*facts.retry_after))
                                   : fmt::format("{}: the vendor says that we ask too much", facts.status));
  outcome.hold = facts.retry_after;
  return outcome;
}

// What the rule does, as its writer wrote it.
const char* name_of(const Ruling& ruling) { return ruling.holds ? "hold" : verdict_name(ruling.then); }

// A rule decides about the task. Where it wants to ask again, what the reply says about the vendor still
// holds, or a rule would switch off holds and breaker.
Outcome by_rule(const ReplyFacts& facts) {
  const auto& ruling = *facts.ruling;
  const bool asks_again = ruling.then == Verdict::snooze || ruling.then == Verdict::retry;
  auto outcome = outcome_of(ruling.then, VendorSays::well, "");
  if (ruling.holds || (asks_again && asks_for_quiet(facts))) {
    outcome.vendor = VendorSays::asked_too_much;
    outcome.hold = ruling.holds && ruling.snooze ? ruling.snooze : facts.retry_after;
  } else if (asks_again && (is_failure(facts.status) || !came_whole(facts))) {
    outcome.vendor = VendorSays::down;
  }
  if (ruling.then == Verdict::snooze && !ruling.holds) {
    outcome.snooze = ruling.snooze ? *ruling.snooze : facts.retry_after.value_or(kUnsaidSnooze);
  }
  if (ruling.then != Verdict::done) {
    outcome.reason = fmt::format("{}: a rule says {} when {}", facts.status, name_of(ruling), ruling.when);
  }
  return outcome;
}

Outcome refused_credentials(const ReplyFacts& facts) {
  if (!facts.may_renew && facts.serves_others) {
    return outcome_of(
        Verdict::dead, VendorSays::nothing,
        "401: the vendor does not accept the credentials for this, though it has just accepted them for "
        "others; let it have access, then redrive it, or leave it out with where");
  }
  std::string reason = "401: the vendor does not accept the credentials";
  if (facts.may_renew) return again(Again::renew, VendorSays::nothing, std::move(reason));
  return outcome_of(Verdict::snooze, VendorSays::refuses_us, std::move(reason));
}

Outcome redirected(const ReplyFacts& facts) {
  if (!facts.may_follow) {
    return answered(
        Verdict::dead,
        fmt::format("{}: redirected to {}, which is not followed: it is another origin, nowhere, or "
                    "one redirect too many; put the right address into base_url or path",
                    facts.status, facts.detail.empty() ? "nowhere" : facts.detail));
  }
  return again(Again::follow, VendorSays::well, fmt::format("{}: redirected", facts.status));
}

// What the operator can do about it; empty where it passes by itself.
const char* way_out(Fault fault) {
  switch (fault) {
    case Fault::unresolved:
      return "; check base_url and the name service";
    case Fault::refused:
      return "; check base_url";
    case Fault::no_room_here:
      return "; raise the limit (LimitNOFILE= in the unit for open files), or lower concurrency";
    case Fault::bad_certificate:
      return "; if it is right, name what it is signed by in ca_file";
    case Fault::too_large:
      return "; raise body_limit, or ask for smaller pages";
    case Fault::nothing_new:
      return "; the vendor gives the same page again and again: check page and query of the level";
    case Fault::not_as_level:
      return "; check items, keep and max_items of the level";
    default:
      return "";
  }
}

Outcome by_fault(const ReplyFacts& facts) {
  const char* what = facts.fault == Fault::none ? "no reply came" : fault_name(facts.fault);
  auto reason = with_detail(what, facts.detail) + way_out(facts.fault);
  if (facts.may_send_again) return again(Again::send, VendorSays::nothing, std::move(reason));
  switch (facts.fault) {
    case Fault::too_large:
    case Fault::nothing_new:
    case Fault::not_as_level:
    case Fault::too_deep:
      return answered(Verdict::dead, std::move(reason));
    case Fault::malformed:
      return outcome_of(Verdict::retry, VendorSays::nothing, std::move(reason));
    case Fault::unresolved:
    case Fault::refused:
    case Fault::no_room_here:
    case Fault::connect_timeout:
    case Fault::bad_certificate:
      return outcome_of(Verdict::retry, VendorSays::not_there, std::move(reason));
    default:
      return down(std::move(reason));
  }
}

Outcome by_status(const ReplyFacts& facts) {
  const int status = facts.status;
  switch (status) {
    case 304:
      return done_without_record();
    case 301:
    case 302:
    case 303:
    case 307:
    case 308:
      return redirected(facts);
    case 401:
      return refused_credentials(facts);
    case 404:
    case 410:
      if (facts.ends_list) return done_without_record();
      // A page further on: the address is right, since the pages before it were there.
      if (facts.first_level && facts.fault == Fault::not_as_level) {
        return answered(Verdict::dead, fmt::format("{}: {}", status, facts.detail));
      }
      if (facts.first_level) {
        return answered(Verdict::dead, fmt::format("{}: nothing is there; check base_url and path", status));
      }
      return answered(Verdict::skip, fmt::format("{}: it has vanished since it was listed", status));
    case 408:
    case 425:
      return outcome_of(
          Verdict::retry, VendorSays::nothing,
          with_detail(fmt::format("{}: the vendor wants to be asked again", status), facts.detail));
    default:
      break;
  }
  if (status == 202 && facts.retry_after) {
    auto outcome = answered(Verdict::snooze, fmt::format("202: it is ready in {}, says the vendor",
                                                         format_duration(*facts.retry_after)));
    outcome.snooze = facts.retry_after;
    return outcome;
  }
  if (is_good(status)) return done();
  if (asks_for_quiet(facts)) return over_limit(facts);
  if (is_failure(status))
    return down(with_detail(fmt::format("{}: the vendor failed", status), facts.detail));
  const bool refuses = status >= 400 && status < 500;
  const char* what = refuses ? "the vendor refuses this" : "this status is no answer";
  return answered(Verdict::dead, with_detail(fmt::format("{}: {}", status, what), facts.detail));
}

}  // namespace

Outcome judge(const ReplyFacts& facts) {
  // No rule makes half an answer a whole one.
  if (facts.ruling && (facts.ruling->then != Verdict::done || came_whole(facts))) return by_rule(facts);
  // A status other than 2xx says all, whatever came of its body.
  const bool needs_body = facts.status == 0 || is_good(facts.status) || facts.ruling;
  return needs_body && (facts.fault != Fault::none || facts.status == 0) ? by_fault(facts) : by_status(facts);
}

bool is_gateway_status(int status) { return status == 0 || status == 502 || status == 503 || status == 504; }

const char* fault_name(Fault fault) {
  switch (fault) {
    case Fault::none:
      return "no fault";
    case Fault::unresolved:
      return "the host has no address";
    case Fault::refused:
      return "the connection was refused";
    case Fault::no_room_here:
      return "not the vendor's fault, this machine has no room for another connection";
    case Fault::connect_timeout:
      return "no connection in time";
    case Fault::timeout:
      return "no complete reply in time";
    case Fault::reset:
      return "the connection ended before a reply began";
    case Fault::truncated:
      return "the connection ended in the middle of the reply";
    case Fault::bad_certificate:
      return "the certificate is not accepted";
    case Fault::bad_protocol:
      return "the reply is no proper HTTP";
    case Fault::too_large:
      return "the reply is too large";
    case Fault::malformed:
      return "the reply is no JSON";
    case Fault::nothing_new:
      return "the page brings nothing new";
    case Fault::not_as_level:
      return "the reply is not as the level says";
    case Fault::too_deep:
      return "the reply is nested too deeply";
  }
  return "no fault";
}

}  // namespace fanout
