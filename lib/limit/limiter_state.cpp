#include "limit/limiter_state.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace fanout {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostRead = 4096;  // entries of any list
constexpr std::int64_t kMostCount = 1'000'000'000'000;
constexpr std::int64_t kMostOrphans = 1'000'000;
constexpr std::int64_t kLatest = 253'402'300'799'999;                  // ms: the end of the year 9999
constexpr std::int64_t kLongest = std::int64_t(1000) * 86'400 * 3660;  // ms: ten years, safe to add up

// ---- out. By hand, because a document of a thousand numbers is slow to build.

void put(std::string& out, std::int64_t number) { out += std::to_string(number); }

void put(std::string& out, std::string_view text) {
  // A reason may hold what a vendor sent.
  out += Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

void put(std::string& out, const std::vector<SavedLimiter::Entry>& entries) {
  out += '[';
  for (const auto& entry : entries) {
    if (out.back() != '[') out += ',';
    put(out, entry.age.count());
    out += ',';
    put(out, entry.count);
  }
  out += ']';
}

template <typename Value>
void put(std::string& out, const char* name, const Value& value) {
  if (out.back() != '{') out += ',';
  out += '"';
  out += name;
  out += "\":";
  put(out, value);
}

void put_breaker(std::string& out, const Breaker::State& breaker) {
  out += ",\"breaker\":{";
  put(out, "open", std::int64_t(breaker.open));
  put(out, "failures", std::int64_t(breaker.failures));
  put(out, "cap", std::int64_t(breaker.cap));
  put(out, "interval", breaker.interval.count());
  if (breaker.until_probe) put(out, "probe", breaker.until_probe->count());
  put(out, "why", breaker.why);
  out += '}';
}

void put_lane(std::string& out, const SavedLimiter::Lane& lane) {
  put(out, "window", lane.window.count());
  put(out, "due", lane.due.count());
  put(out, "past", lane.past);
}

void put_lanes(std::string& out, const std::vector<SavedLimiter::Lane>& lanes) {
  out += ",\"windows\":[";
  for (const auto& lane : lanes) {
    out += out.back() == '[' ? "{" : ",{";
    put_lane(out, lane);
    out += '}';
  }
  out += ']';
}

void put_finer(std::string& out, const SavedLimiter::Finer& finer) {
  out += out.back() == '[' ? "{" : ",{";
  put(out, "name", finer.name);
  put(out, "text", finer.text);
  out += ",\"values\":[";
  for (const auto& of : finer.values) {
    out += out.back() == '[' ? "{" : ",{";
    put(out, "value", of.value);
    put(out, "on_their_way", of.on_their_way);
    if (of.period) {
      put(out, "used", of.period->used);
      put(out, "late", of.period->late);
      put(out, "began_ago", of.period->began_ago.count());
    }
    put_lanes(out, of.lanes);
    out += '}';
  }
  out += "]}";
}

void put_told(std::string& out, const SavedLimiter::Told& told) {
  out += out.back() == '[' ? "{" : ",{";
  put(out, "name", told.name);
  put(out, "heard_ago", told.heard_ago.count());
  if (told.allowance.left) {
    put(out, "left", *told.allowance.left);
    put(out, "ends_in", told.allowance.ends_in.count());
  }
  put(out, "doubts", std::int64_t(told.allowance.doubts));
  put(out, "doubted_for", told.allowance.doubted_for.count());
  put(out, "patience", told.allowance.patience.count());
  put(out, "several", std::int64_t(told.several));
  if (told.limit > 0) {
    put(out, "limit", told.limit);
    put(out, "on_their_way", told.on_their_way);
    put_lane(out, told.lane);
  }
  out += '}';
}

// Rates are small, and a thousandth of a request is near enough.
constexpr double kThousand = 1000;
std::int64_t thousandths(double value) { return std::llround(value * kThousand); }

void put_adaptive(std::string& out, const Adaptive::State& adaptive) {
  out += ",\"adaptive\":{";
  put(out, "rate", thousandths(adaptive.rate));
  put(out, "ceiling", thousandths(adaptive.ceiling));
  put(out, "known", thousandths(adaptive.known));
  put(out, "most_in_flight", std::int64_t(adaptive.most_in_flight));
  put(out, "quota", thousandths(adaptive.quota.limit));
  put(out, "quota_window", adaptive.quota.window.count());
  put(out, "fell", thousandths(adaptive.fell));
  put(out, "fell_ago", std::max<std::int64_t>(adaptive.fell_ago.count(), 0));
  put(out, "most", thousandths(adaptive.most));
  put(out, "most_rest", adaptive.most_rest.count());
  put(out, "most_for", adaptive.most_for.count());
  out += '}';
}

// ---- in. Throws std::exception for whatever is not as it should be.

std::int64_t number(const Json& value, std::int64_t least, std::int64_t most) {
  if (!value.is_number_integer()) throw std::runtime_error("no whole number");
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(most)) {
    throw std::runtime_error("too large");
  }
  const auto read = value.get<std::int64_t>();
  if (read < least || read > most) throw std::runtime_error("out of range");
  return read;
}

milliseconds duration(const Json& value, std::int64_t least) {
  return milliseconds(number(value, least, kLongest));
}

std::vector<SavedLimiter::Entry> entries(const Json& list) {
  if (!list.is_array() || list.size() % 2 != 0 || list.size() > kMostRead) {
    throw std::runtime_error("no list of pairs");
  }
  std::vector<SavedLimiter::Entry> entries;
  for (std::size_t i = 0; i < list.size(); i += 2) {
    entries.push_back({duration(list[i], -kLongest), number(list[i + 1], 0, kMostCount)});
    if (i > 0 && entries.back().age > entries[entries.size() - 2].age) {
      throw std::runtime_error("not oldest first");
    }
  }
  return entries;
}

Breaker::State breaker(const Json& json) {
  Breaker::State state;
  state.open = number(json.at("open"), 0, 1) == 1;
  state.failures = static_cast<int>(number(json.at("failures"), 0, Breaker::kRemembered));
  state.cap = static_cast<int>(number(json.at("cap"), 1, Breaker::kNoCap));
  state.interval = duration(json.at("interval"), 0);
  if (json.contains("probe")) state.until_probe = duration(json.at("probe"), 0);
  state.why = json.at("why").get<std::string>();
  return state;
}

SavedLimiter::Lane lane(const Json& json) {
  return {duration(json.at("window"), 1), duration(json.at("due"), -kLongest), entries(json.at("past"))};
}

SavedLimiter::Told told(const Json& json) {
  SavedLimiter::Told told;
  told.name = json.at("name").get<std::string>();
  told.heard_ago = duration(json.at("heard_ago"), 0);
  if (json.contains("left")) {
    told.allowance.left = number(json.at("left"), 0, kMostCount);
    told.allowance.ends_in = duration(json.at("ends_in"), 0);
  }
  told.allowance.doubts = static_cast<int>(number(json.at("doubts"), 0, Allowance::kDoubts));
  told.allowance.doubted_for = duration(json.at("doubted_for"), 0);
  told.allowance.patience = std::min(duration(json.at("patience"), 1), Allowance::kMostPatience);
  told.several = number(json.at("several"), 0, 1) == 1;
  if (json.contains("limit")) {
    told.limit = number(json.at("limit"), 1, kMostCount);
    told.on_their_way = number(json.at("on_their_way"), 0, kMostCount);
    told.lane = lane(json);
  }
  return told;
}

Adaptive::State adaptive(const Json& json) {
  const auto value = [&json](const char* name) {
    return static_cast<double>(number(json.at(name), 0, kMostCount)) / kThousand;
  };
  Adaptive::State state;
  state.rate = value("rate");
  state.ceiling = value("ceiling");
  state.known = value("known");
  state.most_in_flight = static_cast<int>(number(json.at("most_in_flight"), 0, kMostOrphans));
  state.quota = {value("quota"), duration(json.at("quota_window"), 0)};
  if (json.contains("fell")) state.fell = value("fell");
  if (json.contains("most")) {
    state.fell_ago = duration(json.at("fell_ago"), 0);
    state.most = value("most");
    state.most_rest = duration(json.at("most_rest"), 0);
    state.most_for = duration(json.at("most_for"), 0);
  }
  if (state.quota.limit > 0 && state.quota.window <= milliseconds(0)) throw std::runtime_error("no window");
  return state;
}

template <typename Value>
std::vector<Value> list(const Json& json, Value (*one)(const Json&)) {
  if (!json.is_array() || json.size() > kMostRead) throw std::runtime_error("no list");
  std::vector<Value> values;
  for (const Json& each : json) values.push_back(one(each));
  return values;
}

SavedLimiter::Finer::OfValue of_value(const Json& json) {
  SavedLimiter::Finer::OfValue of;
  of.value = json.at("value").get<std::string>();
  of.on_their_way = number(json.at("on_their_way"), 0, kMostCount);
  of.lanes = list(json.at("windows"), lane);
  if (json.contains("used"))
    of.period = {number(json.at("used"), 0, kMostCount), number(json.at("late"), 0, kMostCount),
                 duration(json.at("began_ago"), -kLongest)};
  return of;
}

SavedLimiter::Finer finer(const Json& json) {
  SavedLimiter::Finer finer{json.at("name").get<std::string>(), json.value("text", ""),
                            list(json.at("values"), of_value)};
  // An earlier version said how much may have left of any other value.
  if (json.contains("strangers") &&
      std::ranges::count(finer.values, "", &SavedLimiter::Finer::OfValue::value) == 0)
    finer.values.emplace_back().on_their_way = number(json.at("strangers"), 0, kMostCount);
  return finer;
}

}  // namespace

std::vector<SavedLimiter::Entry> entries_of(const Arrivals& arrivals, MonoTime now, std::size_t most) {
  std::vector<SavedLimiter::Entry> entries;
  for (const auto& bucket : arrivals.in_few(most)) {
    entries.push_back({std::chrono::floor<milliseconds>(now - bucket.latest), bucket.count});
  }
  return entries;
}

std::string write_limiter(const SavedLimiter& saved) {
  std::string out;
  out.reserve(4096);
  out += '{';
  put(out, "boot", saved.boot);
  put(out, "at", std::int64_t(saved.at.time_since_epoch().count()));
  if (saved.wall) put(out, "wall", unix_ms(*saved.wall));
  put(out, "on_their_way", saved.on_their_way);
  if (saved.hold) put(out, "hold", saved.hold->count());
  put(out, "own_hold", saved.own_hold.count());
  if (saved.orphans > 0) {
    put(out, "orphans", std::int64_t(saved.orphans));
    put(out, "orphans_for", saved.orphans_for.count());
  }
  put_breaker(out, saved.breaker);
  put(out, "history", saved.history);
  put_lanes(out, saved.lanes);
  if (!saved.finer.empty()) {
    out += ",\"finer\":[";
    for (const auto& finer : saved.finer) put_finer(out, finer);
    out += ']';
  }
  if (!saved.told.empty()) {
    out += ",\"told\":[";
    for (const auto& told : saved.told) put_told(out, told);
    out += ']';
  }
  if (saved.adaptive) put_adaptive(out, *saved.adaptive);
  out += '}';
  return out;
}

std::optional<SavedLimiter> read_limiter(std::string_view text) try {
  const Json json = Json::parse(text);
  SavedLimiter saved;
  saved.boot = json.at("boot").get<std::string>();
  saved.at = MonoTime(microseconds(number(json.at("at"), 0, kLongest * 1000)));
  if (json.contains("wall")) saved.wall = from_unix_ms(number(json.at("wall"), -kLatest, kLatest));
  saved.on_their_way = number(json.at("on_their_way"), 0, kMostCount);
  if (json.contains("hold")) saved.hold = duration(json.at("hold"), -kLongest);
  saved.own_hold = duration(json.at("own_hold"), 0);
  if (json.contains("orphans")) {
    saved.orphans = static_cast<int>(number(json.at("orphans"), 0, kMostOrphans));
    saved.orphans_for = duration(json.at("orphans_for"), 0);
  }
  saved.breaker = breaker(json.at("breaker"));
  saved.history = entries(json.at("history"));
  saved.lanes = list(json.at("windows"), lane);
  if (json.contains("finer")) saved.finer = list(json.at("finer"), finer);
  if (json.contains("told")) saved.told = list(json.at("told"), told);
  if (json.contains("adaptive")) saved.adaptive = adaptive(json.at("adaptive"));
  return saved;
} catch (const std::exception&) {
  return std::nullopt;
}

}  // namespace fanout
