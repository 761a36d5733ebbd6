#include "harvest/attempts.h"

#include "harvest/departure.h"
#include "harvest/machines.h"
#include "sim/slow_executor.h"

namespace fanout {
namespace {

// Answers at such length.
class VerboseVendor : public Transport {
 public:
  explicit VerboseVendor(std::size_t size) : size_(size) {}
  boost::asio::awaitable<Reply> ask(Request) override {
    Reply reply;
    reply.status = 200;
    reply.body = "[" + std::string(size_, ' ') + "]";
    co_return reply;
  }

 private:
  std::size_t size_;
};

class AttemptsTest : public Machines {
 protected:
  void start(std::int64_t task) {
    auto departing = depart(claimed_of(*runs.find(1), task), *runs.find(1), config, dispatchers.of("v"));
    auto& [attempt, request] = std::get<Departure>(departing);
    attempts.start(std::move(attempt), std::move(request));
  }

  // A reply of such length, to a level with that condition.
  bool is_read_elsewhere(std::size_t size, const std::string& where) {
    int read_elsewhere = 0;
    Threads apart = threads;
    apart.reading = sim::SlowExecutor(loop, [&](std::function<void()> work) {
      ++read_elsewhere;
      work();
    });
    Attempts with_body(apart, clock, runs, [](Attempt&, Reply, Reading) {});
    open(1, "p");
    auto departing = depart(claimed_of(*runs.find(1), 1), *runs.find(1), config, dispatchers.of("v"));
    auto& [attempt, request] = std::get<Departure>(departing);
    attempt->transport = std::make_shared<VerboseVendor>(size);
    Level level = *attempt->level;
    level.where = where;
    attempt->level = &level;
    with_body.start(std::move(attempt), std::move(request));
    poll();
    EXPECT_EQ(with_body.count(), 0U);
    return read_elsewhere > 0;
  }

  std::vector<std::int64_t> ended;
  Attempts attempts{threads, clock, runs,
                    [this](Attempt& attempt, Reply, Reading) { ended.push_back(attempt.claimed.task.id); }};
};

TEST_F(AttemptsTest, AreCountedUntilTheyEnd) {
  const auto& run = open(1, "p");
  start(1);
  start(2);
  EXPECT_EQ(attempts.count(), 2U);
  EXPECT_EQ(run.in_flight, 2);
  poll();
  EXPECT_EQ(ended, (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(attempts.count(), 0U);
  EXPECT_EQ(run.in_flight, 0);
}

TEST_F(AttemptsTest, ThatAreGivenUpPutTheirTasksBackAndAreNotToldOfAgain) {
  const auto& run = open(1, "p");
  start(1);
  const auto put_back = attempts.give_up_all();
  ASSERT_EQ(put_back.size(), 1U);
  EXPECT_EQ(put_back[0].task, 1);
  EXPECT_EQ(put_back[0].claim, 101);
  EXPECT_FALSE(put_back[0].spent);
  EXPECT_EQ(run.in_flight, 0);
  poll();
  EXPECT_TRUE(ended.empty()) << "their replies come too late";
}

// Parsing what is large would hold up all that the loop does.
TEST_F(AttemptsTest, ReadLargeRepliesOnTheReadingExecutorAndSmallOnesOnTheLoop) {
  for (const std::size_t size : {std::size_t{1000}, std::size_t{1'000'000}})
    EXPECT_EQ(is_read_elsewhere(size, ""), size > 500'000) << size << " bytes";
}

// However small a reply is, a condition that is asked for each of its items takes as long as its author
// likes.
TEST_F(AttemptsTest, ReadRepliesOfLevelsWithAWhereOnTheReadingExecutor) {
  EXPECT_TRUE(is_read_elsewhere(100, "item->>'on' = 1"));
}

TEST_F(AttemptsTest, OfARunThatIsGoneEndToo) {
  open(1, "p");
  start(1);
  runs.erase(1);
  poll();
  EXPECT_EQ(ended, std::vector<std::int64_t>{1});
}

}  // namespace
}  // namespace fanout
