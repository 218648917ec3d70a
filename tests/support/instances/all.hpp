// SPDX-License-Identifier: MIT
#pragma once

#include "support/instances/agglomerative.hpp"
#include "support/instances/autoencoder.hpp"
#include "support/instances/dbscan.hpp"
#include "support/instances/deep_cluster.hpp"
#include "support/instances/gmm.hpp"
#include "support/instances/isolation_forest.hpp"
#include "support/instances/json.hpp"
#include "support/instances/kmeans.hpp"
#include "support/instances/pca.hpp"
#include "support/instances/variational_autoencoder.hpp"
#include "support/instances/word2vec.hpp"
