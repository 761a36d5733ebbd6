// A vendor on the other side of a network, in virtual time: what it has, what goes wrong with it, and what it
// has given to whom.
//
// Owned by a simulation, on its one thread; it outlives the daemon's processes. transport() gives one process
// its way to it; hang_up() ends that when the process dies, and must come before its io_context ends.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "http/transport.h"
#include "sim/chance.h"
#include "sim/journal.h"
#include "sim/plan.h"
#include "sim/sim_tree.h"
#include "sim/witness.h"
#include "spec/config.h"

namespace fanout::sim {

struct Call;

// One page of one place, as one run asks for it: what the database knows as a task.
struct Question {
  std::int64_t run = 0;
  Place place;
  int page = 1;
  // NOLINTNEXTLINE(modernize-use-nullptr): the 0 that this compares with is no pointer
  auto operator<=>(const Question&) const = default;
};

// A good answer that was given.
struct Answer {
  std::string nonce;  // no other answer has it
  std::string body;
  std::set<Question> makes;  // what is to be asked because of it
  std::int64_t values = 0;
  std::int64_t items = 0;
};

struct Weather {
  int errors = 0;    // percent of replies that are a 500
  int refusals = 0;  // … a 429 or 503 with a time to wait
  int breaks = 0;    // … a reset, or a body that is cut or is no JSON
  int stalls = 0;
  int redirects = 0;
  int busy = 0;  // … a 200 that says to come back
};

class SimVendor {
 public:
  enum class Outage { none, unresolved, refused, reset, unavailable, silent };

  SimVendor(const Plan& plan, std::string name, std::uint64_t seed, Timeline& timeline, const Clock& clock,
            Journal& journal);
  ~SimVendor();

  std::unique_ptr<Transport> transport(boost::asio::any_io_executor loop, const VendorSpec& spec);
  void hang_up();

  void set_weather(const Weather& weather) { weather_ = weather; }
  void set_outage(Outage outage) { outage_ = outage; }
  Outage outage() const { return outage_; }
  void refuse_credentials(bool refuse) { refuses_credentials_ = refuse; }
  void settle_down();  // fair from now on

  // Told of each request of a pipeline that arrives.
  void watch(std::function<void(const std::string& pipeline)> watch) { watch_ = std::move(watch); }

  Witness& witness() { return witness_; }
  SimTree& tree() { return tree_; }
  const std::map<Question, std::vector<Answer>>& given() const { return given_; }
  // Questions that were sent and not answered yet, or answered within this process's life.
  const std::set<Question>& asked_in_this_life() const { return asked_in_this_life_; }
  std::size_t waiting() const { return calls_.size(); }

 private:
  class SimTransport;

  void take(std::shared_ptr<Call> call);
  void send(const std::shared_ptr<Call>& call);
  void arrive(const std::shared_ptr<Call>& call);
  void answer(const std::shared_ptr<Call>& call);
  void leave(const std::shared_ptr<Call>& call);
  void finish(const std::shared_ptr<Call>& call, Reply reply);
  void fail(const std::shared_ptr<Call>& call, Fault fault, const std::string& detail);

  // sim_replies.cpp
  std::optional<Reply> reply_to(const Call& call);  // nothing: it never answers
  Reply good_reply(const Question& question, const LevelPlan& level);
  Reply wants_quiet();
  Reply redirect(const Call& call);
  std::optional<Question> question_of(const std::string& target, const LevelPlan** level) const;
  bool is_authorized(const Request& request) const;

  const Plan& plan_;
  std::string name_;
  Chance chance_;
  Timeline& timeline_;
  const Clock& clock_;
  Journal& journal_;
  SimTree tree_;
  Witness witness_;
  std::function<void(const std::string&)> watch_;
  Weather weather_;
  Outage outage_ = Outage::none;
  bool refuses_credentials_ = false;
  bool fair_ = false;
  std::set<std::shared_ptr<Call>> calls_;
  std::uint64_t order_ = 0;
  std::uint64_t nonces_ = 0;
  std::map<Question, std::vector<Answer>> given_;
  std::set<Question> asked_in_this_life_;
};

}  // namespace fanout::sim
