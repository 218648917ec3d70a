// SPDX-License-Identifier: MIT
// expected: Real
#include "unlabeled/preprocessing/standard_scaler.hpp"

#ifdef CONTROL
using Scalar = float;
#else
using Scalar = int;
#endif

unlabeled::StandardScaler<Scalar> scaler;
