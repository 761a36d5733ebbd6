#include "sim/sim_vendor.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "sim/sim_call.h"

namespace fanout::sim {
namespace {

namespace asio = boost::asio;

}  // namespace

namespace {

// Lives as long as the coroutine waits, which may end with its loop while the call is still on the timeline.
class Bell {
 public:
  Bell(std::shared_ptr<Call> call, const asio::any_io_executor& loop)
      : call_(std::move(call)), timer_(loop, asio::steady_timer::time_point::max()) {
    call_->bell = &timer_;
  }
  ~Bell() { call_->bell = nullptr; }
  Bell(const Bell&) = delete;
  Bell& operator=(const Bell&) = delete;

 private:
  std::shared_ptr<Call> call_;
  asio::steady_timer timer_;
};

}  // namespace

class SimVendor::SimTransport : public Transport {
 public:
  SimTransport(SimVendor& vendor, asio::any_io_executor loop, milliseconds timeout)
      : vendor_(vendor), loop_(std::move(loop)), timeout_(timeout) {}

  asio::awaitable<Reply> ask(Request request) override {
    auto call = std::make_shared<Call>();
    call->request = std::move(request);
    call->timeout = timeout_;
    const Bell bell(call, loop_);
    vendor_.take(call);
    boost::system::error_code rung;
    co_await call->bell->async_wait(asio::redirect_error(asio::use_awaitable, rung));
    co_return std::move(call->reply);
  }

 private:
  SimVendor& vendor_;
  asio::any_io_executor loop_;
  milliseconds timeout_;
};

SimVendor::SimVendor(const Plan& plan, std::string name, std::uint64_t seed, Timeline& timeline,
                     const Clock& clock, Journal& journal)
    : plan_(plan),
      name_(std::move(name)),
      chance_(seed),
      timeline_(timeline),
      clock_(clock),
      journal_(journal),
      tree_(chance_.next()),
      witness_(name_, timeline, journal) {}

SimVendor::~SimVendor() = default;

std::unique_ptr<Transport> SimVendor::transport(asio::any_io_executor loop, const VendorSpec& spec) {
  return std::make_unique<SimTransport>(*this, std::move(loop), spec.timeout);
}

void SimVendor::hang_up() {
  for (const auto& call : calls_) {
    call->over = call->orphan = true;
  }
  calls_.clear();
  asked_in_this_life_.clear();
}

void SimVendor::settle_down() {
  weather_ = {};
  outage_ = Outage::none;
  refuses_credentials_ = false;
  fair_ = true;
  tree_.stop_growing();
}

void SimVendor::take(std::shared_ptr<Call> call) {
  call->order = ++order_;
  calls_.insert(call);
  witness_.asked(call->order, call->request.target);
  witness_.attempted();
  timeline_.after(call->timeout, [this, call] { fail(call, Fault::timeout, "no reply in time"); });
  const auto delay = chance_.between(microseconds(0), milliseconds(3));
  if (outage_ == Outage::unresolved) {
    timeline_.after(delay, [this, call] { fail(call, Fault::unresolved, "the host has no address"); });
  } else if (outage_ == Outage::refused) {
    timeline_.after(delay, [this, call] { fail(call, Fault::refused, "connection refused"); });
  } else {
    timeline_.after(delay, [this, call] { send(call); });
  }
}

void SimVendor::send(const std::shared_ptr<Call>& call) {
  if (call->over) return;
  call->request.sent();
  // Once sent it arrives, whether the process lives or not.
  timeline_.after(chance_.between(microseconds(100), plan_.vendors.at(name_).longest_way),
                  [this, call] { arrive(call); });
}

void SimVendor::arrive(const std::shared_ptr<Call>& call) {
  journal_.line(fmt::format("{} <- {}", name_, call->request.target));
  witness_.arrived();
  call->arrived = true;
  if (call->over && !call->orphan) return leave(call);
  const LevelPlan* level = nullptr;
  if (const auto question = question_of(call->request.target, &level); question && !call->orphan) {
    asked_in_this_life_.insert(*question);
    if (watch_) watch_(question->place.pipeline);
  }
  if (outage_ == Outage::silent || chance_.percent(weather_.stalls)) return;  // until its time is over
  const auto longest = chance_.one_in(10) ? seconds(2) : milliseconds(100);
  timeline_.after(chance_.between(microseconds(500), longest), [this, call] { answer(call); });
}

// The vendor is done with it.
void SimVendor::leave(const std::shared_ptr<Call>& call) {
  if (std::exchange(call->arrived, false)) witness_.left();
}

void SimVendor::answer(const std::shared_ptr<Call>& call) {
  if (call->orphan) leave(call);
  if (call->over) return;
  if (outage_ == Outage::silent) return;
  if (outage_ == Outage::reset || outage_ == Outage::refused || outage_ == Outage::unresolved)
    return fail(call, Fault::reset, "connection reset");
  if (outage_ == Outage::unavailable) {
    Reply reply;
    reply.status = 503;
    reply.body = "<html>down for maintenance</html>";
    return finish(call, std::move(reply));
  }
  if (chance_.percent(weather_.breaks)) {
    if (chance_.one_in(2)) return fail(call, Fault::reset, "connection reset");
    return fail(call, Fault::truncated, "the connection ended in the middle of the body");
  }
  if (auto reply = reply_to(*call)) finish(call, std::move(*reply));
}

void SimVendor::fail(const std::shared_ptr<Call>& call, Fault fault, const std::string& detail) {
  if (call->orphan) leave(call);
  if (call->over) return;
  Reply reply;
  reply.fault = fault;
  reply.detail = detail;
  finish(call, std::move(reply));
}

void SimVendor::finish(const std::shared_ptr<Call>& call, Reply reply) {
  journal_.line(
      fmt::format("{} -> {} {} {}", name_, reply.status, fault_name(reply.fault), call->request.target));
  call->over = true;
  leave(call);
  call->reply = std::move(reply);
  calls_.erase(call);
  if (call->bell != nullptr) call->bell->cancel();
}

}  // namespace fanout::sim
