// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "unlabeled/core/check.hpp"
#include "unlabeled/core/concepts.hpp"
#include "unlabeled/core/fitted.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/random.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/neural/detail/network_check.hpp"
#include "unlabeled/neural/detail/variational_fit.hpp"
#include "unlabeled/neural/variational_autoencoder_model.hpp"

namespace unlabeled {

namespace detail {

inline VariationalAutoencoderOptions checked(VariationalAutoencoderOptions options) {
  constexpr const char* owner = "VariationalAutoencoder";
  check_training_options(owner, options);
  check_option(is_finite(options.beta) && options.beta >= 0, owner, "beta", ">= 0 and finite",
               options.beta);
  return options;
}

template <Real S>
VariationalAutoencoderModel<S> checked(VariationalAutoencoderModel<S> model,
                                       const VariationalAutoencoderOptions& options) {
  constexpr const char* owner = "VariationalAutoencoder";
  std::vector<Index> widths = options.encoder_sizes;
  widths.insert(widths.begin(), model.encoder.empty() ? 0 : model.encoder[0].weights.rows());
  const std::vector<Index> back(widths.rbegin(), widths.rend());
  widths.back() *= 2;
  check_layers(owner, "model.encoder", model.encoder, widths);
  check_option(widths[0] >= 1, owner, "model.encoder[0].weights.rows()", ">= 1", widths[0]);
  check_layers(owner, "model.decoder", model.decoder, back);
  check_finite(owner, "model.loss_history", model.loss_history);
  check_finite(owner, "model.validation_history", model.validation_history);
  check_option(model.report.n_iterations >= 0, owner, "model.report.n_iterations", ">= 0",
               model.report.n_iterations);
  return model;
}

}  // namespace detail

/// Learns a distribution: samples come from a few normal numbers z by a network, and another
/// network tells which z a sample probably came from.
///
/// Maximises over both networks the mean over samples of the evidence lower bound
///     E_q(z|x) log p(x | z) - beta KL(q(z | x) || N(0, I)),
/// where the encoder gives the means and log variances of q, and the decoder the means of p: normal
/// with variance 1 for each feature (loss mean_squared), or Bernoulli (binary_cross_entropy). With
/// beta = 1 it bounds log p(x) from below. z is drawn once for each sample and epoch. With `noise`,
/// inputs are set to zero at random and the loss asks for the whole ones; with layerwise_pretraining,
/// pairs of layers first learn to restore what they are given, by their means alone.
///
/// Shapes      X is n_samples x n_features; latent dimensions are encoder_sizes.back().
/// Units       losses and elbo() are in nats per sample (sums over features).
/// Cost        an epoch takes 6 n P operations with P the number of weights, and as much again in
///             layerwise pretraining. Memory: 3 P numbers, and
///             2 batch_size times the sum of the widths; a row-major copy of X if it is column-major.
/// Stops       after n_epochs; earlier by `patience` (Stop::converged) or by the callback.
/// Randomness  weights, order and z; equal seed, data and options give equal bits, whatever n_threads
///             is. elbo() draws from a stream of its own, so it gives the same answer each time.
/// Threads     each product's output is cut into tiles, each computed by one thread. After fit, all
///             const members may be called from several threads.
/// Throws      std::invalid_argument for bad options, empty or non-finite X, values outside [0, 1]
///             with binary cross-entropy, another number of features; NumericalError where the loss
///             leaves the range of numbers; NotFitted.
///
/// @code
/// unlabeled::VariationalAutoencoder<float> digits({.loss = unlabeled::Loss::binary_cross_entropy});
/// digits.fit(X);
/// const Eigen::MatrixXf new_digits = digits.sample(10, 42);
/// @endcode
///
/// References: D. Kingma, M. Welling, "Auto-encoding variational Bayes", ICLR 2014, arXiv 1312.6114;
/// I. Higgins et al., "beta-VAE", ICLR 2017.
template <Real S = double> class VariationalAutoencoder {
 public:
  using Scalar = S;
  using Options = VariationalAutoencoderOptions;
  using Model = VariationalAutoencoderModel<S>;

  explicit VariationalAutoencoder(Options options = {})
      : options_(detail::checked(std::move(options))) {}
  /// The fitted estimator with this model.
  VariationalAutoencoder(Options options, Model model)
      : options_(detail::checked(std::move(options))),
        model_("VariationalAutoencoder", detail::checked(std::move(model), options_)) {}

  /// Learn both networks from X.
  template <MatrixOf<S> X> VariationalAutoencoder& fit(const X& x) & {
    model_ = detail::fit_variational_autoencoder<S>(View<X>(x), options_);
    return *this;
  }
  template <MatrixOf<S> X> VariationalAutoencoder fit(const X& x) && { return std::move(fit(x)); }

  /// Posterior means: n_samples x latent dimensions.
  template <MatrixOf<S> X> [[nodiscard]] Matrix<S> transform(const X& x) const {
    const View<X> view(x);
    check(view);
    return means(view);
  }

  /// What the decoder makes of latent values: the mean of each feature.
  template <MatrixOf<S> Z> [[nodiscard]] Matrix<S> inverse_transform(const Z& z) const {
    const View<Z> view(z);
    detail::check_code("VariationalAutoencoder", view, n_latent());
    return decoded(view);
  }

  template <MatrixOf<S> X> Matrix<S> fit_transform(const X& x) {
    VariationalAutoencoder fitted = VariationalAutoencoder(options_).fit(x);
    Matrix<S> z = fitted.transform(x);
    *this = std::move(fitted);  // now that nothing can fail
    return z;
  }

  /// What the decoder makes of the posterior means.
  template <MatrixOf<S> X> [[nodiscard]] Matrix<S> reconstruct(const X& x) const {
    return decoded(transform(x));
  }

  /// Means of n new samples: the decoder at normal z. Equal seeds give equal samples.
  [[nodiscard]] Matrix<S> sample(Index n_samples, std::uint64_t seed) const {
    detail::check_option(n_samples >= 0, "VariationalAutoencoder", "n_samples", ">= 0", n_samples);
    Rng rng(seed);
    RowMatrix<S> z(n_samples, n_latent());
    for (Index i = 0; i < z.rows(); ++i)
      for (Index k = 0; k < z.cols(); ++k) z(i, k) = static_cast<S>(rng.normal());
    return decoded(z);
  }

  /// The evidence lower bound with beta = 1, a mean over the samples of X, estimated with one z for
  /// each. X has at least one sample.
  template <MatrixOf<S> X> [[nodiscard]] double elbo(const X& x) const {
    const View<X> view(x);
    check(view);
    detail::check_training_data("VariationalAutoencoder", view);
    if (options_.loss == Loss::binary_cross_entropy)
      detail::check_probabilities("VariationalAutoencoder", view);
    detail::Team team(options_.n_threads);
    return detail::evidence_lower_bound(team, detail::Samples<S>(view), *model_, options_);
  }

  [[nodiscard]] bool is_fitted() const { return static_cast<bool>(model_); }
  [[nodiscard]] const Options& options() const { return options_; }
  [[nodiscard]] const Model& model() const { return *model_; }
  [[nodiscard]] Index n_features() const { return model_->encoder.front().weights.rows(); }
  [[nodiscard]] const Vector<double>& loss_history() const { return model_->loss_history; }
  [[nodiscard]] const Vector<double>& validation_history() const {
    return model_->validation_history;
  }
  [[nodiscard]] const Report& report() const { return model_->report; }

 private:
  [[nodiscard]] Index n_latent() const { return model_->decoder.front().weights.rows(); }

  template <class V> void check(const V& x) const {
    detail::check_new_data("VariationalAutoencoder", x, n_features());
  }

  template <class V> Matrix<S> means(const V& x) const {
    detail::Team team(options_.n_threads);
    const Matrix<S> posterior = detail::outputs_of(team, detail::Samples<S>(x), model_->encoder);
    return posterior.leftCols(n_latent());
  }

  template <class V> Matrix<S> decoded(const V& z) const {
    detail::Team team(options_.n_threads);
    return detail::outputs_of(team, detail::Samples<S>(z), model_->decoder);
  }

  Options options_;
  Fitted<Model> model_{"VariationalAutoencoder"};
};

static_assert(InvertibleTransformer<VariationalAutoencoder<double>, Matrix<double>>);
static_assert(Transformer<VariationalAutoencoder<float>, Matrix<float>>);

}  // namespace unlabeled
