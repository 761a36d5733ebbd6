// A typed view of one table of the configuration.
//
// Each getter leaves the default alone where the key is absent, and complains with a place where its value is
// not what it must be. Every key that was asked for is known; unknown_keys() complains about the others. A
// getter returns the node that it has read, or null where there is nothing good to read.
#pragma once

#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "config/complaints.h"
#include "config/node.h"
#include "spec/json_path.h"
#include "spec/template.h"

namespace fanout {

// A template and where it was written, so that its names can be checked once all levels are known.
struct TemplateAt {
  const Node* node = nullptr;
  Template value;
};

// One `name = "value"` of a table of texts.
struct Setting {
  std::string name;
  std::string value;
  const Node* node = nullptr;
};

class Reader {
 public:
  // name: of the table in messages, such as [vendor.oracle].
  Reader(const Node& table, std::string name, Complaints& complaints);

  const Node* any(const std::string& key);                      // of whatever kind
  const Node* kind(const std::string& key, Node::Kind kind);    // complains about another kind
  const Node* text(const std::string& key, std::string& into);  // complains about an empty one
  const Node* required_text(const std::string& key, std::string& into, const std::string& hint);
  const Node* one_of(const std::string& key, std::string& into, const std::vector<std::string>& allowed);
  const Node* duration(const std::string& key, milliseconds& into);  // complains about zero
  const Node* size(const std::string& key, std::int64_t& into, std::int64_t least, std::int64_t most);
  const Node* json_path(const std::string& key, std::optional<JsonPath>& into);
  std::optional<TemplateAt> templated(const std::string& key);
  // Of a table of texts; whole numbers and booleans are taken as they are written.
  // With `or_lists`, a list of such values stands for the same name as often.
  std::vector<Setting> settings(const std::string& key, bool or_lists = false);
  std::vector<const Node*> texts(const std::string& key, bool one_will_do = false);
  std::vector<const Node*> tables(const std::string& key);  // of [[name.key]]
  const Node* required(const std::string& key, const std::string& hint);

  template <typename Integer>
  const Node* whole(const std::string& key, Integer& into, std::int64_t least, std::int64_t most) {
    std::int64_t value = into;
    const Node* node = in_range(key, value, least, most);
    if (node != nullptr) into = static_cast<Integer>(value);
    return node;
  }

  void unknown_keys();

  const Place& place() const { return table_.place; }
  const std::string& name() const { return name_; }
  Complaints& complaints() { return complaints_; }

 private:
  const Node* in_range(const std::string& key, std::int64_t& into, std::int64_t least, std::int64_t most);

  const Node& table_;
  std::string name_;
  Complaints& complaints_;
  std::vector<std::string> known_;
};

// A template, or nothing and a complaint that points at the slip.
std::optional<TemplateAt> read_template(const std::string& text, const Node& node, Complaints& complaints);

}  // namespace fanout
