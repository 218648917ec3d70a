// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "unlabeled/core/check.hpp"
#include "unlabeled/core/errors.hpp"
#include "unlabeled/core/report.hpp"
#include "unlabeled/core/types.hpp"
#include "unlabeled/neural/detail/batches.hpp"
#include "unlabeled/neural/detail/optimizer.hpp"

// The course of a training, whatever is trained.

namespace unlabeled::detail {

[[noreturn]] inline void refuse_divergence(const char* owner, Index epoch,
                                           const char* rate = "learning_rate") {
  throw NumericalError(std::string(owner) + ": the loss is not finite in epoch " + printed(epoch) +
                       "; lower " + rate + ", or scale the features");
}

/// Tells the callback of each epoch, whichever network it belongs to.
class EpochLog {
 public:
  EpochLog(const char* owner, const OnIteration& on_epoch, Index total)
      : owner_(owner), on_epoch_(on_epoch), total_(total) {}

  /// The option to lower from now on where the loss grows beyond all bounds.
  void set_rate(const char* option) { rate_ = option; }

  [[nodiscard]] Index n_epochs() const { return index_; }
  [[nodiscard]] bool goes_on() const { return goes_on_; }
  [[nodiscard]] double latest_loss() const { return latest_loss_; }

  /// The loss of the epoch that is going on, if it is a number to go on with.
  [[nodiscard]] double checked(double loss) const {
    if (!is_finite(loss)) refuse_divergence(owner_, index_, rate_);
    return loss;
  }

  /// False when the callback wants the fit to end.
  bool add(double loss) { return add(loss, latest_loss_ - loss); }

  /// The same for what is stopped by another change than that of the loss.
  bool add(double loss, double change) {
    const Iteration epoch{index_, total_, checked(loss), change};
    ++index_;
    latest_loss_ = loss;
    goes_on_ = !on_epoch_ || on_epoch_(epoch);
    return goes_on_;
  }

 private:
  const char* owner_;
  const char* rate_ = "learning_rate";
  const OnIteration& on_epoch_;
  Index total_;
  Index index_ = 0;
  double latest_loss_ = std::numeric_limits<double>::infinity();
  bool goes_on_ = true;
};

/// The samples that train and those that only judge.
struct Split {
  std::vector<Index> training;
  std::vector<Index> validation;
};
inline Split split_samples(const char* owner, Index n_samples, double validation_fraction,
                           std::uint64_t seed) {
  Split split{shuffled(n_samples, network_rng(seed, NetworkStream::split)), {}};
  const double share = validation_fraction * static_cast<double>(n_samples);
  // A share above 0 asks for at least one sample to judge by.
  const Index n_validation =
      std::max<Index>(static_cast<Index>(std::llround(share)), validation_fraction > 0 ? 1 : 0);
  const Index n_training = n_samples - n_validation;
  if (n_training < 1)
    refuse(owner, "validation_fraction must leave a sample to train with, got " +
                      printed(validation_fraction) + " of " + printed(n_samples) + " samples");
  split.validation.assign(split.training.begin() + n_training, split.training.end());
  split.training.resize(static_cast<std::size_t>(n_training));
  return split;
}

struct EpochHistory {
  Vector<double> losses;
  Vector<double> validation;
  Stop stop = Stop::max_iterations;
};

/// epoch(number, learning rate) -> its loss, until the epochs are used up, validation_loss() has not
/// fallen for `patience` epochs, or the callback has enough. keep() is to remember the weights: the
/// best ones with patience, else the last.
template <class Options, class Epoch, class ValidationLoss, class Keep>
EpochHistory run_epochs(const Options& options, bool validates, EpochLog& log, Epoch&& epoch,
                        ValidationLoss&& validation_loss, Keep&& keep) {
  EpochHistory history;
  std::vector<double> losses, validation;
  double best = std::numeric_limits<double>::infinity();
  Index since_best = 0;
  if (!log.goes_on()) history.stop = Stop::callback;
  for (Index e = 0; e < options.n_epochs && history.stop == Stop::max_iterations; ++e) {
    const double rate =
        scheduled_rate(options.schedule, options.learning_rate, e, options.n_epochs);
    losses.push_back(epoch(log.n_epochs(), rate));
    if (validates) validation.push_back(log.checked(validation_loss()));
    if (options.patience > 0) {
      const bool better = validation.back() < best;
      if (better) best = validation.back(), keep();
      since_best = better ? 0 : since_best + 1;
      if (since_best == options.patience) history.stop = Stop::converged;
    }
    if (!log.add(losses.back())) history.stop = Stop::callback;
  }
  if (options.patience == 0) keep();
  history.losses = Eigen::Map<Vector<double>>(losses.data(), static_cast<Index>(losses.size()));
  history.validation =
      Eigen::Map<Vector<double>>(validation.data(), static_cast<Index>(validation.size()));
  return history;
}

}  // namespace unlabeled::detail
