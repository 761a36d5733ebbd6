// Seam: the disk that outputs lie on. Append, sync, rename, cut.
//
// Used on the store thread only. No room is DiskFull, a name that something of another kind bears is
// NameTaken; every other failure is an Error that names the path. Nothing is durable before it is synced: the
// bytes of a file by File::sync(), its name by Disk::sync_folder().
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace fanout {

// A file stands where a folder must be, or the other way round. A vendor's names can bring that about, so the
// record concerned is given up on, and nothing else.
class NameTaken : public Error {
 public:
  explicit NameTaken(const std::string& what) : Error(what, "look at the names in the output's \"to\"") {}
};

class File {
 public:
  virtual ~File() = default;
  // Where it throws, some of the bytes may have been appended.
  virtual void append(std::string_view bytes) = 0;
  virtual void sync() = 0;
  virtual void cut(std::int64_t length) = 0;
  virtual std::int64_t size() const = 0;
  // False once somebody has moved, replaced or deleted it under us.
  virtual bool still_in_place() const = 0;
};

class Disk {
 public:
  virtual ~Disk() = default;
  // Opens for appending; creates it and its folders where they are missing.
  virtual std::unique_ptr<File> open(const std::filesystem::path& path) = 0;
  // The whole of a small file; nothing if there is none.
  virtual std::optional<std::string> read(const std::filesystem::path& path) = 0;
  // Of whatever bears that name; nothing if nothing does.
  virtual std::optional<std::int64_t> size_of(const std::filesystem::path& path) = 0;
  // Within one folder, replacing. It is the old name or the new one, never neither.
  virtual void rename(const std::filesystem::path& from, const std::filesystem::path& to) = 0;
  // What is not there is removed already.
  virtual void remove(const std::filesystem::path& path) = 0;
  // Makes the names in a folder durable, and those of the folders above it that open() has made. Of a folder
  // that somebody has removed there is nothing to make durable.
  virtual void sync_folder(const std::filesystem::path& folder) = 0;
};

}  // namespace fanout
