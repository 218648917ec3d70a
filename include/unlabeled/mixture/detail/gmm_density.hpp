// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "unlabeled/core/check.hpp"
#include "unlabeled/core/errors.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/linalg/packet.hpp"
#include "unlabeled/linalg/tile.hpp"
#include "unlabeled/linalg/whiten.hpp"
#include "unlabeled/mixture/detail/gmm_frame.hpp"
#include "unlabeled/mixture/gmm_model.hpp"

// Log densities of all components for a block of samples at a time, lanes are samples:
//   ln weight_k - (n_features ln 2 pi + |W_k (x - mean_k)|^2) / 2 + ln det W_k
// where W_k is the inverse of the Cholesky factor of covariance k.

namespace unlabeled::detail {

/// A mixture in the coordinates of a frame.
struct Mixture {
  CovarianceType type = CovarianceType::full;
  Vector<double> weights;  // n_components
  RowMatrix<double> means;
  /// full: a lower triangle W for each component; tied: one for all; diag and spherical: one matrix
  /// of n_components x n_features inverse deviations.
  std::vector<Matrix<double>> whitening;

  [[nodiscard]] Index n_components() const { return means.rows(); }
  [[nodiscard]] Index n_features() const { return means.cols(); }
  [[nodiscard]] bool is_triangular() const {
    return type == CovarianceType::full || type == CovarianceType::tied;
  }
  /// Of one component, if its type has triangles.
  [[nodiscard]] const Matrix<double>& triangle(Index k) const {
    return whitening[type == CovarianceType::full ? static_cast<std::size_t>(k) : 0];
  }
  /// W_k mean_k.
  [[nodiscard]] Vector<double> whitened_mean(Index k) const {
    Vector<double> result = Vector<double>::Zero(n_features());
    if (!is_triangular())
      return whitening[0].row(k).transpose().cwiseProduct(means.row(k).transpose());
    const Matrix<double>& w = triangle(k);
    for (Index t = 0; t < n_features(); ++t)
      for (Index i = t; i < n_features(); ++i) result[i] += w(i, t) * means(k, t);
    return result;
  }
};

/// Samples of a block: what a component is computed for while its factors stay in the nearest cache.
inline constexpr Index block_panels = 8;
inline constexpr Index block_lanes = block_panels * FeatureFrame::lanes;
/// Rows of a block lie so far apart, a cache line more than a power of two.
inline constexpr Index block_stride =
    block_lanes + cache_line_bytes / static_cast<Index>(sizeof(double));

/// Scratch of one thread for one block.
struct MixtureBlock {
  Index n_lanes = 0;      // that hold a sample
  Vector<double> panels;  // [panel][feature][lane] in the frame
  Vector<double> rows;    // the same, row by row: of a panel, or of the block if moments need it
  Vector<double> white;   // rows of lanes: W_k x - W_k mean_k (full), W x (tied)
  Vector<double> joint;   // n_components rows of lanes: squares, log densities, then posteriors
  Vector<double> log_density = Vector<double>::Zero(block_lanes);
  // For the moments of one component: chosen samples, whitened, plain and times their weight.
  Vector<double> weight = Vector<double>::Zero(block_lanes);
  Vector<double> share = Vector<double>::Zero(block_stride);
  Vector<double> plain, weighted;
  Eigen::VectorXi chosen = Eigen::VectorXi::Zero(block_lanes);

  MixtureBlock(CovarianceType type, Index n_components, Index n_features)
      : panels(block_lanes * n_features),
        rows(Vector<double>::Zero(FeatureFrame::lanes * row_stride(n_features))),
        white(Vector<double>::Zero(n_white_rows(type, n_components) * n_features * block_stride)),
        joint(Vector<double>::Zero(n_components * block_stride)) {}

  /// Makes room for moments, which predictions do not need.
  void prepare_moments(CovarianceType type, Index n_components, Index n_features) {
    if (type == CovarianceType::diag || type == CovarianceType::spherical) {
      // A fresh one: resizing frees the old memory before it finds that there is none.
      rows = Vector<double>(Vector<double>::Zero(block_lanes * row_stride(n_features)));
      return;
    }
    plain = Vector<double>::Zero(n_features * block_stride);
    weighted = Vector<double>::Zero(std::max(n_components, n_features) * block_stride);
  }

  /// Rows of whole packets.
  static constexpr Index row_stride(Index n_features) {
    constexpr Index size = packet_size<double>;
    return (n_features + size - 1) / size * size;
  }
  [[nodiscard]] Index n_panels() const {
    return (n_lanes + FeatureFrame::lanes - 1) / FeatureFrame::lanes;
  }
  [[nodiscard]] Index n_packets() const {
    return n_panels() * (FeatureFrame::lanes / packet_size<double>);
  }
  [[nodiscard]] const double* panel(Index p) const {
    return panels.data() + p * (panels.size() / block_panels);
  }

 private:
  static Index n_white_rows(CovarianceType type, Index n_components) {
    return type == CovarianceType::full ? n_components : type == CovarianceType::tied ? 1 : 0;
  }
};

/// A mixture made ready for blocks of samples.
class MixtureDensity {
 public:
  MixtureDensity(const Mixture& mixture, const FeatureFrame& frame)
      : frame_(frame), constants_(mixture.n_components()) {
    check_range(mixture);
    for (Index k = 0; k < constants_.size(); ++k) constants_[k] = constant(mixture, k);
    const Vector<double> no_bias = Vector<double>::Zero(mixture.n_features());
    if (mixture.type == CovarianceType::full)
      for (Index k = 0; k < constants_.size(); ++k)
        triangles_.emplace_back(mixture.triangle(k), -mixture.whitened_mean(k));
    if (mixture.type == CovarianceType::tied) triangles_.emplace_back(mixture.triangle(0), no_bias);
    if (mixture.type == CovarianceType::full) return;
    RowMatrix<double> factors = RowMatrix<double>::Ones(constants_.size(), mixture.n_features());
    RowMatrix<double> biases = factors;
    if (!mixture.is_triangular()) factors = mixture.whitening[0];
    for (Index k = 0; k < constants_.size(); ++k)
      biases.row(k) = -mixture.whitened_mean(k).transpose();
    rows_ = ScaledRows<double>(factors, biases);
  }

  /// Packs samples and leaves the log density of each component, times its weight, in block.joint.
  template <Real S> void log_joint(const Samples<S>& x, Range samples, MixtureBlock& block) const {
    constexpr Index lanes = FeatureFrame::lanes;
    block.n_lanes = samples.size();
    const Index stride = MixtureBlock::row_stride(frame_.n_features());
    const bool keeps_rows = block.rows.size() > lanes * stride;
    for (Index p = 0; p < block.n_panels(); ++p) {
      const Index begin = samples.begin + p * lanes;
      frame_.pack(x, {begin, std::min(begin + lanes, samples.end)},
                  block.rows.data() + (keeps_rows ? p * lanes * stride : 0), stride,
                  block.panels.data() + p * lanes * frame_.n_features());
      if (triangles_.empty()) scaled(p, block);
    }
    if (!triangles_.empty()) squares(block);
    const Packet<double> half = broadcast<double>(-0.5), most = broadcast<double>(1e300);
    for (Index k = 0; k < constants_.size(); ++k) {
      const Packet<double> constant = broadcast<double>(constants_[k]);
      double* row = block.joint.data() + k * block_stride;
      for (Index v = 0; v < block.n_packets(); ++v, row += packet_size<double>)
        store<double>(
            row, multiply_add<double>(half, minimum<double>(load<double>(row), most), constant));
    }
  }

  /// Turns the log densities into posteriors, and leaves the log of their sum in block.log_density.
  void normalize(MixtureBlock& block) const {
    const Index n_components = constants_.size();
    for (Index v = 0; v < block.n_packets(); ++v) {
      double* column = block.joint.data() + v * packet_size<double>;
      Packet<double> greatest = load<double>(column);
      for (Index k = 1; k < n_components; ++k)
        greatest = maximum<double>(greatest, load<double>(column + k * block_stride));
      Packet<double> sum = broadcast<double>(0.0);
      for (Index k = 0; k < n_components; ++k) {
        double* at = column + k * block_stride;
        const auto part = exponential<double>(subtract<double>(load<double>(at), greatest));
        store<double>(at, part);
        sum = add<double>(sum, part);
      }
      const Packet<double> factor = divide<double>(broadcast<double>(1.0), sum);
      for (Index k = 0; k < n_components; ++k) {
        double* at = column + k * block_stride;
        store<double>(at, multiply<double>(load<double>(at), factor));
      }
      store<double>(block.log_density.data() + v * packet_size<double>,
                    add<double>(greatest, logarithm<double>(sum)));
    }
  }

 private:
  /// Coordinates are at most 1e150: with factors up to that, their products are finite, and squares
  /// are infinite at worst, never NaN.
  static void check_range(const Mixture& mixture) {
    for (const Matrix<double>& whitening : mixture.whitening)
      if (!(whitening.cwiseAbs().maxCoeff() <= 1e150) || !all_finite(whitening))
        throw NumericalError(
            "GMM: a covariance is below 1e-300 of the spread; raise regularization");
  }

  /// ln weight - n_features / 2 ln 2 pi + ln det W, with W in the units of the data.
  [[nodiscard]] double constant(const Mixture& mixture, Index k) const {
    constexpr double half_log_two_pi = 0.91893853320467274178;
    double result = -half_log_two_pi * static_cast<double>(mixture.n_features());
    for (Index t = 0; t < mixture.n_features(); ++t)
      result += std::log(mixture.is_triangular() ? mixture.triangle(k)(t, t)
                                                 : mixture.whitening[0](k, t)) +
                std::log(frame_.scale[t]);
    // A component without weight is further away from every sample than any other can be.
    return mixture.weights[k] > 0 ? result + std::log(mixture.weights[k]) : -1e305;
  }

  /// Squared distances of all components by triangles, to block.joint.
  void squares(MixtureBlock& block) const {
    constexpr Index lanes = FeatureFrame::lanes;
    const Index d = frame_.n_features();
    for (std::size_t i = 0; i < triangles_.size(); ++i) {
      const auto k = static_cast<Index>(i);
      for (Index p = 0; p < block.n_panels(); ++p)
        whiten_panel(triangles_[i], block.panel(p),
                     block.white.data() + k * d * block_stride + p * lanes, block_stride,
                     block.joint.data() + k * block_stride + p * lanes);
    }
    for (Index p = 0; rows_.n_rows() > 0 && p < block.n_panels(); ++p) scaled(p, block);
  }

  /// The same without triangles, or after the one of all, for one panel.
  void scaled(Index p, MixtureBlock& block) const {
    constexpr Index lanes = FeatureFrame::lanes;
    const bool tied = !triangles_.empty();
    scaled_squares(rows_, tied ? block.white.data() + p * lanes : block.panel(p),
                   tied ? block_stride : lanes, block.joint.data() + p * lanes, block_stride);
  }

  const FeatureFrame& frame_;
  Vector<double> constants_;                       // n_components
  std::vector<TriangularRows<double>> triangles_;  // full: one per component; tied: one
  ScaledRows<double> rows_;                        // but for full
};

}  // namespace unlabeled::detail
