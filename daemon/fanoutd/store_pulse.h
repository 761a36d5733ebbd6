// Whether the store thread moves: a word goes from the loop to it and back. A disk that does not answer keeps
// it, and with it everything, from moving on; nobody else can say so, since nothing can be written then.
//
// On the loop. Without a question there is no timer.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/log.h"

namespace fanout {

class StorePulse {
 public:
  // What takes longer than `slow` is said in the log, and `changed` is called: once then, once when it is
  // over.
  StorePulse(boost::asio::any_io_executor loop, boost::asio::any_io_executor store, const Clock& clock,
             const Log& log, milliseconds slow, std::function<void()> changed);

  // `answered` is called when the word is back. Whoever asks while one is under way waits for that one.
  void ask(std::function<void()> answered = {});
  // For how long it has not answered, if that is slow.
  std::optional<milliseconds> silence() const;

 private:
  void back();

  boost::asio::any_io_executor loop_;
  boost::asio::any_io_executor store_;
  const Clock& clock_;
  const Log& log_;
  milliseconds slow_;
  std::function<void()> changed_;
  boost::asio::steady_timer timer_;
  bool under_way_ = false;
  bool is_slow_ = false;
  MonoTime asked_at_{};
  std::vector<std::function<void()>> waiting_;
};

}  // namespace fanout
