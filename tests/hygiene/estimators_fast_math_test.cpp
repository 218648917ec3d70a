// SPDX-License-Identifier: MIT
#include <bit>
#include <cstdint>
#include <stdexcept>

#include "support/catch.hpp"
#include "unlabeled/anomaly/isolation_forest.hpp"
#include "unlabeled/cluster/agglomerative.hpp"
#include "unlabeled/cluster/kmeans.hpp"
#include "unlabeled/decomposition/pca.hpp"
#include "unlabeled/mixture/gmm.hpp"
#include "unlabeled/preprocessing/standard_scaler.hpp"

#ifndef __FAST_MATH__
#error "this file is about -ffast-math: compile it with the option"
#endif

using namespace unlabeled;
using Catch::Matchers::Message;

namespace {

// From bits at run time: an arithmetic NaN would be optimised away here.
double from_bits(std::uint64_t bits) {
  const volatile std::uint64_t hidden = bits;
  return std::bit_cast<double>(std::uint64_t{hidden});
}

Matrix<double> data_with(double entry) {
  Matrix<double> x(5, 3);
  for (Index i = 0; i < x.rows(); ++i)
    for (Index j = 0; j < x.cols(); ++j) x(i, j) = static_cast<double>((i * 7 + j * 5) % 11);
  x(3, 1) = entry;
  return x;
}

}  // namespace

TEST_CASE("Under -ffast-math NaN and infinity are refused with their place") {
  // NaN, infinity, minus infinity.
  const auto bits = GENERATE(std::uint64_t{0x7ff8000000000000u}, std::uint64_t{0x7ff0000000000000u},
                             std::uint64_t{0xfff0000000000000u});
  CAPTURE(bits);
  const auto x = data_with(from_bits(bits));
  const std::string place = "X has a non-finite value at row 3, column 1";
  CHECK_THROWS_MATCHES(KMeans<double>({.n_clusters = 2}).fit(x), std::invalid_argument,
                       Message("KMeans: " + place));
  CHECK_THROWS_MATCHES(Agglomerative<double>().fit(x), std::invalid_argument,
                       Message("Agglomerative: " + place));
  CHECK_THROWS_MATCHES(PCA<double>({.n_components = 2}).fit(x), std::invalid_argument,
                       Message("PCA: " + place));
  CHECK_THROWS_MATCHES(GMM<double>().fit(x), std::invalid_argument, Message("GMM: " + place));
  CHECK_THROWS_MATCHES(StandardScaler<double>().fit(x), std::invalid_argument,
                       Message("StandardScaler: " + place));
  CHECK_THROWS_MATCHES(IsolationForest<double>().fit(x), std::invalid_argument,
                       Message("IsolationForest: " + place));
}

TEST_CASE("Under -ffast-math finite data is fitted as ever") {
  const auto x = data_with(1e100);
  const auto labels = KMeans<double>({.n_clusters = 2, .seed = 3}).fit(data_with(100)).labels();
  CHECK(labels(3) != labels(0));
  CHECK((labels.array() == labels(0)).count() == 4);
  CHECK_NOTHROW(StandardScaler<double>().fit(x));
  CHECK(IsolationForest<double>().fit(x).predict(x)(3) == -1);
  for (const Linkage linkage : {Linkage::ward, Linkage::complete, Linkage::average, Linkage::single,
                                Linkage::weighted, Linkage::centroid, Linkage::median}) {
    const auto hierarchy = Agglomerative<double>({.linkage = linkage}).fit(x);
    CHECK(hierarchy.labels()(3) != hierarchy.labels()(0));
    CHECK((hierarchy.labels().array() == 0).count() == 4);
  }
}
