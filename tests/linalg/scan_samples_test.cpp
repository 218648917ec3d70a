// SPDX-License-Identifier: MIT
#include "unlabeled/linalg/scan_samples.hpp"

#include "support/catch.hpp"
#include "support/data.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/linalg/last_steps.hpp"
#include "unlabeled/linalg/nearest.hpp"

using namespace unlabeled;

TEMPLATE_TEST_CASE("samples broadcast find the row that samples in lanes find", "[linalg]", float,
                   double) {
  using S = TestType;
  constexpr Index lanes = detail::tile_lanes<S>;
  for (Index k = 1; k <= 40; ++k)
    for (Index d = 1; d <= 40; d += (d < 8 ? 1 : 7)) {
      const RowMatrix<S> rows = random_matrix<S>(k, d, 1);
      const RowMatrix<S> samples = random_matrix<S>(lanes, d, 2);
      Vector<S> panel(d * lanes);
      detail::pack_panel<S, S>(detail::Samples<S>(samples), 0, lanes, nullptr, panel.data());
      const detail::PackedRows<S> packed = detail::pack_for_nearest<S>(rows);
      detail::GreatestStep<S> step(packed.number.data());
      detail::scan_panel(packed, panel.data(), step);
      Vector<S> expected(lanes);
      detail::store<S>(expected.data(), step.row[0]);
      detail::store<S>(expected.data() + detail::packet_size<S>, step.row[1]);
      detail::greatest_lanes(detail::pack_lanes_for_nearest(rows), {samples.data(), d, 1}, lanes,
                             [&](Index i, Index row) {
                               INFO("k = " << k << ", d = " << d << ", sample " << i);
                               REQUIRE(row == static_cast<Index>(expected[i]));
                             });
    }
}

TEST_CASE("equal centres give the lowest index in either orientation", "[linalg]") {
  const RowMatrix<double> centers = RowMatrix<double>::Ones(37, 3);
  const Matrix<double> samples = random_matrix<double>(40, 3, 3);
  const detail::Frame frame(Vector<double>::Zero(3), 1.0);
  detail::Team team(1);
  const detail::CenterSearch search(centers, frame);
  CHECK(detail::nearest_centers(team, detail::Samples<double>(samples), search).isZero());
  CHECK(detail::nearest_centers_of_few(detail::Samples<double>(samples), centers, frame).isZero());
}

TEST_CASE("a handful of samples gets the labels of a crowd", "[linalg]") {
  const RowMatrix<double> centers = random_matrix<double>(23, 5, 4);
  const Matrix<float> samples = random_matrix<float>(400, 5, 5);
  const detail::Frame frame(Vector<double>::Constant(5, 0.25), 1.0);
  detail::Team team(2);
  const Labels all =
      detail::nearest_centers(team, detail::Samples<float>(samples),
                              detail::CenterSearch(frame.framed(Matrix<double>(centers)), frame));
  for (Index first = 0; first < 400; first += 7) {
    const Index count = std::min<Index>(7, 400 - first);
    const View<Matrix<float>> few = samples.middleRows(first, count);
    CHECK(detail::nearest_centers_of_few(detail::Samples<float>(few),
                                         frame.framed(Matrix<double>(centers)),
                                         frame) == all.segment(first, count));
  }
}
