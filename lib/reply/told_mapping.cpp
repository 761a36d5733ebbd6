#include "reply/told_mapping.h"

#include <charconv>
#include <cmath>
#include <string>
#include <utility>

#include "reply/limit_counters.h"
#include "reply/told_limits.h"

namespace fanout {
namespace {

constexpr double kMostCost = 1'000'000;

// As GraphQL vendors write it: 12, 12.5, "12".
std::optional<int> cost_in(std::string_view text) {
  double cost = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), cost);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  // Also false of what is not a number.
  return whole && cost >= 0 && cost <= kMostCost ? std::optional(static_cast<int>(std::ceil(cost)))
                                                 : std::nullopt;
}

}  // namespace

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

void read_told_cost(const ToldSpec& spec, const Reply& reply, std::string_view body, Expressions& expressions,
                    ToldLimits& told) {
  const auto header = [&reply](std::string_view name) { return reply.header(name); };
  const auto text = expressions.wait(spec.cost, reply.status, body, header);
  if (!text || text->empty()) return;
  told.cost = cost_in(*text);
  if (!told.cost) told.nonsense.push_back({Nonsense::Of::cost, "told.cost: " + *text});
}

}  // namespace fanout
