#include "http/connection_pool.h"

#include "http/request_text.h"
#include "http/tls.h"

namespace fanout {
namespace {

// Most servers close after a minute or more; a request that meets their closing has to be sent again.
constexpr seconds kLongestIdle{50};

}  // namespace

ConnectionPool::ConnectionPool(boost::asio::any_io_executor loop, const VendorSpec& vendor, Resolve resolve)
    : loop_(std::move(loop)),
      vendor_(vendor),
      standing_headers_(fanout::standing_headers(vendor.base_url)),
      tls_(vendor.base_url.tls ? std::make_shared<boost::asio::ssl::context>(tls_context(vendor)) : nullptr),
      deadlines_(std::make_shared<SocketDeadlines>(loop_)),
      resolve_(std::move(resolve)) {
  deadlines_->also([this](SocketTime now) { return drop_idle(now); });
}

ConnectionPool::~ConnectionPool() { deadlines_->also(nullptr); }

std::unique_ptr<Connection> ConnectionPool::take(SocketTime now) {
  while (!idle_.empty()) {
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    // Asked of the system each time: what came unasked must not be taken for the next request's answer.
    if (now - connection->idle_since() < kLongestIdle && !connection->stale()) return connection;
  }
  return nullptr;
}

// One that does not end is joined, so that a vendor never has more than one thread waiting.
std::shared_ptr<NameLookup> ConnectionPool::lookup() {
  if (!lookup_ || lookup_->done())
    lookup_ = NameLookup::begin(loop_, resolve_, vendor_.base_url.host, vendor_.base_url.port);
  return lookup_;
}

std::unique_ptr<Connection> ConnectionPool::unconnected() const {
  return std::make_unique<Connection>(loop_, deadlines_, vendor_.body_limit);
}

void ConnectionPool::give_back(std::unique_ptr<Connection> connection) {
  const auto now = deadlines_->in(milliseconds(0));
  connection->rest(now);
  idle_.push_back(std::move(connection));
  deadlines_->wake_by(now + kLongestIdle);
}

SocketTime ConnectionPool::drop_idle(SocketTime now) {
  while (!idle_.empty() && idle_.front()->idle_since() + kLongestIdle <= now) idle_.pop_front();
  return idle_.empty() ? SocketTime::max() : idle_.front()->idle_since() + kLongestIdle;
}

}  // namespace fanout
