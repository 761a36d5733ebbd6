// lib/auth/kinds.cpp, and the kinds that it lists
#include "auth/kinds.h"

#include <gtest/gtest.h>

#include <set>

namespace fanout {
namespace {

struct SignedRow {
  Auth auth;
  const char* header;
  const char* value;
  const char* query;
};

// The sources do not matter here.
Auth auth_of(const std::string& kind, std::map<std::string, std::string> settings = {}) {
  Auth auth{kind, std::move(settings), {}};
  for (const auto& key : auth_kind(kind).keys()) {
    if (key.is_secret) auth.secrets[key.name] = {};
  }
  return auth;
}

Secrets secrets_of(const Auth& auth, const std::string& value) {
  Secrets secrets;
  for (const auto& [key, source] : auth.secrets) secrets[key] = Secret(value);
  return secrets;
}

TEST(AuthKinds, PutTheSecretWhereTheirNameSays) {
  const std::vector<SignedRow> rows = {
      {auth_of("none"), "", "", ""},
      {auth_of("bearer"), "Authorization", "Bearer s&cret", ""},
      {auth_of("basic", {{"user", "reader"}}), "Authorization", "Basic cmVhZGVyOnMmY3JldA==", ""},
      {auth_of("header", {{"name", "X-Key"}}), "X-Key", "s&cret", ""},
      {auth_of("query", {{"name", "api key"}}), "", "", "api%20key=s%26cret"},
      {auth_of("scheme", {{"scheme", "Token"}}), "Authorization", "Token s&cret", ""},
  };
  std::set<std::string> seen;
  for (const auto& row : rows) {
    Request request;
    request.target = "/a";
    auth_kind(row.auth.kind).sign(request, row.auth, secrets_of(row.auth, "s&cret"));
    EXPECT_EQ(request.secret_header_name, row.header) << row.auth.kind;
    EXPECT_EQ(request.secret_header_value.reveal(), row.value) << row.auth.kind;
    EXPECT_EQ(request.secret_query.reveal(), row.query) << row.auth.kind;
    EXPECT_EQ(request.target, "/a");
    EXPECT_TRUE(request.headers.empty());
    seen.insert(row.auth.kind);
  }
  EXPECT_EQ(seen.size(), auth_kinds().size()) << "a kind that is listed has its row here";
}

TEST(AuthKinds, SayWhichParameterOfTheQueryIsTheirs) {
  EXPECT_EQ(auth_kind("query").query_parameter(auth_of("query", {{"name", "api key"}})), "api key");
  EXPECT_EQ(auth_kind("bearer").query_parameter(auth_of("bearer")), "");
}

}  // namespace
}  // namespace fanout
