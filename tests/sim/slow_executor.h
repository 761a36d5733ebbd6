// An executor whose work takes virtual time: the store's, so that outcomes pile up while a commit is under
// way and a process may die between a commit and its hearing of it.
//
// `later` is given each piece of work and does it, once, when its time has come; or drops it.
#pragma once

#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <utility>

namespace fanout::sim {

class SlowExecutor {
 public:
  using Later = std::function<void(std::function<void()>)>;
  SlowExecutor(boost::asio::io_context& context, Later later)
      : context_(&context), later_(std::make_shared<Later>(std::move(later))) {}

  boost::asio::execution_context& query(boost::asio::execution::context_t) const noexcept {
    return *context_;
  }
  static constexpr boost::asio::execution::blocking_t query(boost::asio::execution::blocking_t) noexcept {
    return boost::asio::execution::blocking_t::never_t();
  }
  SlowExecutor require(boost::asio::execution::blocking_t::never_t) const { return *this; }

  template <typename Work>
  void execute(Work work) const {
    auto kept = std::make_shared<Work>(std::move(work));
    (*later_)([kept] { std::move (*kept)(); });
  }
  friend bool operator==(const SlowExecutor& a, const SlowExecutor& b) noexcept {
    return a.later_ == b.later_;
  }
  friend bool operator!=(const SlowExecutor& a, const SlowExecutor& b) noexcept { return !(a == b); }

 private:
  boost::asio::io_context* context_;
  std::shared_ptr<Later> later_;
};

}  // namespace fanout::sim
