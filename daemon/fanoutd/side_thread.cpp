#include "daemon/fanoutd/side_thread.h"

#include <signal.h>

namespace fanout {

SideThread::SideThread() {
  // It inherits what is blocked: signals are the main thread's, and interrupt no disk.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::make_unique<boost::asio::thread_pool>(1);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void SideThread::end() {
  thread_->stop();
  thread_->join();
}

}  // namespace fanout
