// What this process is to the system: which signals reach it when, who may look into its memory, what its
// files are to others.
#pragma once

namespace fanout {

// First of all. A hangup that comes while the daemon is starting would end it: it waits, and is a reload
// then.
void keep_hangups_waiting();
// Once somebody waits for them.
void let_signals_in();

// No core file and no other process of this user gets to see the secrets in its memory.
void hide_memory();

// What a vendor says is not for everybody on this machine; a reader of our output that goes away is no reason
// to end.
void keep_to_itself();

}  // namespace fanout
