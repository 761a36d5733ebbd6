// What the daemon works on and nobody else may touch meanwhile: the state directory with the queue and the
// outputs.
//
// Opened on the main thread, then used on the store thread only.
#pragma once

#include <filesystem>

#include "base/clock.h"
#include "base/log.h"
#include "daemon/fanoutd/files_in_place.h"
#include "harvest/keeper.h"
#include "output/local_disk.h"
#include "output/outputs.h"
#include "store/sqlite/sqlite_store.h"
#include "store/state_lock.h"

namespace fanout {

struct Premises {
  // Throws Error if another daemon has them, or if they cannot be used.
  Premises(const std::filesystem::path& state_dir, const Clock& clock, const Log& log);

  StateLock lock;
  bool is_new;  // there was no database
  SqliteStore store;
  FilesInPlace files;
  Recovered recovered;
  LocalDisk disk;
  Outputs outputs;
  Keeper keeper;
};

}  // namespace fanout
