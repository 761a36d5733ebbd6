#include "daemon/fanoutd/store_pulse.h"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <utility>

#include "base/units.h"

namespace fanout {

StorePulse::StorePulse(boost::asio::any_io_executor loop, boost::asio::any_io_executor store,
                       const Clock& clock, const Log& log, milliseconds slow, std::function<void()> changed)
    : loop_(std::move(loop)),
      store_(std::move(store)),
      clock_(clock),
      log_(log),
      slow_(slow),
      changed_(std::move(changed)),
      timer_(loop_) {}

void StorePulse::ask(std::function<void()> answered) {
  if (answered) waiting_.push_back(std::move(answered));
  if (under_way_) return;
  under_way_ = true;
  asked_at_ = clock_.mono();
  boost::asio::post(store_, [this] { boost::asio::post(loop_, [this] { back(); }); });
  timer_.expires_after(slow_);
  timer_.async_wait([this](boost::system::error_code error) {
    if (error || !under_way_) return;
    is_slow_ = true;
    log_.warning(fmt::format("the disk has not answered for {}; nothing is kept until it does",
                             format_duration(std::chrono::floor<milliseconds>(clock_.mono() - asked_at_))));
    changed_();
  });
}

std::optional<milliseconds> StorePulse::silence() const {
  if (!is_slow_) return std::nullopt;
  return std::chrono::floor<milliseconds>(clock_.mono() - asked_at_);
}

void StorePulse::back() {
  under_way_ = false;
  timer_.cancel();
  const bool was_slow = std::exchange(is_slow_, false);
  if (was_slow) {
    log_.notice(fmt::format("the disk answers again, after {}",
                            format_duration(std::chrono::floor<milliseconds>(clock_.mono() - asked_at_))));
  }
  for (auto& answered : std::exchange(waiting_, {})) answered();
  if (was_slow) changed_();
}

}  // namespace fanout
