#include "sim/sim_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>

namespace fanout::sim {
namespace {

// What SQLite keeps for an open file, in memory of its own.
struct OpenFile {
  sqlite3_file base;
  struct State {
    SimVfs* vfs;
    std::string path;
    SimFiles::Handle content;
    std::shared_ptr<SimVfs::Shared> shared;
    std::uint64_t life;
    bool new_names;  // its name is to be synced with it
    bool remove_on_close;
    std::uint32_t shm_read;  // locks that this connection holds
    std::uint32_t shm_write;
  };
  State* state;
};

OpenFile::State& state_of(sqlite3_file* file) { return *reinterpret_cast<OpenFile*>(file)->state; }

// What is thrown must not go through SQLite.
template <typename Operation>
int code_of(int otherwise, Operation operation) {
  try {
    return operation();
  } catch (Trouble trouble) {
    return trouble == Trouble::full ? SQLITE_FULL : otherwise;
  }
}

bool is_stale(const OpenFile::State& state) { return state.life != state.vfs->files().lives(); }

template <typename Operation>
int operate(sqlite3_file* file, int otherwise, Operation operation) {
  auto& state = state_of(file);
  if (is_stale(state) || state.vfs->files().dead()) return otherwise;
  return code_of(otherwise, [&] {
    operation(state);
    return SQLITE_OK;
  });
}

int close_file(sqlite3_file* file) {
  auto* open = reinterpret_cast<OpenFile*>(file);
  const std::unique_ptr<OpenFile::State> state(open->state);
  if (state->shared && !is_stale(*state)) state->shared->locks.erase(state.get());
  if (state->remove_on_close && !is_stale(*state)) {
    code_of(SQLITE_OK, [&] {
      state->vfs->files().remove(state->path);
      return SQLITE_OK;
    });
  }
  return SQLITE_OK;
}

int read_file(sqlite3_file* file, void* to, int amount, sqlite3_int64 offset) {
  const auto& state = state_of(file);
  if (is_stale(state) || state.vfs->files().dead()) return SQLITE_IOERR_READ;
  const std::string& bytes = state.content->bytes;
  const auto at = static_cast<std::size_t>(offset);
  const auto wanted = static_cast<std::size_t>(amount);
  const auto there = at < bytes.size() ? std::min(wanted, bytes.size() - at) : 0;
  if (there > 0) std::memcpy(to, bytes.data() + at, there);
  if (there == wanted) return SQLITE_OK;
  std::memset(static_cast<char*>(to) + there, 0, wanted - there);
  return SQLITE_IOERR_SHORT_READ;
}

int write_file(sqlite3_file* file, const void* from, int amount, sqlite3_int64 offset) {
  return operate(file, SQLITE_IOERR_WRITE, [&](OpenFile::State& state) {
    state.vfs->files().write(*state.content, static_cast<std::size_t>(offset),
                             {static_cast<const char*>(from), static_cast<std::size_t>(amount)});
  });
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  return operate(file, SQLITE_IOERR_TRUNCATE, [&](OpenFile::State& state) {
    state.vfs->files().cut(*state.content, static_cast<std::size_t>(size));
  });
}

int sync_file(sqlite3_file* file, int) {
  return operate(file, SQLITE_IOERR_FSYNC, [](OpenFile::State& state) {
    auto& files = state.vfs->files();
    files.sync(*state.content);
    if (!state.new_names) return;
    files.sync_names(state.path.substr(0, state.path.rfind('/')));
    state.new_names = false;
  });
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  *size = static_cast<sqlite3_int64>(state_of(file).content->bytes.size());
  return SQLITE_OK;
}

int lock_file(sqlite3_file* file, int level) {
  auto& state = state_of(file);
  if (is_stale(state)) return SQLITE_IOERR_LOCK;
  auto& locks = state.shared->locks;
  int& mine = locks[&state];
  if (mine >= level) return SQLITE_OK;
  for (const auto& [other, held] : locks) {
    if (other == &state) continue;
    const bool refused = level == SQLITE_LOCK_SHARED     ? held >= SQLITE_LOCK_PENDING
                         : level == SQLITE_LOCK_RESERVED ? held >= SQLITE_LOCK_RESERVED
                                                         : held >= SQLITE_LOCK_SHARED;
    if (refused) return SQLITE_BUSY;
  }
  mine = level;
  return SQLITE_OK;
}

int unlock_file(sqlite3_file* file, int level) {
  auto& state = state_of(file);
  if (is_stale(state)) return SQLITE_OK;
  auto& mine = state.shared->locks[&state];
  mine = std::min(mine, level);
  return SQLITE_OK;
}

int check_reserved(sqlite3_file* file, int* answer) {
  auto& state = state_of(file);
  *answer = std::ranges::any_of(state.shared->locks,
                                [](const auto& lock) { return lock.second >= SQLITE_LOCK_RESERVED; });
  return SQLITE_OK;
}

int file_control(sqlite3_file* file, int operation, void* argument) {
  if (operation == SQLITE_FCNTL_LOCKSTATE) {
    *static_cast<int*>(argument) = state_of(file).shared ? state_of(file).shared->locks[&state_of(file)] : 0;
    return SQLITE_OK;
  }
  return SQLITE_NOTFOUND;
}

int sector_size(sqlite3_file*) { return 512; }
int characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

int shm_map(sqlite3_file* file, int region, int size, int extend, void volatile** memory) {
  auto& state = state_of(file);
  *memory = nullptr;
  if (is_stale(state)) return SQLITE_IOERR_SHMMAP;
  auto& regions = state.shared->regions;
  const auto wanted = static_cast<std::size_t>(region);
  if (size != 32768) return SQLITE_IOERR_SHMMAP;
  while (extend != 0 && regions.size() <= wanted)
    regions.push_back(std::make_unique<std::array<char, 32768>>());
  if (wanted < regions.size()) *memory = regions[wanted]->data();
  return SQLITE_OK;
}

int shm_lock(sqlite3_file* file, int first, int count, int flags) {
  auto& state = state_of(file);
  if (is_stale(state)) return SQLITE_IOERR_SHMLOCK;
  auto& shared = *state.shared;
  std::uint32_t bits = 0;
  for (int i = first; i < first + count; ++i) bits |= 1U << i;
  const auto each = [&](auto act) {
    for (int i = first; i < first + count; ++i) act(static_cast<std::size_t>(i), 1U << i);
  };
  if ((flags & SQLITE_SHM_UNLOCK) != 0) {
    each([&](std::size_t i, std::uint32_t bit) {
      if ((state.shm_read & bit) != 0) --shared.readers[i];
      if ((state.shm_write & bit) != 0) shared.writer[i] = nullptr;
    });
    state.shm_read &= ~bits;
    state.shm_write &= ~bits;
    return SQLITE_OK;
  }
  const bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
  bool free = true;
  each([&](std::size_t i, std::uint32_t bit) {
    const int own = (state.shm_read & bit) != 0 ? 1 : 0;
    if (shared.writer[i] != nullptr && shared.writer[i] != &state) free = false;
    if (exclusive && shared.readers[i] > own) free = false;
  });
  if (!free) return SQLITE_BUSY;
  each([&](std::size_t i, std::uint32_t bit) {
    if (exclusive) {
      shared.writer[i] = &state;
      state.shm_write |= bit;
    } else if ((state.shm_read & bit) == 0) {
      ++shared.readers[i];
      state.shm_read |= bit;
    }
  });
  return SQLITE_OK;
}

void shm_barrier(sqlite3_file*) {}

int shm_unmap(sqlite3_file* file, int remove_it) {
  auto& state = state_of(file);
  if (is_stale(state)) return SQLITE_OK;
  shm_lock(file, 0, SimVfs::Shared::kShmLocks, SQLITE_SHM_UNLOCK | SQLITE_SHM_SHARED);
  if (remove_it != 0) state.shared->regions.clear();
  return SQLITE_OK;
}

constexpr sqlite3_io_methods kMethods = {
    2,         close_file,  read_file,      write_file,   truncate_file, sync_file,       file_size,
    lock_file, unlock_file, check_reserved, file_control, sector_size,   characteristics, shm_map,
    shm_lock,  shm_barrier, shm_unmap,      nullptr,      nullptr};

SimVfs& vfs_of(sqlite3_vfs* vfs) { return *static_cast<SimVfs*>(vfs->pAppData); }

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  file->pMethods = nullptr;
  auto& sim = vfs_of(vfs);
  const std::string path = name != nullptr ? name : "/tmp/" + std::to_string(sim.chance().next());
  return code_of(SQLITE_CANTOPEN, [&] {
    sim.files().check_alive();
    const bool is_new = sim.files().find(path) == nullptr;
    const bool may_make = (flags & SQLITE_OPEN_CREATE) != 0;
    if (is_new && !may_make) return SQLITE_CANTOPEN;
    const bool journal =
        (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL)) != 0;
    auto content = sim.files().open(path);
    auto shared = (flags & SQLITE_OPEN_MAIN_DB) != 0 ? sim.shared(path) : nullptr;
    auto state = std::make_unique<OpenFile::State>(
        OpenFile::State{&sim, path, std::move(content), std::move(shared), sim.files().lives(),
                        may_make && journal, (flags & SQLITE_OPEN_DELETEONCLOSE) != 0, 0, 0});
    reinterpret_cast<OpenFile*>(file)->state = state.release();
    file->pMethods = &kMethods;
    if (out_flags != nullptr) *out_flags = flags;
    return SQLITE_OK;
  });
}

int remove_file(sqlite3_vfs* vfs, const char* name, int sync_folder) {
  return code_of(SQLITE_IOERR_DELETE, [&] {
    auto& files = vfs_of(vfs).files();
    files.check_alive();
    const std::string path = name;
    if (files.find(path) == nullptr) return SQLITE_IOERR_DELETE_NOENT;
    files.remove(path);
    if (sync_folder != 0) files.sync_names(path.substr(0, path.rfind('/')));
    return SQLITE_OK;
  });
}

int access_file(sqlite3_vfs* vfs, const char* name, int, int* answer) {
  const auto content = vfs_of(vfs).files().find(name);
  *answer = content != nullptr ? 1 : 0;
  return SQLITE_OK;
}

int full_name(sqlite3_vfs*, const char* name, int room, char* to) {
  const std::size_t length = std::strlen(name);
  if (length >= static_cast<std::size_t>(room)) return SQLITE_CANTOPEN;
  std::memcpy(to, name, length + 1);
  return SQLITE_OK;
}

int randomness(sqlite3_vfs* vfs, int count, char* to) {
  for (int i = 0; i < count; ++i) to[i] = static_cast<char>(vfs_of(vfs).chance().next());
  return count;
}

int pass_time(sqlite3_vfs*, int microseconds_to_wait) {
  return microseconds_to_wait;
}  // the one who waits holds it
int current_time(sqlite3_vfs*, double* days) {
  *days = 2460000.5;
  return SQLITE_OK;
}
int last_error(sqlite3_vfs*, int, char*) { return 0; }

}  // namespace

SimVfs::SimVfs(SimFiles& files, std::string name, std::uint64_t seed)
    : files_(files), name_(std::move(name)), chance_(seed), vfs_(std::make_unique<sqlite3_vfs>()) {
  *vfs_ = {};
  vfs_->iVersion = 1;
  vfs_->szOsFile = sizeof(OpenFile);
  vfs_->mxPathname = 512;
  vfs_->zName = name_.c_str();
  vfs_->pAppData = this;
  vfs_->xOpen = open_file;
  vfs_->xDelete = remove_file;
  vfs_->xAccess = access_file;
  vfs_->xFullPathname = full_name;
  vfs_->xRandomness = randomness;
  vfs_->xSleep = pass_time;
  vfs_->xCurrentTime = current_time;
  vfs_->xGetLastError = last_error;
  sqlite3_vfs_register(vfs_.get(), 0);
}

SimVfs::~SimVfs() { sqlite3_vfs_unregister(vfs_.get()); }

std::shared_ptr<SimVfs::Shared> SimVfs::shared(const std::string& path) {
  auto& shared = shared_[path];
  if (!shared) shared = std::make_shared<Shared>();
  return shared;
}

}  // namespace fanout::sim
