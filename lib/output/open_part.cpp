#include "output/open_part.h"

#include <fmt/format.h>

#include <utility>

#include "output/part_name.h"

namespace fanout {

OpenPart::OpenPart(Disk& disk, const std::filesystem::path& root, Part part, bool known)
    : disk_(disk),
      final_(root / part.path),
      unfinished_(unfinished(final_)),
      part_(std::move(part)),
      known_(known),
      length_(part_.committed),
      records_(part_.records) {}

Part OpenPart::written() const {
  Part part = part_;
  part.committed = length_;
  part.records = records_;
  return part;
}

void OpenPart::create() {
  file_ = disk_.open(unfinished_);
  if (file_->size() > 0) file_->cut(0);
}

std::string OpenPart::open() {
  if (file_ == nullptr) {
    // Opening would make it anew.
    if (!disk_.size_of(unfinished_)) return "moved or deleted";
    try {
      file_ = disk_.open(unfinished_);
    } catch (const NameTaken&) {
      return "replaced by something that is no file";
    }
  } else if (!file_->still_in_place()) {
    return disk_.size_of(unfinished_) ? "replaced" : "moved or deleted";
  }
  const auto size = file_->size();
  if (size < part_.committed) return fmt::format("cut: {} bytes of {} are there", size, part_.committed);
  if (size > part_.committed) {
    file_->cut(part_.committed);
    if (!uncut_) foreign_bytes_ = size - part_.committed;
  }
  uncut_ = false;
  return {};
}

std::int64_t OpenPart::take_foreign_bytes() { return std::exchange(foreign_bytes_, 0); }

std::int64_t OpenPart::append(std::string_view bytes, std::int64_t records) {
  const auto offset = length_;
  uncut_ = true;
  file_->append(bytes);
  file_->sync();
  length_ += static_cast<std::int64_t>(bytes.size());
  records_ += records;
  return offset;
}

void OpenPart::commit() {
  part_.committed = length_;
  part_.records = records_;
  known_ = true;
  uncut_ = false;
}

// What cannot be cut now is cut when it is opened the next time.
void OpenPart::roll_back() {
  length_ = part_.committed;
  records_ = part_.records;
  if (file_ == nullptr) return;
  try {
    file_->cut(length_);
    uncut_ = false;
  } catch (const Error&) {
    close();
  }
}

void OpenPart::finish() {
  file_->sync();
  disk_.rename(unfinished_, final_);
  close();
}

}  // namespace fanout
