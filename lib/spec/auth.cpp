#include "spec/auth.h"

namespace fanout {

std::string text_of(const SecretSource& source) {
  switch (source.kind) {
    case SecretSource::Kind::env:
      return "environment variable " + source.name;
    case SecretSource::Kind::file:
      return "file " + source.name;
    case SecretSource::Kind::credential:
      return "credential " + source.name;
  }
  return source.name;
}

std::string text_of(const Auth& auth) {
  std::string text = auth.kind;
  for (const auto& [key, value] : auth.settings) text += ", " + key + " " + value;
  for (const auto& [key, source] : auth.secrets) text += ", " + key + " from " + text_of(source);
  return text;
}

}  // namespace fanout
