// SPDX-License-Identifier: MIT
#pragma once

// What every test reads before its own headers, compiled once: only code of others, so that no
// header of the library is missed where it is not included.

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <Eigen/Core>
#include <nlohmann/json.hpp>

#include "support/catch.hpp"
