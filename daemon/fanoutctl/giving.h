// An order on its way: a row of `control`, and its outcome when the daemon has applied it.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/time.h"
#include "store/sqlite/database.h"

namespace fanout {

struct Given {
  std::int64_t id = 0;
  std::string command;
  std::optional<std::string> outcome;  // none yet
  std::optional<std::string> daemon;   // who should have applied it

  bool is_refused() const { return outcome && outcome->starts_with("refused"); }
  // Where there is a daemon and no outcome.
  std::string not_applied() const;
};

// Inserts it, and waits for its outcome while there is a daemon to apply it.
Given give(boost::asio::io_context& loop, Database& database, const std::string& command,
           const std::string& target);

// Looks every few milliseconds until it is done or nobody is patient any more. What it throws comes through.
bool wait_until(boost::asio::io_context& loop, const std::function<bool()>& is_done,
                std::optional<milliseconds> patience = std::nullopt);

}  // namespace fanout
