#include "daemon/fanoutd/process.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

namespace fanout {
namespace {

sigset_t hangups() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGHUP);
  return set;
}

}  // namespace

void keep_hangups_waiting() {
  const auto set = hangups();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

void let_signals_in() {
  const auto set = hangups();
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

void hide_memory() {
  // Where cores go to a program instead of a file the limit says nothing; that it is not dumpable does.
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

void keep_to_itself() {
  umask(umask(0) | 0027);
  signal(SIGPIPE, SIG_IGN);
}

}  // namespace fanout
