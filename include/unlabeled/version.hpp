// SPDX-License-Identifier: MIT
#pragma once

/// The one place the version is written; the build reads it from here.
#define UNLABELED_VERSION_MAJOR 0
#define UNLABELED_VERSION_MINOR 1
#define UNLABELED_VERSION_PATCH 0
