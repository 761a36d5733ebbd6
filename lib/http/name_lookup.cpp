#include "http/name_lookup.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <cerrno>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace fanout {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// Between the thread that asks and the loop, by whichever of them ends later.
struct NameLookup::Answer {
  std::mutex mutex;
  bool ready = false;
  Addresses found;
};

namespace {

// The writing end of a pipe. Closed it says that there is an answer; nobody need be there to hear it.
class Bell {
 public:
  explicit Bell(int descriptor) : descriptor_(descriptor) {}
  Bell(Bell&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Bell& operator=(Bell&&) = delete;
  ~Bell() {
    if (descriptor_ >= 0) close(descriptor_);
  }

 private:
  int descriptor_;
};

}  // namespace

Addresses ask_name_service(const std::string& host, const std::string& port) {
  Addresses addresses;
  asio::io_context here;  // never run: the thread itself asks
  tcp::resolver resolver(here);
  for (const auto& entry : resolver.resolve(host, port, tcp::resolver::numeric_service, addresses.error))
    addresses.endpoints.push_back(entry.endpoint());
  return addresses;
}

std::shared_ptr<NameLookup> NameLookup::begin(const asio::any_io_executor& loop, Resolve resolve,
                                              std::string host, std::string port) {
  auto lookup = std::make_shared<NameLookup>(loop);
  const auto answer = std::make_shared<Answer>();
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
    lookup->finish({error_code(errno, boost::system::system_category()), {}});
    return lookup;
  }
  lookup->answered_.assign(ends[0]);
  try {
    std::thread([answer, bell = Bell(ends[1]), resolve = std::move(resolve), host = std::move(host),
                 port = std::move(port)] {
      auto found = resolve(host, port);
      const std::lock_guard lock(answer->mutex);
      answer->found = std::move(found);
      answer->ready = true;
    }).detach();
  } catch (const std::system_error&) {
    lookup->finish({boost::system::errc::make_error_code(boost::system::errc::not_enough_memory), {}});
    return lookup;
  }
  lookup->wait_for(answer);
  return lookup;
}

void NameLookup::wait_for(std::shared_ptr<Answer> answer) {
  answered_.async_wait(asio::posix::stream_descriptor::wait_read,
                       [weak = weak_from_this(), answer](error_code error) {
                         const auto self = weak.lock();
                         if (!self || error) return;
                         std::unique_lock lock(answer->mutex);
                         if (answer->ready) return self->finish(std::move(answer->found));
                         lock.unlock();
                         self->wait_for(answer);
                       });
}

void NameLookup::finish(Addresses found) {
  done_ = true;
  found_ = std::move(found);
  for (const auto& timer : waiting_) timer->cancel();
  waiting_.clear();
}

}  // namespace fanout
