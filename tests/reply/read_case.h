// One reply to the first of two levels, troop → warrior, and what is read of it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "reply/reading.h"

namespace fanout {

struct ReadCase {
  Task task;
  PipelineSpec pipeline;
  Reply reply;
  Expressions expressions;
  Redactor redactor;

  explicit ReadCase(std::string body = "{}", int status = 200) {
    Level troop;
    troop.name = "troop";
    troop.children = {1};
    troop.key = JsonPath::parse("$.id").value();
    Level warrior = troop;
    warrior.name = "warrior";
    warrior.parent = 0;
    warrior.depth = 1;
    warrior.children = {};
    pipeline.levels = {troop, warrior};
    list_at("$.items");
    task.id = 42;
    task.level = "troop";
    task.parents = "{}";
    reply.status = status;
    reply.body = std::move(body);
  }
  Level& level() { return pipeline.levels[0]; }
  void list_at(const std::string& path) { level().items = JsonPath::parse(path).value(); }
  void key_at(const std::string& path) {
    level().key = JsonPath::parse(path).value();
    level().key_is_default = false;
  }
  Reading read() {
    return read_reply(reply, task, pipeline, level(), expressions, from_unix_ms(1'795'399'200'000), redactor);
  }
};

inline std::vector<std::string> keys(const Reading& reading) {
  std::vector<std::string> keys;
  for (const Seed& seed : reading.seeds) keys.push_back(seed.key);
  return keys;
}

inline std::vector<std::string> parents(const Reading& reading) {
  std::vector<std::string> parents;
  for (const Seed& seed : reading.seeds) parents.push_back(seed.parents.text());
  return parents;
}

}  // namespace fanout
