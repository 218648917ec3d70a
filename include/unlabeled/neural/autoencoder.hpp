// SPDX-License-Identifier: MIT
#pragma once

#include <utility>
#include <vector>

#include "unlabeled/core/check.hpp"
#include "unlabeled/core/concepts.hpp"
#include "unlabeled/core/fitted.hpp"
#include "unlabeled/core/parallel.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/neural/autoencoder_model.hpp"
#include "unlabeled/neural/detail/autoencoder_fit.hpp"
#include "unlabeled/neural/detail/network_check.hpp"

namespace unlabeled {

namespace detail {

inline AutoencoderOptions checked(AutoencoderOptions options) {
  check_training_options("Autoencoder", options);
  return options;
}

template <Real S>
AutoencoderModel<S> checked(AutoencoderModel<S> model, const AutoencoderOptions& options) {
  constexpr const char* owner = "Autoencoder";
  std::vector<Index> widths = options.encoder_sizes;
  widths.insert(widths.begin(), model.encoder.empty() ? 0 : model.encoder[0].weights.rows());
  check_layers(owner, "model.encoder", model.encoder, widths);
  check_option(widths[0] >= 1, owner, "model.encoder[0].weights.rows()", ">= 1", widths[0]);
  const std::vector<Index> mirrored(widths.rbegin(), widths.rend());
  check_layers(owner, "model.decoder", model.decoder, mirrored);
  if (model.optimizer.n_steps > 0) {
    std::vector<Index> all = widths;
    all.insert(all.end(), mirrored.begin() + 1, mirrored.end());
    check_layers(owner, "model.optimizer.first_moments", model.optimizer.first_moments, all);
    check_layers(owner, "model.optimizer.second_moments", model.optimizer.second_moments, all);
    for (const DenseLayer<S>& moment : model.optimizer.second_moments)
      if ((moment.weights.array() < 0).any() || (moment.bias.array() < 0).any())
        refuse(owner, "model.optimizer.second_moments must be >= 0");
  }
  check_option(model.optimizer.n_steps >= 0, owner, "model.optimizer.n_steps", ">= 0",
               model.optimizer.n_steps);
  check_finite(owner, "model.loss_history", model.loss_history);
  check_finite(owner, "model.validation_history", model.validation_history);
  check_option(model.report.n_iterations >= 0, owner, "model.report.n_iterations", ">= 0",
               model.report.n_iterations);
  return model;
}

}  // namespace detail

/// Learns a short code from which samples can be restored: a network that narrows to the code and
/// widens again, trained to give back its input.
///
/// Finds weights that locally minimise the mean over samples and features of the loss between X and
/// decode(encode(X)). The encoder has the widths `encoder_sizes`, the decoder their mirror image;
/// hidden layers apply `activation`, the code is linear, the output applies `output_activation`.
/// Each epoch takes all samples in a new random order, in batches of batch_size; every batch moves
/// the weights by one step of the optimizer. With `noise`, inputs are set to zero at random and the
/// whole samples are to be restored. With `layerwise_pretraining`, each encoder layer first learns
/// for n_epochs with its mirror alone. With `patience`, the weights of the best validation loss are
/// kept. Scale the features first (StandardScaler, or to [0, 1] for binary cross-entropy).
///
/// Shapes      X is n_samples x n_features; the code n_samples x encoder_sizes.back().
/// Cost        an epoch takes 6 n P operations with P the number of weights, a transform 2 n P / 2.
///             Memory: 3 P numbers, and 2 batch_size times the sum of the widths; a row-major copy
///             of X if it is column-major.
/// Stops       after n_epochs; earlier by `patience` (Stop::converged) or by the callback. Epochs of
///             pretraining are iterations too, but stand in no history.
/// Randomness  weights, order and noise; equal seed, data and options give equal bits, whatever
///             n_threads is.
/// Threads     each product's output is cut into tiles, each computed by one thread. After fit, all
///             const members may be called from several threads.
/// Throws      std::invalid_argument for bad options, empty or non-finite X, values outside [0, 1]
///             with binary cross-entropy, another number of features; NumericalError where the loss
///             leaves the range of numbers; NotFitted.
///
/// @code
/// const auto autoencoder = unlabeled::Autoencoder<float>({.encoder_sizes = {128, 16}}).fit(X);
/// const Eigen::MatrixXf code = autoencoder.transform(X);
/// const Eigen::VectorXf strange = autoencoder.reconstruction_error(new_samples);
/// @endcode
///
/// References: G. Hinton, R. Salakhutdinov, "Reducing the dimensionality of data with neural
/// networks", Science 313, 2006, doi 10.1126/science.1127647; P. Vincent et al., "Stacked denoising
/// autoencoders", JMLR 11, 2010; D. Kingma, J. Ba, "Adam", ICLR 2015, arXiv 1412.6980.
template <Real S = double> class Autoencoder {
 public:
  using Scalar = S;
  using Options = AutoencoderOptions;
  using Model = AutoencoderModel<S>;

  explicit Autoencoder(Options options = {}) : options_(detail::checked(std::move(options))) {}
  /// The fitted estimator with this model.
  Autoencoder(Options options, Model model)
      : options_(detail::checked(std::move(options))),
        model_("Autoencoder", detail::checked(std::move(model), options_)) {}

  /// Learn weights from X.
  template <MatrixOf<S> X> Autoencoder& fit(const X& x) & {
    model_ = detail::fit_autoencoder<S>(View<X>(x), options_);
    return *this;
  }
  template <MatrixOf<S> X> Autoencoder fit(const X& x) && { return std::move(fit(x)); }

  /// One epoch over X at the full learning rate; the optimizer goes on where the last partial_fit
  /// stopped. No sample is kept for validation.
  template <MatrixOf<S> X> Autoencoder& partial_fit(const X& x) & {
    return partial_fit_checked(View<X>(x));
  }
  template <MatrixOf<S> X> Autoencoder partial_fit(const X& x) && {
    return std::move(partial_fit(x));
  }

  /// Encode: n_samples x encoder_sizes.back().
  template <MatrixOf<S> X> [[nodiscard]] Matrix<S> transform(const X& x) const {
    const View<X> view(x);
    check(view);
    return outputs(view, model_->encoder);
  }

  /// Decode: from codes to n_samples x n_features.
  template <MatrixOf<S> Z> [[nodiscard]] Matrix<S> inverse_transform(const Z& z) const {
    const View<Z> view(z);
    detail::check_code("Autoencoder", view, model_->decoder.front().weights.rows());
    return outputs(view, model_->decoder);
  }

  template <MatrixOf<S> X> Matrix<S> fit_transform(const X& x) {
    Autoencoder fitted = Autoencoder(options_).fit(x);
    Matrix<S> z = fitted.transform(x);
    *this = std::move(fitted);  // now that nothing can fail
    return z;
  }

  /// What is left of X after encoding and decoding.
  template <MatrixOf<S> X> [[nodiscard]] Matrix<S> reconstruct(const X& x) const {
    const View<X> view(x);
    check(view);
    return outputs(view, detail::all_layers(*model_));
  }

  /// Mean squared error of each sample's features (whatever the loss is): a score of how unlike the
  /// training samples it is.
  template <MatrixOf<S> X> [[nodiscard]] Vector<S> reconstruction_error(const X& x) const {
    const View<X> view(x);
    check(view);
    detail::Team team(options_.n_threads);
    return detail::reconstruction_errors(team, detail::Samples<S>(view),
                                         detail::all_layers(*model_));
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
  template <class V> void check(const V& x) const {
    detail::check_new_data("Autoencoder", x, n_features());
  }

  template <class V> Matrix<S> outputs(const V& x, const std::vector<DenseLayer<S>>& layers) const {
    detail::Team team(options_.n_threads);
    return detail::outputs_of(team, detail::Samples<S>(x), layers);
  }

  template <class V> Autoencoder& partial_fit_checked(const V& x) {
    detail::check_training_data("Autoencoder", x);
    if (is_fitted()) check(x);
    model_ = detail::partial_fit_autoencoder<S>(
        x, is_fitted() ? *model_ : detail::initial_autoencoder<S>(x.cols(), options_), options_);
    return *this;
  }

  Options options_;
  Fitted<Model> model_{"Autoencoder"};
};

static_assert(InvertibleTransformer<Autoencoder<float>, Matrix<float>>);
static_assert(IncrementalEstimator<Autoencoder<double>, Matrix<double>>);

}  // namespace unlabeled
