#include "judge.h"

#include <algorithm>

#include "chance.h"

namespace fanout_vendor {
namespace {

void end_with(Verdict& verdict, Why why, int status) {
  verdict.why = why;
  verdict.status = status;
}

int status_of(Outage::Mode mode) {
  switch (mode) {
    case Outage::Mode::server_error:
      return 500;
    case Outage::Mode::unavailable:
      return 503;
    case Outage::Mode::reset:
    case Outage::Mode::refuse:
      return 0;
  }
  return 0;
}

}  // namespace

Judge::Judge(Options options)
    : options_(std::move(options)),
      tree_(options_.tree),
      limits_(options_.rates, options_.concurrency, options_.refused_count),
      outage_requests_(options_.outages.size()) {
  if (options_.falls_over) strength_.emplace(*options_.falls_over);
}

std::pair<Verdict, InFlight> Judge::decide(const Question& question, Instant now) {
  now = last_ = std::max(now, last_);
  if (!first_) first_ = now;
  InFlight in_flight(limits_);
  Verdict verdict;
  verdict.number = ledger_.requests() + 1;
  verdict.at = now;
  verdict.in_flight = limits_.in_flight();
  settle(verdict, question, now);
  ledger_.decided(verdict);
  return {verdict, std::move(in_flight)};
}

// Counts the request in its outage, if there is one.
const Outage* Judge::outage_at(Instant now) {
  for (std::size_t i = 0; i < options_.outages.size(); ++i) {
    const auto& outage = options_.outages[i];
    const auto since = now - *first_;
    if (since < outage.start || since >= outage.start + outage.length) continue;
    ++outage_requests_[i];
    return &outage;
  }
  return nullptr;
}

void Judge::settle(Verdict& verdict, const Question& question, Instant now) {
  const auto refused = limits_.arrive(now);  // counts it, whatever becomes of it
  if (strength_ && strength_->is_down_for(now)) return end_with(verdict, Why::outage, 503);
  if (const auto* outage = outage_at(now)) return end_with(verdict, Why::outage, status_of(outage->mode));
  if (refused) {
    verdict.retry_after = *refused;
    verdict.refusing_window = limits_.refusing_window();
    return end_with(verdict, Why::too_many, 429);
  }
  verdict.latency = draw_latency(options_.latency, options_.seed, verdict.number);
  if (!question.readable) return end_with(verdict, Why::bad_request, 400);
  if (!options_.token.empty() && question.authorization != "Bearer " + options_.token) {
    return end_with(verdict, Why::unauthorized, 401);
  }
  if (!question.method_known) return end_with(verdict, Why::bad_method, 405);
  verdict.found = tree_.find(question.target);
  if (verdict.found.status == 404) return end_with(verdict, Why::not_found, 404);
  if (verdict.found.status == 400) return end_with(verdict, Why::bad_request, 400);
  serve(verdict);
}

// A request that deserves its answer, and gets it unless chance or poison is against it.
void Judge::serve(Verdict& verdict) const {
  if (verdict.found.poisoned) return end_with(verdict, Why::server_error, 500);
  switch (draw_fault(options_.faults, options_.seed, verdict.number)) {
    case Fault::none:
      return end_with(verdict, Why::ok, 200);
    case Fault::server_error:
      return end_with(verdict, Why::server_error, 500);
    case Fault::reset:
      return end_with(verdict, Why::reset, 0);
    case Fault::stall:
      return end_with(verdict, Why::stall, 0);
    case Fault::truncate:
      return end_with(verdict, Why::truncate, 200);
    case Fault::malformed:
      return end_with(verdict, Why::malformed, 200);
  }
}

}  // namespace fanout_vendor
