// The measurements of fanout-bench, each a verb of its own; tests/bench/run puts them together.
#pragma once

#include <cstdint>
#include <filesystem>

namespace fanout::bench {

// The limit: asks for the story's leaves over kept-alive connections and keeps nothing. Prints the seconds.
int bare(unsigned short port, int connections, int requests);

// Makes a database whose queue has so many tasks ready, and so many dead letters besides.
int fill(const std::filesystem::path& database, std::int64_t ready, std::int64_t dead);

// What claims and counts cost in such a database. Prints microseconds at the median.
int claims(const std::filesystem::path& database);

// Unknown limits in virtual time, found by fanoutd's adaptive bound and by two published ways. Prints a line
// a scenario and way, and with `series` a line for each ten seconds of it besides.
int politeness(bool series);

}  // namespace fanout::bench
