#include "config/shared_origin.h"

#include <gmock/gmock.h>

namespace fanout {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Config config_of(const std::vector<std::pair<std::string, std::string>>& vendors) {
  Config config;
  for (const auto& [name, url] : vendors) config.vendors[name].base_url = *parse_base_url(url, nullptr);
  return config;
}

TEST(SharedOrigin, OfVendorsThatAreOneIsSaid) {
  const auto config = config_of({{"a", "https://api.example/v1"},
                                 {"b", "https://api.example/v2"},
                                 {"c", "https://API.example:443"},
                                 {"d", "https://other.example"}});
  EXPECT_THAT(shared_origins(config),
              ElementsAre(AllOf(HasSubstr("a, b and c"), HasSubstr("https://api.example"))));
}

TEST(SharedOrigin, OfOtherHostsPortsAndSchemesIsNone) {
  const auto config = config_of({{"a", "https://api.example"},
                                 {"b", "https://api.example:8443"},
                                 {"c", "http://api.example"},
                                 {"d", "https://eu.api.example"}});
  EXPECT_THAT(shared_origins(config), IsEmpty());
}

}  // namespace
}  // namespace fanout
