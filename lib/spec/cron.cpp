#include "spec/cron.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <vector>

#include "base/ascii.h"
#include "base/wording.h"

namespace fanout {
namespace {

struct Field {
  const char* name;
  int least;
  int most;
  std::span<const std::string_view> names;  // of the values from `least` on
};

constexpr auto kMonths = std::to_array<std::string_view>(
    {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"});
constexpr auto kWeekdays = std::to_array<std::string_view>({"sun", "mon", "tue", "wed", "thu", "fri", "sat"});

constexpr Field kMinute{"minute", 0, 59, {}};
constexpr Field kHour{"hour", 0, 23, {}};
constexpr Field kDay{"day of month", 1, 31, {}};
constexpr Field kMonth{"month", 1, 12, kMonths};
constexpr Field kWeekday{"day of week", 0, 7, kWeekdays};  // 7 is Sunday too

struct Shortcut {
  std::string_view name;
  std::string_view meaning;
};
constexpr auto kShortcuts = std::to_array<Shortcut>({{"@hourly", "0 * * * *"},
                                                     {"@daily", "0 0 * * *"},
                                                     {"@midnight", "0 0 * * *"},
                                                     {"@weekly", "0 0 * * 0"},
                                                     {"@monthly", "0 0 1 * *"},
                                                     {"@yearly", "0 0 1 1 *"},
                                                     {"@annually", "0 0 1 1 *"}});

std::vector<std::string_view> split(std::string_view text, std::string_view at) {
  std::vector<std::string_view> pieces;
  for (std::size_t end = text.find_first_of(at); end != std::string_view::npos;
       end = text.find_first_of(at)) {
    pieces.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  pieces.push_back(text);
  return pieces;
}

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

std::optional<int> value_of(std::string_view text, const Field& field, std::string& why) {
  const auto named = std::find(field.names.begin(), field.names.end(), lower(text));
  const std::optional<int> value =
      named != field.names.end() ? field.least + static_cast<int>(named - field.names.begin()) : number(text);
  if (value && *value >= field.least && *value <= field.most) return value;
  why = std::string(field.name) + " " + in_quotes(text) + " is not from " + std::to_string(field.least) +
        " to " + std::to_string(field.most);
  if (!field.names.empty()) why += " or a name such as " + std::string(field.names[1]);
  return std::nullopt;
}

// The values of `*`, `5`, `1-5`, `*/15` or `8-18/2`; none and *why where it is none of these.
std::vector<int> values_of(std::string_view item, const Field& field, std::string& why) {
  const std::vector<std::string_view> stepped = split(item, "/");
  const std::vector<std::string_view> ends = split(stepped[0], "-");
  const bool all = stepped[0] == "*";
  std::optional<int> step = 1;
  if (stepped.size() == 2) step = number(stepped[1]);
  if (stepped.size() > 2 || ends.size() > 2 || !step || *step < 1 || *step > field.most) {
    why = std::string(field.name) + " " + in_quotes(item) +
          " is no value, range or step; write 5, 1-5, */15 or 8-18/2";
    return {};
  }
  if (stepped.size() == 2 && !all && ends.size() == 1) {
    why = std::string(field.name) + " " + in_quotes(item) + ": a step needs a range or * in front of it";
    return {};
  }
  int first = field.least, last = field.most;
  if (!all) {
    const std::optional<int> from = value_of(ends.front(), field, why);
    const std::optional<int> to = from ? value_of(ends.back(), field, why) : std::nullopt;
    if (!to) return {};
    first = *from;
    last = field.most == 7 && *to == 0 && first > 0 ? 7 : *to;  // sat-sun
  } else if (field.most == 7) {
    last = 6;  // with steps, Sunday is to be met once
  }
  if (first > last) {
    why = std::string(field.name) + " " + in_quotes(item) + " runs backwards; write it as two ranges";
  }
  std::vector<int> values;
  for (int value = first; value <= last; value += *step) values.push_back(value);
  return values;
}

template <std::size_t N>
bool read_field(std::string_view text, const Field& field, std::bitset<N>& into, std::string& why) {
  for (const std::string_view item : split(text, ",")) {
    const std::vector<int> values = values_of(item, field, why);
    if (values.empty()) return false;
    for (const int value : values)
      into.set(static_cast<std::size_t>(&field == &kWeekday ? value % 7 : value));
  }
  return true;
}

// Whether the days that are asked for exist in one of the months that are asked for.
bool exists(const CronFields& cron) {
  constexpr std::array<std::size_t, 13> kLongest{0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  for (std::size_t month = 1; month <= 12; ++month) {
    for (std::size_t day = 1; day <= kLongest[month]; ++day) {
      if (cron.months[month] && cron.days[day]) return true;
    }
  }
  return !cron.any_day && !cron.any_weekday;  // the weekday alone is enough
}

}  // namespace

bool CronFields::on(unsigned month, unsigned day, unsigned weekday) const {
  if (!months[month]) return false;
  if (any_day || any_weekday) return days[day] && weekdays[weekday];
  return days[day] || weekdays[weekday];
}

std::optional<CronFields> parse_cron(std::string_view text, std::string* why) {
  std::string wrong;
  std::vector<std::string_view> fields;
  if (text.starts_with('@')) {
    const auto* shortcut = std::find_if(kShortcuts.begin(), kShortcuts.end(), [&](const Shortcut& candidate) {
      return candidate.name == lower(text);
    });
    std::vector<std::string> names;
    names.reserve(kShortcuts.size());
    for (const Shortcut& candidate : kShortcuts) names.emplace_back(candidate.name);
    wrong = in_quotes(text) + " is none of " + listed(names, "and");
    if (shortcut != kShortcuts.end()) fields = split(shortcut->meaning, " ");
  } else {
    fields = split(text, " \t");
    std::erase(fields, std::string_view());
    wrong = "it must have five fields (minute, hour, day of month, month, day of week), not " +
            std::to_string(fields.size());
  }
  CronFields cron;
  if (fields.size() == 5) {
    cron.any_time = fields[0].starts_with('*') || fields[1].starts_with('*');
    cron.any_day = fields[2].starts_with('*');
    cron.any_weekday = fields[4].starts_with('*');
    const bool well = read_field(fields[0], kMinute, cron.minutes, wrong) &&
                      read_field(fields[1], kHour, cron.hours, wrong) &&
                      read_field(fields[2], kDay, cron.days, wrong) &&
                      read_field(fields[3], kMonth, cron.months, wrong) &&
                      read_field(fields[4], kWeekday, cron.weekdays, wrong);
    if (well && exists(cron)) return cron;
    if (well) wrong = "it names only dates that do not exist";
  }
  if (why != nullptr) *why = wrong;
  return std::nullopt;
}

}  // namespace fanout
