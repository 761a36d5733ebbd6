// [[pipeline.X.level]]
#include <algorithm>

#include "base/wording.h"
#include "config/sections.h"
#include "page/page_kind.h"

namespace fanout {
namespace {

std::string kinds_hint() {
  std::vector<std::string> names;
  for (const std::string& name : page_kind_names()) names.push_back(in_quotes(name));
  return "write kind = " + listed(names, "or");
}

// page = { kind = "offset", param = "offset", size_param = "size", size = 1000, total = "$.total" }
Page read_page(Reader& level) {
  Page page;
  const Node* node = level.kind("page", Node::Kind::table);
  if (node == nullptr) return page;
  Reader reader(*node, "page", level.complaints());
  std::string kind;
  reader.required("kind", kinds_hint());
  if (reader.one_of("kind", kind, page_kind_names()) == nullptr) return page;
  page.kind = page_kind(kind);
  for (const PageSetting& setting : page.kind->settings()) {
    const bool needed =
        !setting.hint.empty() && (setting.needed_with.empty() || reader.any(setting.needed_with) != nullptr);
    if (needed) reader.required(setting.key, setting.hint);
    if (const auto* text = std::get_if<std::string Page::*>(&setting.into)) {
      reader.text(setting.key, page.**text);
    } else if (const auto* number = std::get_if<int Page::*>(&setting.into)) {
      reader.whole(setting.key, page.**number, setting.least, setting.most);
    } else {
      reader.json_path(setting.key, page.*std::get<std::optional<JsonPath> Page::*>(setting.into));
    }
  }
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

// What is said twice is sent twice, and which of the two a vendor takes is anybody's guess.
void refuse_names_said_twice(Reader& reader, const Level& level, Complaints& complaints) {
  const Node* node = reader.any("page");
  if (node == nullptr || level.page.kind == nullptr) return;
  const Page& page = level.page;
  if (!page.param.empty() && page.param == page.size_param) {
    complaints.add(node->place,
                   "\"page\" sends " + in_quotes(page.param) + " twice: as param and as size_param");
  }
  for (const auto& [name, value] : level.query) {
    if (name.empty() || (name != page.param && name != page.size_param)) continue;
    complaints.add(node->place, in_quotes(name) + " is sent by \"page\" and stands in query as well",
                   "leave it out of query");
  }
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
    std::string field = node->text;
    const bool may_lack = field.ends_with('?');
    if (may_lack) field.pop_back();
    if (field.starts_with("$.") || field.starts_with("$[")) {
      reader.complaints().add(node->place, in_quotes(node->text) + " is a path, and keep names fields",
                              "write " + in_quotes(field.substr(2)) + " if that is its name");
    } else if (field.empty() || field.starts_with('.') || field.ends_with('.') ||
               field.find("..") != std::string::npos) {
      reader.complaints().add(
          node->place, in_quotes(node->text) + " is no name of a field",
          "write \"name\", \"attributes.name\", or \"name?\" for one that an item may lack");
    } else if (std::find(level.keep.begin(), level.keep.end(), field) != level.keep.end()) {
      reader.complaints().add(node->place, in_quotes(field) + " is kept already");
    } else {
      if (may_lack) level.optional.push_back(field);
      level.keep.push_back(std::move(field));
    }
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
  std::string word;
  level.missing_is_empty = reader.one_of("missing", word, {"empty"}) != nullptr;
  level.single_is_item = reader.one_of("single", word, {"item"}) != nullptr;
  if (section.lists_items) return;
  for (const char* key_of_items : {"keep", "key", "unique", "where", "max_items", "missing", "single"}) {
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
  refuse_names_said_twice(reader, level, checking.complaints);
  read_items(reader, section, checking.expressions);
  if (level.page.kind != nullptr && !section.lists_items && !level.page.total && !level.page.pages) {
    checking.complaints.add(
        reader.any("page")->place, "nothing says when the last page is reached",
        "say with items where a page lists its items, or with total or pages how much there is");
  }
  level.tolerate = read_share(reader, "tolerate", true);
  reader.whole("cost", level.cost, 1, 1'000'000);
  level.rules = read_rules(reader, checking);
  reader.unknown_keys();
  return section;
}

}  // namespace fanout
