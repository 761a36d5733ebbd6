// [[pipeline.X.level]]
#include <algorithm>

#include "base/wording.h"
#include "config/sections.h"

namespace fanout {
namespace {

// page = { kind = "offset", param = "offset", size_param = "size", size = 1000, total = "$.total" }
Page read_page(Reader& level) {
  Page page;
  const Node* node = level.kind("page", Node::Kind::table);
  if (node == nullptr) return page;
  Reader reader(*node, "page", level.complaints());
  std::string kind;
  reader.required("kind", "write kind = \"offset\" or \"page\"");
  if (reader.one_of("kind", kind, {"offset", "page"}) == nullptr) return page;
  const bool offset = kind == "offset";
  page.kind = offset ? Page::Kind::offset : Page::Kind::number;
  reader.required_text("param", page.param, offset ? "e.g. param = \"offset\"" : "e.g. param = \"page\"");
  const Node* size_param = reader.text("size_param", page.size_param);
  if (offset || size_param != nullptr)
    reader.required("size", "say how many items a page has, e.g. size = 1000");
  reader.whole("size", page.size, 1, 1'000'000);
  if (!offset) {
    reader.whole("first", page.first, 0, 1'000'000);
    reader.json_path("pages", page.pages);
  }
  reader.json_path("total", page.total);
  reader.unknown_keys();
  return page;
}

// Where a query or a fragment would begin, outside of names.
std::size_t first_mark(const Template& path) {
  for (const auto& piece : path.pieces()) {
    const auto at = piece.is_name ? std::string::npos : piece.text.find_first_of("?#");
    if (at != std::string::npos) return piece.offset + at;
  }
  return std::string::npos;
}

void read_path(Reader& reader, LevelSection& section) {
  std::optional<TemplateAt> path = reader.templated("path");
  reader.required("path", "e.g. path = \"/devices\"");
  if (!path) return;
  Complaints& complaints = reader.complaints();
  const std::string& text = path->value.text();
  if (!text.starts_with('/') && !text.starts_with("{+")) {
    complaints.add(path->node->place, "\"path\" must begin with /",
                   "it is put behind the vendor's base_url; where an item says its own address, write "
                   "\"{+level.field}\"");
  } else if (const std::size_t at = first_mark(path->value); at != std::string::npos) {
    complaints.add(path->node->at(at), "\"path\" ends before a " + in_quotes(text.substr(at, 1)),
                   "what is asked for goes into query = { name = \"value\" }");
  } else if (std::any_of(text.begin(), text.end(), [](unsigned char c) { return c <= 0x20 || c == 0x7F; })) {
    complaints.add(path->node->place, "\"path\" holds a blank or control character", "percent-encode it");
  }
  section.level.path = path->value;
  section.templates.push_back(std::move(*path));
}

void read_templates(const std::vector<Setting>& settings, std::vector<std::pair<std::string, Template>>& into,
                    LevelSection& section, Complaints& complaints) {
  for (const Setting& setting : settings) {
    std::optional<TemplateAt> value = read_template(setting.value, *setting.node, complaints);
    if (!value) continue;
    into.emplace_back(setting.name, value->value);
    section.templates.push_back(std::move(*value));
  }
}

void read_keep(Reader& reader, Level& level) {
  for (const Node* node : reader.texts("keep")) {
    if (std::find(level.keep.begin(), level.keep.end(), node->text) != level.keep.end()) {
      reader.complaints().add(node->place, in_quotes(node->text) + " is kept already");
      continue;
    }
    level.keep.push_back(node->text);
  }
}

void read_items(Reader& reader, LevelSection& section, Expressions& expressions) {
  Level& level = section.level;
  section.lists_items = reader.any("items") != nullptr;
  reader.json_path("items", level.items);
  read_keep(reader, level);
  std::optional<JsonPath> key;
  level.key_is_default = reader.json_path("key", key) == nullptr;
  level.key = key ? std::move(*key) : JsonPath::parse("$.id").value();
  std::string unique;
  level.unique_in_run = reader.one_of("unique", unique, {"run"}) != nullptr;
  const Node* where = reader.text("where", level.where);
  if (where != nullptr) {
    if (const auto wrong = expressions.error_in_where(level.where)) {
      reader.complaints().add(where->place, "\"where\": " + *wrong);
    }
  }
  reader.whole("max_items", level.max_items, 1, 100'000'000);
  if (section.lists_items) return;
  for (const char* key_of_items : {"keep", "key", "unique", "where", "max_items"}) {
    if (const Node* node = reader.any(key_of_items)) {
      reader.complaints().add(node->place,
                              in_quotes(key_of_items) + " speaks of items, and this level lists none",
                              "say where its reply lists them: items = \"$.items\"");
    }
  }
}

}  // namespace

LevelSection read_level(const std::string& pipeline, const Node& node, Checking checking) {
  Reader reader(node, "[[pipeline." + pipeline + ".level]]", checking.complaints);
  LevelSection section;
  Level& level = section.level;
  const Node* name = reader.required_text("name", level.name, "e.g. name = \"device\"");
  section.name_place = name == nullptr ? node.place : name->place;
  if (name != nullptr && (!is_plain_name(level.name) || level.name == "run" || level.name == "vars")) {
    checking.complaints.add(
        name->place, in_quotes(level.name) + " cannot be the name of a level",
        is_plain_name(level.name) ? "templates mean something else by it" : plain_name_hint());
  }
  const Node* parent = reader.text("parent", section.parent);
  section.parent_place = parent == nullptr ? node.place : parent->place;

  read_path(reader, section);
  read_templates(reader.settings("query", true), level.query, section, checking.complaints);
  const std::vector<Setting> headers = reader.settings("headers");
  for (const Setting& header : headers) check_header(header, checking.complaints);
  read_templates(headers, level.headers, section, checking.complaints);
  level.page = read_page(reader);
  read_items(reader, section, checking.expressions);
  if (level.page.kind != Page::Kind::none && !section.lists_items && !level.page.total && !level.page.pages) {
    checking.complaints.add(
        reader.any("page")->place, "nothing says when the last page is reached",
        "say with items where a page lists its items, or with total or pages how much there is");
  }
  level.rules = read_rules(reader, checking);
  reader.unknown_keys();
  return section;
}

}  // namespace fanout
