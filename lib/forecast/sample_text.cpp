#include "forecast/sample_text.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace fanout {

using Json = nlohmann::json;

// What the text is made of; the sample lets it in.
struct SampleText {
  static Json json_of(const Sums& sums) {
    auto json = Json::array();
    for (const auto& level : sums) {
      for (const auto number : kLevelNumbers) {
        const double value = level.*number;
        // Nearly all are whole, and shorter so.
        value == std::floor(value) && value < 1e15 ? json.push_back(static_cast<std::int64_t>(value))
                                                   : json.push_back(value);
      }
    }
    return json;
  }

  static std::optional<Sums> sums_of(const Json& json, std::size_t levels) {
    if (!json.is_array() || json.size() != levels * kLevelNumbers.size()) return std::nullopt;
    Sums sums(levels);
    for (std::size_t i = 0; i < json.size(); ++i) {
      if (!json[i].is_number() || json[i].get<double>() < 0) return std::nullopt;
      sums[i / kLevelNumbers.size()].*kLevelNumbers[i % kLevelNumbers.size()] = json[i].get<double>();
    }
    return sums;
  }

  static Json levels_of(const LevelTree& tree) {
    auto json = Json::array();
    for (const auto& level : tree) json.push_back({level.name, level.parent});
    return json;
  }

  static std::string write(const Sample& sample, const LevelTree& tree) {
    auto blocks = Json::array();
    for (const auto& block : sample.blocks_) blocks.push_back(json_of(block));
    const Json json = {{"levels", levels_of(tree)},
                       {"all", json_of(sample.all_)},
                       {"blocks", std::move(blocks)},
                       {"length", sample.length_},
                       {"in_last", sample.in_last_}};
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
  }

  static std::optional<Sample> read(std::string_view text, const LevelTree& tree) {
    const auto json = Json::parse(text, nullptr, false);
    const auto number = [&](const char* name) {
      const auto found = json.find(name);
      return found != json.end() && found->is_number_integer() ? found->get<std::int64_t>() : -1;
    };
    if (!json.is_object() || json.value("levels", Json()) != levels_of(tree)) return std::nullopt;
    const auto all = sums_of(json.value("all", Json()), tree.size());
    const auto blocks = json.value("blocks", Json());
    Sample sample(tree.size());
    sample.length_ = number("length");
    sample.in_last_ = number("in_last");
    if (!all || !blocks.is_array() || blocks.size() > Sample::kMostBlocks || sample.length_ < 1 ||
        sample.in_last_ < 0)
      return std::nullopt;
    sample.all_ = *all;
    for (const auto& block : blocks) {
      auto sums = sums_of(block, tree.size());
      if (!sums) return std::nullopt;
      sample.blocks_.push_back(std::move(*sums));
    }
    return sample;
  }
};

std::string text_of(const Sample& sample, const LevelTree& tree) { return SampleText::write(sample, tree); }

std::optional<Sample> sample_of(std::string_view text, const LevelTree& tree) {
  return SampleText::read(text, tree);
}

}  // namespace fanout
