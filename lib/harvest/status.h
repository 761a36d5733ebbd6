// What people are told of the harvest: how far each run is, why it does not move, and all of it in one line.
#pragma once

#include <string>
#include <vector>

#include "harvest/prospect.h"

namespace fanout {

std::vector<RunProgress> progress_of(const Horizon& horizon);

std::string status_of(const std::vector<RunProgress>& runs, const Committer& committer, const Agenda& agenda);

}  // namespace fanout
