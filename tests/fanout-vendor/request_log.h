// The log: a line of JSON for each request, in order of arrival. Lines gather until flush(), which the owner
// calls once per turn of the loop, so a line is in the file (not on the disk) within moments and costs a
// fraction of a write. One thread. A log that cannot be written is no witness: that throws std::system_error.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "quantities.h"
#include "verdict.h"

namespace fanout_vendor {

class RequestLog {
 public:
  RequestLog(const std::filesystem::path& path, Instant start);  // an empty path keeps no log
  ~RequestLog();
  RequestLog(const RequestLog&) = delete;
  RequestLog& operator=(const RequestLog&) = delete;

  // True when this line is the first to wait for a flush.
  bool append(const Verdict& verdict, std::string_view target);
  void flush();

 private:
  std::filesystem::path path_;
  Instant start_;
  int file_ = -1;
  std::string waiting_;
};

}  // namespace fanout_vendor
