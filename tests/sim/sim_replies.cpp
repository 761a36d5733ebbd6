// What a simulated vendor says.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "sim/sim_call.h"
#include "sim/sim_vendor.h"

namespace fanout::sim {
namespace {

std::string decoded(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      int value = 0;
      std::from_chars(text.data() + i + 1, text.data() + i + 3, value, 16);
      plain += static_cast<char>(value);
      i += 2;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find(at, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

std::int64_t number_in(std::string_view text) {
  std::int64_t number = -1;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

Reply plain(int status, std::string body) {
  Reply reply;
  reply.status = status;
  reply.body = std::move(body);
  return reply;
}

}  // namespace

std::optional<Question> SimVendor::question_of(const std::string& target, const LevelPlan** level) const {
  const auto mark = target.find('?');
  const auto path = split(std::string_view(target).substr(0, mark), '/');
  // "", "api", pipeline, level, key
  if (path.size() < 4 || path[1] != "api") return std::nullopt;
  const auto pipeline = plan_.pipelines.find(std::string(path[2]));
  if (pipeline == plan_.pipelines.end()) return std::nullopt;
  *level = pipeline->second.level(path[3]);
  if (*level == nullptr) return std::nullopt;
  Question question;
  question.place = {std::string(path[2]), std::string(path[3]), path.size() > 4 ? decoded(path[4]) : ""};
  if (mark == std::string::npos) return question;
  for (const auto pair : split(std::string_view(target).substr(mark + 1), '&')) {
    const auto equals = pair.find('=');
    const auto name = pair.substr(0, equals);
    const auto value = equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1);
    if (name == "run") question.run = number_in(value);
    // Behind a short page the next one begins in the middle of it; it is the next one all the same.
    if (name == "offset") {
      const int size = (*level)->page_size;
      question.page = static_cast<int>((number_in(value) + size - 1) / size) + 1;
    }
    if (name == "page") question.page = static_cast<int>(number_in(value));
  }
  return question;
}

bool SimVendor::is_authorized(const Request& request) const {
  const auto& auth = plan_.vendors.at(name_).auth;
  if (auth == "none") return true;
  if (refuses_credentials_) return false;
  if (auth == "query") return request.secret_query.reveal() == std::string("key=") + kSecret;
  if (auth == "bearer") return request.secret_header_value.reveal() == std::string("Bearer ") + kSecret;
  return !request.secret_header_value.empty();
}

std::optional<Reply> SimVendor::reply_to(const Call& call) {
  if (!is_authorized(call.request)) return plain(401, R"({"error":"who are you?"})");
  const LevelPlan* level = nullptr;
  const auto question = question_of(call.request.target, &level);
  if (!question) {
    journal_.found(fmt::format("{} is asked for what nobody has: {}", name_, call.request.target));
    return plain(404, "{}");
  }
  if (chance_.percent(weather_.refusals)) return wants_quiet();
  if (chance_.percent(weather_.errors)) return plain(chance_.one_of<int>({500, 502, 504, 408}), "oops");
  if (chance_.percent(weather_.busy)) return plain(200, R"({"busy":1})");
  switch (tree_.fate(question->place)) {
    case Fate::well:
      break;
    case Fate::vanished:
      return plain(404, R"({"error":"not found"})");
    case Fate::forbidden:
      return plain(403, R"({"error":"not yours"})");
    case Fate::broken:
      return plain(500, "always so");
    // For ever these could not be told from an outage where nothing else is asked, and a run would wait for
    // its end.
    case Fate::at_the_gateway:
      if (fair_) break;
      return plain(504, "so far");
    case Fate::silent:
      if (fair_) break;
      return std::nullopt;
  }
  const bool been = call.request.target.find("&hop=") != std::string::npos;
  if (!been && chance_.percent(weather_.redirects)) return redirect(call);
  if (!fair_ && chance_.one_in(200)) return plain(200, R"({"items":[{"id":1,"na)");
  return good_reply(*question, *level);
}

Reply SimVendor::good_reply(const Question& question, const LevelPlan& level) {
  Answer answer;
  answer.nonce = fmt::format("{}-{}", name_, ++nonces_);
  nlohmann::json body{{"nonce", answer.nonce}, {"note", "\xe2\x98\x83 </script>"}};
  std::string items;
  if (level.most_items > 0) {
    const auto& all = tree_.list(question.place, level);
    const bool paged = level.paging != LevelPlan::Paging::none;
    const auto size = paged ? static_cast<std::size_t>(level.page_size) : all.size();
    const auto begin = std::min(all.size(), size * static_cast<std::size_t>(question.page - 1));
    const auto end = std::min(all.size(), begin + size);
    const auto& pipeline = plan_.pipelines.at(question.place.pipeline);
    // Sometimes an item comes twice, as when the list moves while it is read.
    const bool twice = begin > 0 && end < begin + size && begin < end && chance_.one_in(10);
    for (auto i = twice ? begin - 1 : begin; i < end; ++i) {
      items += all[i].json + ",";
      ++answer.items;
      if (all[i].gone) continue;
      for (const int child : level.children) {
        const auto& below = pipeline.levels[static_cast<std::size_t>(child)];
        answer.makes.insert({question.run, {question.place.pipeline, below.name, all[i].key}, 1});
      }
    }
    if (!items.empty()) items.pop_back();
    if (level.total && paged) body["total"] = all.size();
    // The first page of a list that says how long it is makes all others; any other page makes the next.
    const auto pages = level.total ? (all.size() + size - 1) / std::max<std::size_t>(size, 1)
                                   : static_cast<std::size_t>(question.page) +
                                         (end - begin + (twice ? 1 : 0) == size ? 1 : 0);
    const auto last =
        question.page == 1 ? static_cast<int>(pages) : std::min(static_cast<int>(pages), question.page + 1);
    for (int page = question.page + 1; paged && end > begin && page <= last; ++page) {
      answer.makes.insert({question.run, question.place, page});
    }
  }
  body["values"] = nlohmann::json::array();
  answer.values = chance_.between(0, 3);
  for (std::int64_t i = 0; i < answer.values; ++i) body["values"].push_back(i);
  // Now and then one that is too large to be read on the loop.
  if (chance_.one_in(400)) body["pad"] = std::string(300 * 1024, 'x');
  auto text = body.dump();
  text.insert(text.size() - 1, ",\"items\":[" + items + "]");
  answer.body = text;
  given_[question].push_back(std::move(answer));
  return plain(200, std::move(text));
}

// In every form in which a vendor may say it.
Reply SimVendor::wants_quiet() {
  Reply reply = plain(chance_.one_in(3) ? 503 : 429, R"({"error":"too fast"})");
  const auto wait = seconds(chance_.between(1, 40));
  auto until = wait;
  const auto wall = clock_.wall();
  const auto at = std::chrono::floor<seconds>(wall) + wait;
  switch (chance_.next() % 5) {
    case 0:
      reply.headers.emplace_back("retry-after", fmt::format("{}", wait.count()));
      break;
    case 1:
      reply.headers.emplace_back("retry-after", fmt::format("{}s", wait.count()));
      break;
    case 2:
      reply.headers.emplace_back("retry-after", fmt::format("{:%a, %d %b %Y %H:%M:%S GMT}",
                                                            fmt::gmtime(at.time_since_epoch().count())));
      until = wait - seconds(1);
      break;
    case 3:
      reply.headers.emplace_back("retry-after", fmt::format("{}", at.time_since_epoch().count()));
      until = wait - seconds(1);
      break;
    default:
      reply.status = 429;
      reply.headers.emplace_back("x-ratelimit-reset", fmt::format("{}", wait.count()));
      break;
  }
  // A reply counts from when it is there.
  if (until > seconds(0)) witness_.quiet(timeline_.now() + until, order_);
  return reply;
}

Reply SimVendor::redirect(const Call& call) {
  Reply reply = plain(chance_.one_of<int>({301, 302, 307, 308}), "");
  const bool whole = chance_.one_in(2);
  reply.headers.emplace_back("location", (whole ? fmt::format("https://{}.example", name_) : std::string()) +
                                             call.request.target + "&hop=1");
  return reply;
}

}  // namespace fanout::sim
