#include "arrival.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>

namespace fanout_vendor {
namespace {

using std::chrono::steady_clock;
using std::chrono::system_clock;

// The stamp is wall time, the account is monotonic: what carries over is its age. A wall clock that was set
// meanwhile gives a nonsense age, and the moment of reading is taken then.
constexpr Duration kOldest = std::chrono::seconds(5);

Instant monotonic(const timespec& stamp) {
  const auto wall = system_clock::now().time_since_epoch();
  const Duration age = wall - std::chrono::seconds(stamp.tv_sec) - Duration(stamp.tv_nsec);
  const auto now = steady_clock::now();
  return age > Duration::zero() && age < kOldest ? now - age : now;
}

}  // namespace

void stamp_arrivals(int socket) {
  const int on = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
}

Received receive(int socket, boost::asio::mutable_buffer into) {
  alignas(cmsghdr) std::array<char, 128> control{};
  iovec piece{into.data(), into.size()};
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  ssize_t count = 0;
  do {
    count = ::recvmsg(socket, &message, MSG_DONTWAIT);
  } while (count < 0 && errno == EINTR);
  if (count < 0) return {0, errno, {}};
  for (const cmsghdr* c = CMSG_FIRSTHDR(&message); c != nullptr;
       c = CMSG_NXTHDR(&message, const_cast<cmsghdr*>(c))) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS) continue;
    timespec stamp{};
    std::memcpy(&stamp, CMSG_DATA(c), sizeof(stamp));
    return {static_cast<std::size_t>(count), 0, monotonic(stamp)};
  }
  return {static_cast<std::size_t>(count), 0, steady_clock::now()};
}

}  // namespace fanout_vendor
