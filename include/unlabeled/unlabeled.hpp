// SPDX-License-Identifier: MIT
#pragma once

// Everything, for a quick start. Programs that care about compile time include the headers they
// use; the library itself never includes this one.

#include "unlabeled/version.hpp"

#include "unlabeled/core/concepts.hpp"
#include "unlabeled/core/errors.hpp"
#include "unlabeled/core/progress.hpp"
#include "unlabeled/core/random.hpp"
#include "unlabeled/core/report.hpp"
#include "unlabeled/core/types.hpp"

#include "unlabeled/metrics/clustering.hpp"
#include "unlabeled/metrics/outlier.hpp"

#include "unlabeled/preprocessing/standard_scaler.hpp"

#include "unlabeled/decomposition/pca.hpp"

#include "unlabeled/cluster/agglomerative.hpp"
#include "unlabeled/cluster/dbscan.hpp"
#include "unlabeled/cluster/kmeans.hpp"

#include "unlabeled/anomaly/isolation_forest.hpp"
#include "unlabeled/mixture/gmm.hpp"
#include "unlabeled/neighbors/k_distances.hpp"

#include "unlabeled/neural/autoencoder.hpp"
#include "unlabeled/neural/deep_cluster.hpp"
#include "unlabeled/neural/variational_autoencoder.hpp"

#include "unlabeled/text/phrases.hpp"
#include "unlabeled/text/word2vec.hpp"

#include "unlabeled/model_selection/n_clusters.hpp"

#include "unlabeled/pipeline.hpp"

#include "unlabeled/io/csv.hpp"
#include "unlabeled/io/npy.hpp"
#if __has_include(<nlohmann/json.hpp>)  // only model files need it; the rest needs Eigen alone
#include "unlabeled/io/model_file.hpp"
#endif
