#include "request_log.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <iterator>
#include <system_error>

#include "names.h"

namespace fanout_vendor {

RequestLog::RequestLog(const std::filesystem::path& path, Instant start) : path_(path), start_(start) {
  if (path_.empty()) return;
  file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (file_ < 0) throw std::system_error(errno, std::generic_category(), "--log " + path_.string());
}

RequestLog::~RequestLog() {
  if (file_ >= 0) ::close(file_);
}

bool RequestLog::append(const Verdict& verdict, std::string_view target) {
  if (file_ < 0) return false;
  const bool first = waiting_.empty();
  const auto at_us = std::chrono::duration_cast<std::chrono::microseconds>(verdict.at - start_).count();
  fmt::format_to(std::back_inserter(waiting_), R"({{"at_us":{},"id":{},"target":)", at_us, verdict.number);
  append_json_string(waiting_, target);
  fmt::format_to(std::back_inserter(waiting_), R"(,"status":{},"why":"{}","in_flight":{}}})", verdict.status,
                 why_name(verdict.why), verdict.in_flight);
  waiting_ += '\n';
  return first;
}

void RequestLog::flush() {
  std::string_view rest = waiting_;
  while (!rest.empty()) {
    const auto written = ::write(file_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw std::system_error(errno, std::generic_category(), "writing " + path_.string());
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  waiting_.clear();
}

}  // namespace fanout_vendor
