#include "tree/rules.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string_view>

#include "tree/code.h"

namespace fanout::tree {
namespace {

constexpr int kLongestFile = 400;

bool is_sql(const Source& source) { return source.path.ends_with(".sql"); }

bool lies_in(const std::string& path, const std::vector<std::string>& places) {
  return std::ranges::any_of(places, [&](const std::string& place) { return path.starts_with(place); });
}

Breaches lines_that_match(const Source& source, const std::string& code, const std::regex& pattern,
                          const std::string& what) {
  Breaches breaches;
  std::istringstream lines(code);
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number)
    if (std::regex_search(line, pattern)) breaches.push_back({source.path, number, what});
  return breaches;
}

Breaches code_that_matches(const Source& source, const std::regex& pattern, const std::string& what) {
  if (is_sql(source)) return {};
  return lines_that_match(source, without_comments_and_strings(source.text), pattern, what);
}

// ---- layers

// What each room may include besides itself, from the ground up.
const std::map<std::string, std::set<std::string>>& layers() {
  static const std::map<std::string, std::set<std::string>> kLayers = {
      {"base", {}},
      {"spec", {"base"}},
      {"expression", {"base", "spec"}},
      {"task", {"base", "spec"}},
      {"limit", {"base", "spec"}},
      {"forecast", {"base"}},
      {"http", {"base", "spec", "task"}},
      {"page", {"base", "spec", "task", "http"}},
      {"auth", {"base", "spec", "http"}},
      {"ask", {"base", "spec", "task", "http", "page", "auth"}},
      {"reply", {"base", "spec", "expression", "task", "limit", "http", "page"}},
      {"store", {"base", "spec", "task"}},
      {"output", {"base", "spec", "expression", "task"}},
      {"harvest",
       {"base", "spec", "expression", "task", "limit", "forecast", "http", "page", "auth", "ask", "reply",
        "store", "output"}},
      // On top: nothing in lib includes it.
      {"config", {"base", "spec", "expression", "task", "limit", "page", "auth", "ask", "output"}},
      {"daemon",
       {"base", "spec", "expression", "task", "limit", "forecast", "http", "page", "auth", "ask", "reply",
        "store", "output", "harvest", "config"}},
  };
  return kLayers;
}

// "store" for lib/store/queue.cpp, "daemon" for all of the daemon; empty for what has no layer.
std::string layer_of(const std::string& path) {
  if (path.starts_with("daemon/")) return "daemon";
  if (!path.starts_with("lib/")) return {};
  return path.substr(4, path.find('/', 4) - 4);
}

// ---- headers of libraries

struct Place {
  std::string header;  // it, or a folder of it
  std::vector<std::string> at;
};

const std::vector<Place>& places() {
  static const std::vector<std::string> kTalkers = {
      "lib/http/",   "lib/output/s3",        "daemon/admin", "daemon/fanoutd/admin",
      "tests/http/", "tests/fanout-vendor/", "tests/e2e/",   "tests/support/",
      "tests/bench/"};
  static const std::vector<std::string> kSigners = [] {
    auto places = kTalkers;
    places.insert(places.end(), {"lib/auth/", "lib/reply/", "tests/reply/"});
    return places;
  }();
  static const std::vector<Place> kPlaces = {
      {"sqlite3.h",
       {"lib/store/sqlite/", "lib/expression/", "tests/expression/", "tests/store/", "tests/sim/",
        "tests/bench/", "tests/support/", "tests/e2e/", "tests/regression/"}},
      {"boost/beast", kTalkers},
      {"boost/asio/ssl", kTalkers},
      {"openssl/", kSigners},
      {"spdlog/", {"lib/base/"}},
      {"toml++/", {"lib/config/"}},
      {"date/", {"lib/spec/", "lib/config/", "tests/spec/"}},
      {"systemd/", {"daemon/"}},
      {"CLI/", {"daemon/", "tests/"}},
  };
  return kPlaces;
}

// ---- cycles

std::string module_of(const std::string& path) { return path.substr(0, path.rfind('.')); }

class Modules {
 public:
  explicit Modules(const std::vector<Source>& sources) {
    for (const auto& source : sources) paths_.insert(source.path);
    for (const auto& source : sources)
      for (const auto& include : includes(source.text)) add(source.path, include);
  }

  Breaches cycles() {
    for (const auto& [module, _] : edges_) visit(module);
    return std::move(breaches_);
  }

 private:
  struct Edge {
    std::string to;
    std::string path;
    int line = 0;
  };

  void add(const std::string& from, const Include& include) {
    const auto beside = from.substr(0, from.rfind('/') + 1) + include.name;
    for (const auto& path : {beside, "lib/" + include.name, "tests/" + include.name, include.name}) {
      if (!paths_.contains(path)) continue;
      if (module_of(path) != module_of(from))
        edges_[module_of(from)].push_back({module_of(path), from, include.line});
      return;
    }
  }

  void visit(const std::string& module) {
    if (done_.contains(module)) return;
    trail_.push_back(module);
    for (const auto& edge : edges_[module]) {
      const auto seen = std::ranges::find(trail_, edge.to);
      if (seen == trail_.end()) {
        visit(edge.to);
      } else {
        std::string cycle;
        for (auto each = seen; each != trail_.end(); ++each) cycle += *each + " → ";
        breaches_.push_back({edge.path, edge.line, "an include cycle: " + cycle + edge.to});
      }
    }
    trail_.pop_back();
    done_.insert(module);
  }

  std::set<std::string> paths_;
  std::map<std::string, std::vector<Edge>> edges_;
  std::vector<std::string> trail_;
  std::set<std::string> done_;
  Breaches breaches_;
};

// What stands in parentheses in a list of parameters belongs to a function type: no parameter of this one.
std::string without_function_types(const std::string& parameters) {
  std::string rest;
  int depth = 0;
  for (const char c : parameters) {
    if (c == '(') ++depth;
    if (depth == 0) rest += c;
    if (c == ')') --depth;
  }
  return rest;
}

// A view computes what is left for whoever looks, at the moment at which he looks: it has nobody to be told a
// time by. Its lines stay, so that those after it keep their numbers.
std::string without_views(std::string text) {
  static const std::regex kView(R"(\bCREATE\s+VIEW\b[^;]*;)", std::regex::icase);
  std::string kept;
  auto from = text.cbegin();
  for (std::sregex_iterator view(text.begin(), text.end(), kView), end; view != end; ++view) {
    kept.append(from, (*view)[0].first);
    kept.append(static_cast<std::size_t>(std::count((*view)[0].first, (*view)[0].second, '\n')), '\n');
    from = (*view)[0].second;
  }
  return kept.append(from, text.cend());
}

}  // namespace

Breaches includes_that_point_up_or_sideways(const Source& source) {
  const auto layer = layer_of(source.path);
  if (layer.empty()) return {};
  Breaches breaches;
  for (const auto& include : includes(source.text)) {
    const auto slash = include.name.find('/');
    if (!include.quoted || slash == kNowhere) continue;
    const auto other = include.name.substr(0, slash);
    if (other != layer && !layers().at(layer).contains(other))
      breaches.push_back({source.path, include.line, layer + " must not include \"" + include.name + "\""});
    if (source.path.starts_with("daemon/fanout") && include.name.starts_with("daemon/fanout") &&
        !source.path.starts_with(include.name.substr(0, include.name.rfind('/') + 1)))
      breaches.push_back(
          {source.path, include.line, "a program must not include another's \"" + include.name + "\""});
  }
  return breaches;
}

Breaches library_headers_out_of_place(const Source& source) {
  static const std::vector<std::string> kPure = {"lib/spec/", "lib/task/", "lib/limit/", "lib/forecast/",
                                                 "lib/page/"};
  Breaches breaches;
  for (const auto& include : includes(source.text)) {
    for (const auto& place : places())
      if (!include.quoted && include.name.starts_with(place.header) && !lies_in(source.path, place.at))
        breaches.push_back({source.path, include.line, "<" + include.name + "> is out of its place"});
    if (lies_in(source.path, kPure) &&
        (include.name.starts_with("boost/asio") || include.name == "base/system_clock.h"))
      breaches.push_back({source.path, include.line, "pure rules must not include " + include.name});
  }
  return breaches;
}

Breaches clocks_read_behind_the_clock(const Source& source) {
  static const std::regex kCalls(
      R"(::\s*now\s*\(|\bstd::time\s*\(|\btime\s*\(\s*(nullptr|NULL|0)\s*\)|\b(gettimeofday|clock_gettime)\s*\()");
  static const std::regex kSql(
      R"('now'|\b(CURRENT_TIMESTAMP|CURRENT_TIME|CURRENT_DATE)\b|\b(unixepoch|datetime|date|time|julianday)\s*\(\s*\))",
      std::regex::icase);
  const std::string kNoSqlClock = "no SQL clock: times are given by the caller";
  if (is_sql(source)) {
    static const std::regex kComment("--[^\n]*");
    return lines_that_match(source, without_views(std::regex_replace(source.text, kComment, "")), kSql,
                            kNoSqlClock);
  }
  if (!lies_in(source.path, {"lib/", "daemon/"}) || source.path == "lib/base/system_clock.cpp") return {};
  auto breaches = code_that_matches(source, kCalls, "only SystemClock reads the clock");
  std::ranges::copy(lines_that_match(source, strings(source.text), kSql, kNoSqlClock),
                    std::back_inserter(breaches));
  return breaches;
}

Breaches coroutines_that_take_references(const Source& source) {
  static const std::regex kBorrowed(R"(&|\bstring_view\b|\bspan\b)");
  Breaches breaches;
  const auto code = without_comments_and_strings(source.text);
  for (const auto& coroutine : awaitables(code))
    if (std::regex_search(without_function_types(coroutine.parameters), kBorrowed))
      breaches.push_back(
          {source.path, line_at(code, coroutine.begin),
           "a coroutine takes values, not references or views: (" + coroutine.parameters + ")"});
  return breaches;
}

Breaches lambdas_that_capture_and_suspend(const Source& source) {
  static const std::regex kSuspends(R"(\bco_(await|return|yield)\b)");
  Breaches breaches;
  const auto code = without_comments_and_strings(source.text);
  const auto all = lambdas(code);
  for (const auto& lambda : all) {
    auto own = code.substr(lambda.body, lambda.end - lambda.body);
    for (const auto& inner : all)
      if (inner.body > lambda.body && inner.end < lambda.end)
        own.replace(inner.body - lambda.body, inner.end - inner.body, inner.end - inner.body, ' ');
    if (!lambda.captures.empty() && std::regex_search(own, kSuspends))
      breaches.push_back({source.path, line_at(code, lambda.begin),
                          "a lambda that captures is no coroutine: [" + lambda.captures + "]"});
  }
  return breaches;
}

Breaches sleeps(const Source& source) {
  static const std::regex kSleep(R"(\bsleep_(for|until)\b|(^|[^\w.>:])(::)?(u|nano)?sleep\s*\()");
  if (source.path.starts_with("tests/fanout-vendor/")) return {};
  return code_that_matches(source, kSleep, "nothing sleeps: wait for what is to come");
}

Breaches raw_allocations(const Source& source) {
  static const std::regex kRaw(R"(\bnew\s+[\w:]|\bdelete\b\s*(\[\s*\])?\s*[\w*])");
  return code_that_matches(source, kRaw, "nothing is allocated by hand: std::make_unique, or a container");
}

Breaches names_that_say_nothing(const Source& source) {
  static const std::regex kFile(R"((^|[/_.-])(managers?|helpers?|impl|utils?|common)([/_.-]|$))",
                                std::regex::icase);
  static const std::regex kType(
      R"(\b(class|struct|namespace)\s+\w*(Manager|Helper|Impl|Util|Utils|Common|_impl)\b)");
  auto breaches = code_that_matches(source, kType, "a type is named by what is real in it");
  if (std::regex_search(source.path, kFile))
    breaches.push_back({source.path, 1, "a file is named by what is real in it"});
  return breaches;
}

Breaches files_too_long(const Source& source) {
  const auto lines = std::ranges::count(source.text, '\n');
  if (is_sql(source) || lines <= kLongestFile) return {};
  return {
      {source.path, kLongestFile + 1,
       "a file has at most " + std::to_string(kLongestFile) + " lines, this one " + std::to_string(lines)}};
}

Breaches include_cycles(const std::vector<Source>& sources) { return Modules(sources).cycles(); }

}  // namespace fanout::tree
