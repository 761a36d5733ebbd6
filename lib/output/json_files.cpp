// A file for each answer, as it came.
#include "output/format.h"

namespace fanout {
namespace {

class JsonFiles : public OutputFormat {
 public:
  std::string_view ending() const override { return ".json"; }
  std::string_view described() const override { return "a file for each answer"; }
  bool one_file_per_answer() const override { return true; }

  std::optional<std::size_t> append(const Record& record, Expressions&, std::string& text,
                                    std::string*) const override {
    text += record.body;
    return 1;
  }
};

}  // namespace

const OutputFormat& json_files() {
  static const JsonFiles format;
  return format;
}

}  // namespace fanout
