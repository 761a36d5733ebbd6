// One form in which answers are kept: what its files are called, and what of an answer goes into them.
//
// A format is a file that implements this, and a line in formats.cpp. Pure but for the select's evaluation;
// it has no state and lives for ever. What is compressed, and how, is beside it (output/compress.h).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "expression/expression.h"
#include "output/record.h"

namespace fanout {

class OutputFormat {
 public:
  virtual ~OutputFormat() = default;
  virtual std::string_view ending() const = 0;     // of a path, without that of its compression
  virtual std::string_view described() const = 0;  // for people
  virtual bool one_file_per_answer() const = 0;
  // Appends the record to what is to be written, and gives how many records that makes; nothing, and nothing
  // is appended, where it can't be: *why then says why.
  virtual std::optional<std::size_t> append(const Record& record, Expressions& expressions, std::string& text,
                                            std::string* why) const = 0;
};

// By a path's ending; null: there is none of it.
const OutputFormat* output_format(std::string_view path);

// The rows that the output's select makes of an answer, each a JSON text. Nothing, and *why, where it fails.
std::optional<std::vector<std::string>> rows_of(const Record& record, Expressions& expressions,
                                                std::string* why);

// Each implemented in its own file.
const OutputFormat& json_files();
const OutputFormat& ndjson_lines();

}  // namespace fanout
