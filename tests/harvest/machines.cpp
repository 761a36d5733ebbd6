#include "harvest/machines.h"

namespace fanout {

const char* const Machines::kConfig = R"(
[vendor.v]
base_url = "http://v.example"
adaptive = false
concurrency = 4
[vendor.w]
base_url = "http://w.example"
adaptive = false
[pipeline.p]
vendor = "v"
weight = 3
[[pipeline.p.level]]
name = "a"
path = "/a"
items = "$"
[[pipeline.p.level]]
name = "b"
parent = "a"
path = "/a/{a}"
[[pipeline.p.output]]
level = "b"
to = "b.ndjson"
[pipeline.q]
vendor = "v"
[[pipeline.q.level]]
name = "a"
path = "/q"
[pipeline.r]
vendor = "w"
[[pipeline.r.level]]
name = "a"
path = "/r"
)";

Machines::Machines() = default;
Machines::~Machines() = default;

void Machines::SetUp() {
  dispatchers.configure(*config);
  agenda.configure(*config, clock.wall());
}

ActiveRun& Machines::open(std::int64_t id, const std::string& pipeline, std::int64_t ready) {
  fanout::Run run;
  run.id = id;
  run.pipeline = pipeline;
  run.started_at = clock.wall();
  runs.adopt(run, clock.mono());
  Tally tally;
  tally.run = id;
  tally.level = "a";
  tally.ready = ready;
  runs.take_tallies({tally}, {}, clock.mono());
  return *runs.find(id);
}

Claimed Machines::claimed_of(const ActiveRun& run, std::int64_t id) {
  Claimed claimed;
  claimed.task.id = id;
  claimed.task.run = run.run.id;
  claimed.task.claim = 100 + id;
  claimed.task.level = "a";
  claimed.task.parents = "{}";
  claimed.task.attempts = 1;
  claimed.pipeline = run.run.pipeline;
  return claimed;
}

void Machines::poll() {
  loop.restart();
  loop.poll();
}

}  // namespace fanout
