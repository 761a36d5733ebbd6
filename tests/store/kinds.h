// The kinds of stores there are. The contract (contract.h) is tried with each.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "store/sqlite/sqlite_store.h"
#include "store/store.h"
#include "support/temporary_folder.h"

namespace fanout {

// A fresh store, and what happens to one from outside.
class StoreInUse {
 public:
  virtual ~StoreInUse() = default;
  virtual Store& store() = 0;
  // The process is killed, and the next one opens what it left.
  virtual void restart() = 0;
  // Somebody gives the daemon an order.
  virtual void order(const std::string& command, const std::string& target) = 0;
};

struct StoreKind {
  std::string name;
  std::function<std::unique_ptr<StoreInUse>()> make;
};
inline void PrintTo(const StoreKind& kind, std::ostream* out) { *out << kind.name; }

class SqliteInUse : public StoreInUse {
 public:
  Store& store() override { return *store_; }
  void restart() override {
    store_.reset();
    store_.emplace(path());
  }
  void order(const std::string& command, const std::string& target) override {
    Database shell(path(), Database::Mode::read_write);
    Statement(shell, "INSERT INTO control (command, target) VALUES (?1, ?2)").bind(command, target).run();
  }

 private:
  std::filesystem::path path() const { return folder_.path() / "fanoutd.db"; }

  TemporaryFolder folder_;
  std::optional<SqliteStore> store_{std::in_place, path()};
};

inline std::vector<StoreKind> store_kinds() {
  return {{"Sqlite", [] { return std::make_unique<SqliteInUse>(); }}};
}

}  // namespace fanout
