// A task: one row of the queue, one request, one page of one level under one parent item. And a seed: what
// a reply makes tasks of.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "task/parents.h"

namespace fanout {

enum class State { waiting, ready, leased, done, skipped, dead };
const char* state_name(State state);
State state_of(std::string_view name);  // of one that state_name() gave

struct Task {
  std::int64_t id = 0;
  std::int64_t run = 0;
  std::string level;
  int depth = 0;
  std::int64_t parent = 0;
  std::int64_t scope = 0;
  std::int64_t list = 0;  // the first page of the same list; 0 in a first page
  std::string key;        // of the item that made it; empty on the first level
  int page = 1;           // of its list; below 0: fills a gap between two pages, see page/page_kind.h
  std::string cursor;     // where this page begins, as its kind of pages writes it; empty: `page` says it
  std::string trail;      // of a further page: what the pages before it were like, see page/trail.h
  std::string parents;    // JSON text: {"troop":{"id":1,"name":"a"},"warrior":{…}}; "{}" on the first level
  std::int64_t claim = 0;  // number of this claim, unlike that of any other while the daemon lives
  int attempts = 0;        // this one included
  int snoozes = 0;         // how often it was put back without using up an attempt

  // What the items of this page are listed under: pages of one list share it, so that an item that moves
  // from one page to the next while we read is still the same item.
  std::int64_t list_id() const { return list != 0 ? list : id; }
};

// A task to be. Its identity in a run is (level, scope, key, page): a second one is ignored.
struct Seed {
  std::string level;
  int depth = 0;
  std::int64_t parent = 0;  // list_id() of the task whose reply made it; 0 on the first level
  std::int64_t scope = 0;   // parent, or 0 where the level's keys are unique in the whole run
  std::int64_t list = 0;
  std::string key;
  int page = 1;
  Parents parents;
  std::string cursor;
  std::string trail;
  friend bool operator==(const Seed&, const Seed&) = default;
};

}  // namespace fanout
