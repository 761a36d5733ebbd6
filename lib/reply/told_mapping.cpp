#include "reply/told_mapping.h"

#include <utility>

#include "reply/limit_counters.h"
#include "reply/told_limits.h"

namespace fanout {

ToldLimits read_told_as(const ToldSpec& spec, const Reply& reply, std::string_view body,
                        Expressions& expressions, WallTime now) {
  now = moment_of(reply.headers, now);
  Counters counters(is_refusal(reply.status), now);
  auto& counter = counters.of("told", "");
  const Expressions::Header header = [&reply](std::string_view name) { return reply.header(name); };
  const auto value_of = [&](const std::string& sql) {
    return sql.empty() ? std::string()
                       : expressions.wait(sql, reply.status, body, header).value_or(std::string());
  };
  counters.limit(counter, value_of(spec.limit), "told.limit");
  counters.remaining(counter, value_of(spec.remaining), "told.remaining");
  counters.reset(counter, value_of(spec.reset), "told.reset");
  counters.window(counter, value_of(spec.window), "told.window");
  ToldLimits told;
  told.limits = joined(std::move(counters.all()));
  told.nonsense = counters.take_nonsense();
  read_retry_after(reply.headers, now, told);
  return told;
}

}  // namespace fanout
