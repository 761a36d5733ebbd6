// auth = { kind = "bearer", token = { env = "ORACLE_TOKEN" } }
#include <filesystem>

#include "base/wording.h"
#include "config/sections.h"

namespace fanout {
namespace {

const char kHowToKeep[] = "write { env = \"NAME\" }, { file = \"PATH\" } or { credential = \"NAME\" }";

// Messages here never repeat a value: it may be the secret.
void read_secret_source(Reader& auth, const std::string& key, SecretSource& into) {
  Complaints& complaints = auth.complaints();
  const Node* node = auth.any(key);
  auth.required(key, kHowToKeep);
  if (node == nullptr) return;
  if (node->kind != Node::Kind::table) {
    complaints.add(node->place, in_quotes(key) + " must not be in the configuration itself: it is a secret",
                   kHowToKeep);
    return;
  }
  Reader reader(*node, in_quotes(key), complaints);
  for (const auto& [name, kind] :
       {std::pair("env", SecretSource::Kind::env), std::pair("file", SecretSource::Kind::file),
        std::pair("credential", SecretSource::Kind::credential)}) {
    if (reader.text(name, into.name) != nullptr) into.kind = kind;
  }
  reader.unknown_keys();
  if (node->table.size() != 1)
    complaints.add(node->place, in_quotes(key) + " is kept in one place", kHowToKeep);
  if (into.kind == SecretSource::Kind::file) {
    into.name = (std::filesystem::path(node->place.file).parent_path() / into.name).string();
  }
  if (into.kind == SecretSource::Kind::credential && into.name.find('/') != std::string::npos) {
    complaints.add(node->place, "a credential has a name, not a path",
                   "for a path write { file = \"PATH\" }");
  }
}

}  // namespace

Auth read_auth(Reader& vendor) {
  Auth auth;
  const Node* node = vendor.kind("auth", Node::Kind::table);
  if (node == nullptr) return auth;
  Reader reader(*node, "auth", vendor.complaints());
  std::string kind;
  reader.required("kind", "write kind = \"none\", \"bearer\", \"basic\", \"header\" or \"query\"");
  if (reader.one_of("kind", kind, {"none", "bearer", "basic", "header", "query"}) == nullptr) return auth;
  if (kind == "bearer") {
    auth.kind = Auth::Kind::bearer;
    read_secret_source(reader, "token", auth.secret);
  } else if (kind == "basic") {
    auth.kind = Auth::Kind::basic;
    const Node* user = reader.required_text("user", auth.name, "e.g. user = \"reader\"");
    if (user != nullptr && auth.name.find(':') != std::string::npos) {
      vendor.complaints().add(user->place, "a user of basic auth holds no colon");
    }
    read_secret_source(reader, "password", auth.secret);
  } else if (kind == "header" || kind == "query") {
    const bool header = kind == "header";
    auth.kind = header ? Auth::Kind::header : Auth::Kind::query;
    const Node* name =
        reader.required_text("name", auth.name, header ? "e.g. name = \"X-Key\"" : "e.g. name = \"key\"");
    if (name != nullptr && header && !is_header_name(auth.name)) {
      vendor.complaints().add(name->place, in_quotes(auth.name) + " is no header name");
    }
    read_secret_source(reader, "value", auth.secret);
  }
  reader.unknown_keys();
  return auth;
}

}  // namespace fanout
