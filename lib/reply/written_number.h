// Numbers of a reply as the vendor wrote them.
//
// 3.10 is no other number than 3.1, but another text, and it is the text that the vendor knows its things by;
// 19 digits after the point, or 30 before it, do not fit a double. A number that would be written otherwise
// is kept in an item's tree as its text, in a value of a kind that no JSON has. Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace fanout {

// Of the text of a JSON number.
nlohmann::json number_as_written(const std::string& text);
bool is_number(const nlohmann::json& value);
const char* type_of(const nlohmann::json& value);  // for people
// As JSON, numbers as they were written; what is no UTF-8 is replaced.
std::string text_of(const nlohmann::json& value);

}  // namespace fanout
