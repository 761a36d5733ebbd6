#include "daemon/fanoutd/side_thread.h"

#include <fmt/format.h>
#include <signal.h>

#include <system_error>

#include "base/error.h"

namespace fanout {

SideThread::SideThread() {
  // It inherits what is blocked: signals are the main thread's, and interrupt no disk.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    thread_ = std::make_unique<boost::asio::thread_pool>(1);
  } catch (const std::system_error& error) {
    throw Error(fmt::format("cannot start a thread: {}", error.what()),
                "raise TasksMax= in the unit, or the limit of processes of this user (ulimit -u)");
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void SideThread::end() {
  thread_->stop();
  thread_->join();
}

}  // namespace fanout
