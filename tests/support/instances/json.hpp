// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "support/instances/views.hpp"
#include "unlabeled/io/detail/strict_json.hpp"

#define UNLABELED_JSON(how) \
  how template Json parse_json<Json>(const ByteSource&, std::string_view, const std::string&);

namespace unlabeled::detail {
UNLABELED_JSON(extern)
}  // namespace unlabeled::detail
