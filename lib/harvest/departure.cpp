#include "harvest/departure.h"

#include <fmt/format.h>

#include <utility>

#include "page/paging.h"
#include "task/disposition.h"

namespace fanout {

std::variant<Departure, Settlement> depart(Claimed claimed, const ActiveRun& run,
                                           const std::shared_ptr<const Config>& config,
                                           const Dispatcher& dispatcher) {
  const Task& task = claimed.task;
  const auto pipeline = config->pipelines.find(run.run.pipeline);
  const Level* level = pipeline == config->pipelines.end() ? nullptr : pipeline->second.level(task.level);
  if (level == nullptr)
    return unaskable(task, fmt::format("level {} is no longer in the configuration", task.level));
  if (is_needless(task, *level, run.lengths_of(level->name))) return needless(task);
  auto built = request_for(task, run.names, pipeline->second, *level, dispatcher.spec());
  if (const auto* cannot = std::get_if<CannotAsk>(&built))
    return unaskable(task, dispatcher.way().credentials->redact(cannot->reason));

  Departure departure{std::make_shared<Attempt>(), std::get<Request>(std::move(built))};
  if (!claimed.so_far.redirected_to.empty()) departure.request.target = claimed.so_far.redirected_to;
  Attempt& attempt = *departure.attempt;
  attempt.target = departure.request.target;
  attempt.credentials = dispatcher.way().credentials;
  attempt.credentials->sign(departure.request);
  attempt.claimed = std::move(claimed);
  attempt.config = config;
  attempt.pipeline = &pipeline->second;
  attempt.level = level;
  attempt.names = run.names;
  attempt.vendor = dispatcher.spec().name;
  attempt.transport = dispatcher.way().transport;
  return departure;
}

}  // namespace fanout
