#include "transcripts/story.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "sim/slow_executor.h"
#include "support/configured.h"
#include "transcripts/configurations.h"

namespace fanout {
namespace {

namespace asio = boost::asio;

const WallTime kBegin = from_unix_ms(1'795'651'200'000);  // 2026-11-26T00:00:00Z
constexpr const char* kDatabase = "/state/fanoutd.db";

}  // namespace

class Story::Vendor : public Transport {
 public:
  explicit Vendor(Story& story) : story_(story) {}

  asio::awaitable<Reply> ask(Request request) override {
    // It is no clock: the timeline rings it. Owned by this coroutine, which may end with its loop before
    // that.
    const auto bell =
        std::make_shared<asio::steady_timer>(story_.loop_, asio::steady_timer::time_point::max());
    if (request.sent) request.sent();
    auto answer = std::make_shared<Reply>();
    story_.timeline_.after(kReplyTime, [this, answer, target = request.target,
                                        ringing = std::weak_ptr<asio::steady_timer>(bell)] {
      *answer = story_.answer_(target);
      story_.asked_.push_back(fmt::format("{:.3f} {} {}",
                                          std::chrono::duration<double>(story_.timeline_.now()).count(),
                                          target, answer->status));
      if (const auto there = ringing.lock()) there->cancel();
    });
    boost::system::error_code rung;
    co_await bell->async_wait(asio::redirect_error(asio::use_awaitable, rung));
    co_return std::move(*answer);
  }

 private:
  Story& story_;
};

Story::Story(const std::string& toml, Answer answer)
    : clock_(timeline_, kBegin),
      files_(1),
      vfs_(files_, "fanout-story", 1),
      disk_(files_),
      answer_(std::move(answer)),
      log_([this](Severity, std::string_view line) { lines_.emplace_back(line); }) {
  store_ = std::make_unique<SqliteStore>(kDatabase, vfs_.name());
  const auto recovered = store_->recover(clock_.wall());
  outputs_ = std::make_unique<Outputs>(disk_, "/state/out", recovered.open_parts, log_);
  keeper_ = std::make_unique<Keeper>(*store_, *outputs_, clock_);
  const auto later = [this](std::function<void()> work) {
    ++commits_;
    timeline_.after(kCommitTime, std::move(work));
  };
  Surroundings around{clock_,
                      random_,
                      log_,
                      *keeper_,
                      [this](const VendorSpec&) { return std::make_unique<Vendor>(*this); },
                      {loop_.get_executor(), sim::SlowExecutor(loop_, later), loop_.get_executor(),
                       [](const std::exception_ptr& failure) { std::rethrow_exception(failure); }}};
  engine_ = std::make_unique<Engine>(std::move(around), config_of(toml), recovered);
}

// The loop first: its coroutines hold on to the engine and the transport.
Story::~Story() {
  loop_.stop();
  engine_.reset();
}

void Story::poll() {
  loop_.restart();
  while (loop_.poll_one() > 0) {
  }
}

bool Story::harvest(milliseconds within) {
  bool settled = false;
  engine_->begin_once({}, [&settled](std::int64_t) { settled = true; });
  const auto end = timeline_.now() + within;
  for (poll(); !settled && timeline_.now() < end && timeline_.step();) poll();
  return settled;
}

void Story::begin() {
  engine_->begin();
  poll();
}

void Story::pass(milliseconds time) {
  bool over = false;
  timeline_.after(time, [&over] { over = true; });
  for (poll(); !over && timeline_.step();) poll();
}

void Story::reload(const std::string& toml) {
  engine_->reconfigure(config_of(toml));
  poll();
}

void Story::set_clock_by(milliseconds jump) {
  clock_.set_wall_by(jump);
  engine_->clock_changed();
}

std::string Story::shell(const std::string& sql) {
  std::string text;
  {
    Database shell(kDatabase, Database::Mode::read_write, vfs_.name());
    if (sql.find(';') != std::string::npos) {
      shell.execute(sql);
    } else {
      Statement statement(shell, sql);
      if (statement.step()) text = statement.text(0);
    }
  }
  engine_->database_changed();
  poll();
  return text;
}

std::string Story::output(const std::string& path) {
  return disk_.read("/state/out/" + path).value_or("(not there)");
}

Reply reply(int status, std::string body, std::vector<std::pair<std::string, std::string>> headers) {
  Reply made;
  made.status = status;
  made.body = std::move(body);
  made.headers = std::move(headers);
  return made;
}

Story::Answer lists(int items) {
  return [items](const std::string& target) { return reply(200, target == "/p" ? list_of(items) : "{}"); };
}

}  // namespace fanout
