// auth = { kind = "bearer", token = { env = "ORACLE_TOKEN" } }
#include <filesystem>

#include "auth/kinds.h"
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

void read_key(Reader& reader, const AuthKey& key, Auth& auth) {
  if (key.is_secret) return read_secret_source(reader, key.name, auth.secrets[key.name]);
  std::string& setting = auth.settings[key.name];
  const Node* node = reader.required_text(key.name, setting, key.hint);
  if (node == nullptr || key.wrong == nullptr) return;
  if (auto wrong = key.wrong(setting); !wrong.empty()) reader.complaints().add(node->place, std::move(wrong));
}

}  // namespace

Auth read_auth(Reader& vendor) {
  Auth auth;
  const Node* node = vendor.kind("auth", Node::Kind::table);
  if (node == nullptr) return auth;
  Reader reader(*node, "auth", vendor.complaints());
  std::vector<std::string> kinds, quoted;
  for (const auto* kind : auth_kinds()) kinds.push_back(kind->name());
  for (const auto& kind : kinds) quoted.push_back(in_quotes(kind));
  reader.required("kind", "write kind = " + listed(quoted, "or"));
  if (reader.one_of("kind", auth.kind, kinds) == nullptr) return {};
  for (const auto& key : auth_kind(auth.kind).keys()) read_key(reader, key, auth);
  reader.unknown_keys();
  return auth;
}

}  // namespace fanout
