// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "unlabeled/core/check.hpp"
#include "unlabeled/core/concepts.hpp"
#include "unlabeled/core/fitted.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/neural/autoencoder.hpp"
#include "unlabeled/neural/deep_cluster_model.hpp"
#include "unlabeled/neural/detail/deep_cluster_fit.hpp"
#include "unlabeled/neural/detail/network_check.hpp"

namespace unlabeled {

namespace detail {

inline DeepClusterOptions checked(DeepClusterOptions options) {
  const auto positive = [](const char* option, Index value) {
    check_option(value >= 1, deep_cluster, option, ">= 1", value);
  };
  const auto finite = [](const char* option, double value, bool may_be_zero) {
    check_option(is_finite(value) && (value > 0 || (may_be_zero && value == 0)), deep_cluster,
                 option, may_be_zero ? ">= 0 and finite" : "> 0 and finite", value);
  };
  positive("n_clusters", options.n_clusters);
  check_option(options.n_clusters < (Index{1} << 24), deep_cluster, "n_clusters", "< 16777216",
               options.n_clusters);
  check_encoder_sizes(deep_cluster, options.encoder_sizes);
  check_member(deep_cluster, "activation", "a member of Activation", options.activation,
               Activation::softplus);
  check_option(options.n_pretraining_epochs >= -1, deep_cluster, "n_pretraining_epochs",
               ">= -1 (-1 = automatic)", options.n_pretraining_epochs);
  finite("pretraining_learning_rate", options.pretraining_learning_rate, false);
  check_share(deep_cluster, "pretraining_noise", options.pretraining_noise);
  finite("learning_rate", options.learning_rate, false);
  positive("pretraining_batch_size", options.pretraining_batch_size);
  positive("batch_size", options.batch_size);
  positive("max_iterations", options.max_iterations);
  positive("update_interval", options.update_interval);
  finite("tolerance", options.tolerance, true);
  finite("degrees_of_freedom", options.degrees_of_freedom, false);
  finite("reconstruction_weight", options.reconstruction_weight, true);
  positive("n_init", options.n_init);
  check_n_threads(deep_cluster, options.n_threads);
  return options;
}

/// Widths of layers from elsewhere, as the first of them say.
template <Real S>
std::vector<Index> widths_of(const char* field, const std::vector<DenseLayer<S>>& layers) {
  if (layers.empty()) refuse(deep_cluster, std::string(field) + " must have at least 1 layer");
  std::vector<Index> widths{layers[0].weights.rows()};
  for (const DenseLayer<S>& layer : layers) widths.push_back(layer.weights.cols());
  for (const Index width : widths)
    check_option(width >= 1, deep_cluster, field, "layers of a width >= 1", width);
  return widths;
}

template <Real S>
DeepClusterModel<S> checked(DeepClusterModel<S> model, const DeepClusterOptions& options) {
  const std::vector<Index> widths = widths_of("model.encoder", model.encoder);
  check_layers(deep_cluster, "model.encoder", model.encoder, widths);
  if (!model.decoder.empty())
    check_layers(deep_cluster, "model.decoder", model.decoder, {widths.rbegin(), widths.rend()});
  const Index k = options.n_clusters;
  if (model.cluster_centers.rows() != k || model.cluster_centers.cols() != widths.back())
    refuse(deep_cluster, "model.cluster_centers must be " + printed(k) + " x " +
                             printed(widths.back()) + ", got " +
                             printed(model.cluster_centers.rows()) + " x " +
                             printed(model.cluster_centers.cols()));
  check_finite(deep_cluster, "model.cluster_centers", model.cluster_centers);
  if ((model.labels.array() < 0).any() || (model.labels.array().template cast<Index>() >= k).any())
    refuse(deep_cluster, "model.labels must be from 0 to " + printed(k - 1));
  const Vector<double>& masses = model.cluster_masses;
  if (masses.size() != k || !all_finite(masses) || (masses.array() < 0).any())
    refuse(deep_cluster, "model.cluster_masses must be " + printed(k) + " finite values >= 0");
  check_finite(deep_cluster, "model.loss_history", model.loss_history);
  check_option(model.report.n_iterations >= 0, deep_cluster, "model.report.n_iterations", ">= 0",
               model.report.n_iterations);
  return model;
}

}  // namespace detail

/// Splits samples into n_clusters groups in an embedding that is learned along with them (DEC,
/// and IDEC with a reconstruction_weight).
///
/// First an autoencoder learns to restore the samples: layer by layer from inputs of which
/// pretraining_noise are set to zero, then as a whole; each of these stages has 10 epochs by
/// default, or where samples are few as many as make 4000 updates, at a rate that falls like half a
/// cosine. KMeans finds centres c_j of its codes z. Then encoder and centres together minimise KL(P || Q), the mean over samples of
/// sum over j of p_j log(p_j / q_j), where q_j ~ (1 + |z - c_j|² / a)^(-(a + 1) / 2) is how much a
/// sample belongs to cluster j, with a the degrees_of_freedom, and p_j ~ q_j² / (sum of q_j over all
/// samples) what is to be: what is sure is made surer. P is computed from all samples and held for
/// update_interval updates. IDEC adds reconstruction_weight times the mean squared error of what the
/// decoder restores, so that the embedding keeps what distinguishes samples; 0.6 is its authors'
/// proportion on MNIST, in the scale that samples are brought to.
///
/// Samples are multiplied by a power of two that brings their mean square next to 1; the first layer
/// of the fitted encoder contains it. Features of different units should be scaled all the same
/// (StandardScaler). Both phases use Adam, whose steps have the size of the learning rate whatever
/// the size of the gradients: so 1e-4 for the second one needs no tuning to the data, while the rate
/// of plain descent has to be searched for each.
///
/// Shapes      X is n_samples x n_features; transform() n_samples x encoder_sizes.back();
///             cluster_centers() n_clusters x encoder_sizes.back().
/// Cost        with P weights in the encoder: an epoch of pretraining takes 12 n P operations twice
///             over (layers alone, then together), an update 6 P batch_size (IDEC: twice that), a
///             refresh 2 n P. Memory: 16 P numbers while pretraining, a copy of X, and
///             n (n_clusters + code) numbers.
/// Stops       when a smaller share of labels than `tolerance` changed between two refreshes, after
///             max_iterations updates, or by the callback. Where a cluster is down to a hundredth of
///             the samples it started with, the fit ends (Stop::max_iterations), model().collapsed
///             is set, and the state at the refresh before is kept. report().n_iterations counts
///             epochs of pretraining and updates; loss_history() has the mean loss of the updates
///             before each refresh.
/// Randomness  weights, noise, order and the starts of KMeans; equal seed, data and options give
///             equal bits, whatever n_threads is.
/// Threads     each product's output is cut into tiles, each computed by one thread. After fit, all
///             const members may be called from several threads.
/// Throws      std::invalid_argument for bad options, empty or non-finite X, n_clusters above the
///             number of samples, another number of features; NumericalError where the loss leaves
///             the range of numbers; NotFitted.
///
/// @code
/// unlabeled::DeepCluster<float> digits({.n_clusters = 10, .seed = 1});
/// const unlabeled::Labels labels = digits.fit_predict(X);
/// const Eigen::MatrixXf embedding = digits.transform(X);
/// @endcode
///
/// References: J. Xie, R. Girshick, A. Farhadi, "Unsupervised deep embedding for clustering
/// analysis", ICML 2016, arXiv 1511.06335; X. Guo et al., "Improved deep embedded clustering with
/// local structure preservation", IJCAI 2017, doi 10.24963/ijcai.2017/243.
template <Real S = double> class DeepCluster {
 public:
  using Scalar = S;
  using Options = DeepClusterOptions;
  using Model = DeepClusterModel<S>;

  explicit DeepCluster(Options options = {}) : options_(detail::checked(std::move(options))) {}
  /// The fitted estimator with this model.
  DeepCluster(Options options, Model model)
      : options_(detail::checked(std::move(options))),
        model_(detail::deep_cluster, detail::checked(std::move(model), options_)) {}

  /// Learn embedding, centres and labels from X.
  template <MatrixOf<S> X> DeepCluster& fit(const X& x) & {
    model_ = detail::fit_deep_cluster<S>(View<X>(x), options_);
    return *this;
  }
  template <MatrixOf<S> X> DeepCluster fit(const X& x) && { return std::move(fit(x)); }

  /// Learn from X and an autoencoder fitted to it, whose layers are taken as the start; encoder_sizes
  /// and the options of pretraining are not used, and X is taken in the scale it has.
  template <MatrixOf<S> X> DeepCluster& fit_from(const X& x, const Autoencoder<S>& autoencoder) & {
    const View<X> view(x);
    detail::check_training_data(detail::deep_cluster, view);
    detail::check_new_data(detail::deep_cluster, view, autoencoder.n_features());
    model_ = detail::fit_deep_cluster_from<S>(view, autoencoder.model(), options_);
    return *this;
  }
  template <MatrixOf<S> X> DeepCluster fit_from(const X& x, const Autoencoder<S>& autoencoder) && {
    return std::move(fit_from(x, autoencoder));
  }

  /// The cluster that each row of X belongs to most.
  template <MatrixOf<S> X> [[nodiscard]] Labels predict(const X& x) const {
    return memberships(View<X>(x)).labels;
  }

  template <MatrixOf<S> X> Labels fit_predict(const X& x) { return fit(x).labels(); }

  /// How much each row of X belongs to each cluster: q, n_samples x n_clusters, rows sum to 1.
  template <MatrixOf<S> X> [[nodiscard]] Matrix<S> predict_proba(const X& x) const {
    return memberships(View<X>(x)).q;
  }

  /// The embedding: n_samples x encoder_sizes.back().
  template <MatrixOf<S> X> [[nodiscard]] Matrix<S> transform(const X& x) const {
    const View<X> view(x);
    check(view);
    detail::Team team(options_.n_threads);
    return detail::outputs_of(team, detail::Samples<S>(view), model_->encoder);
  }

  template <MatrixOf<S> X> Matrix<S> fit_transform(const X& x) {
    DeepCluster fitted = DeepCluster(options_).fit(x);
    Matrix<S> z = fitted.transform(x);
    *this = std::move(fitted);  // now that nothing can fail
    return z;
  }

  [[nodiscard]] bool is_fitted() const { return static_cast<bool>(model_); }
  [[nodiscard]] const Options& options() const { return options_; }
  [[nodiscard]] const Model& model() const { return *model_; }
  [[nodiscard]] Index n_features() const { return model_->encoder.front().weights.rows(); }
  [[nodiscard]] const Matrix<S>& cluster_centers() const { return model_->cluster_centers; }
  [[nodiscard]] const Labels& labels() const { return model_->labels; }
  [[nodiscard]] const Vector<double>& loss_history() const { return model_->loss_history; }
  [[nodiscard]] const Report& report() const { return model_->report; }

 private:
  template <class V> void check(const V& x) const {
    detail::check_new_data(detail::deep_cluster, x, n_features());
  }

  template <class V> detail::Memberships<S> memberships(const V& x) const {
    check(x);
    detail::Team team(options_.n_threads);
    return detail::memberships_of(team, detail::Samples<S>(x), *model_,
                                  options_.degrees_of_freedom);
  }

  Options options_;
  Fitted<Model> model_{detail::deep_cluster};
};

static_assert(Clusterer<DeepCluster<float>, Matrix<float>>);
static_assert(Predictor<DeepCluster<double>, Matrix<double>>);
static_assert(Transformer<DeepCluster<float>, Matrix<float>>);

}  // namespace unlabeled
