// SPDX-License-Identifier: MIT
#include "unlabeled/neural/detail/network.hpp"

#include <cmath>
#include <vector>

#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/reference.hpp"
#include "support/tolerance.hpp"
#include "unlabeled/neural/detail/layers.hpp"

using namespace unlabeled;
using namespace unlabeled::detail;

namespace {

constexpr Activation activations[] = {Activation::linear, Activation::relu, Activation::tanh,
                                      Activation::sigmoid, Activation::softplus};

double function(Activation activation, double a) {
  switch (activation) {
    case Activation::relu:
      return a > 0 ? a : 0;
    case Activation::tanh:
      return std::tanh(a);
    case Activation::sigmoid:
      return 1 / (1 + std::exp(-a));
    case Activation::softplus:
      return a > 0 ? a + std::log1p(std::exp(-a)) : std::log1p(std::exp(a));
    default:
      return a;
  }
}

/// Layers by the textbook, in double.
Matrix<double> plain_outputs(Matrix<double> x, const std::vector<DenseLayer<double>>& layers) {
  for (const DenseLayer<double>& layer : layers) {
    x = (x * layer.weights).rowwise() + layer.bias.transpose();
    x = x.unaryExpr([&](double a) { return function(layer.activation, a); }).eval();
  }
  return x;
}

double plain_loss(Loss loss, const Matrix<double>& x,
                  const std::vector<DenseLayer<double>>& layers) {
  const Matrix<double> y = plain_outputs(x, layers);
  if (loss == Loss::mean_squared) return (y - x).array().square().mean();
  return -(x.array() * y.array().log() + (1 - x.array()) * (1 - y.array()).log()).mean();
}

std::vector<DenseLayer<double>> random_layers(const std::vector<Index>& widths, Activation hidden,
                                              Activation last) {
  Rng rng(3);
  std::vector<DenseLayer<double>> layers = initial_layers<double>(widths, hidden, last, rng);
  for (DenseLayer<double>& layer : layers)
    for (double& b : layer.bias) b = rng.normal(0, 0.3);
  return layers;
}

template <Real S> void fill(RowBuffer<S>& buffer, const Matrix<double>& x) {
  buffer.top(x.rows()) = x.cast<S>();
}

/// Loss and gradient: one step of plain SGD at rate 1 moves the weights by minus the gradient.
struct Gradient {
  double loss;
  std::vector<DenseLayer<double>> by_layer;
};
Gradient gradient_of(Loss loss, const Matrix<double>& x,
                     const std::vector<DenseLayer<double>>& layers, int n_threads = 1) {
  Team team(n_threads);
  Network<double> network(layers, x.rows(), {Optimizer::sgd, 0, 0}, team);
  RowBuffer<double> target(x.rows(), x.cols());
  fill(network.input(), x);
  fill(target, x);
  network.forward(team, x.rows());
  Gradient gradient{blame(team, loss, target, x.rows(), network), layers};
  network.step(team, x.rows(), 1);
  const std::vector<DenseLayer<double>> moved = network.learned();
  for (std::size_t l = 0; l < layers.size(); ++l) {
    gradient.by_layer[l].weights -= moved[l].weights;
    gradient.by_layer[l].bias -= moved[l].bias;
  }
  return gradient;
}

}  // namespace

TEST_CASE("Activations and their derivatives follow their definitions") {
  constexpr Index lanes = tile_lanes<double>;
  for (const Activation activation : activations)
    for (double center : {-700.0, -30.0, -2.0, 0.0, 2.0, 30.0, 700.0}) {
      double values[lanes], slopes[lanes], inputs[lanes];
      for (Index i = 0; i < lanes; ++i)
        inputs[i] = values[i] = center + 0.37 * (static_cast<double>(i) + 0.5);
      activate(activation, values);
      for (Index i = 0; i < lanes; ++i) slopes[i] = 2;
      multiply_by_derivative(activation, static_cast<const double*>(values), slopes);
      for (Index i = 0; i < lanes; ++i) {
        INFO("activation " << int(activation) << " at " << inputs[i]);
        const double expected = function(activation, inputs[i]);
        CHECK(std::abs(values[i] - expected) <= 1e-14 * (1 + std::abs(expected)));
        const double h = 1e-5;
        const double slope =
            (function(activation, inputs[i] + h) - function(activation, inputs[i] - h)) / (2 * h);
        CHECK(slopes[i] == Approx(2 * slope).margin(1e-8));
      }
    }
}

TEST_CASE("Gradients equal finite differences for every activation and loss") {
  const Matrix<double> x =
      (random_matrix<double>(11, 6, 1).array() * 0.2 + 0.5).min(0.95).max(0.05);
  for (const Activation activation : activations)
    for (const Loss loss : {Loss::mean_squared, Loss::binary_cross_entropy}) {
      const Activation last =
          loss == Loss::binary_cross_entropy ? Activation::sigmoid : Activation::tanh;
      std::vector<DenseLayer<double>> layers = random_layers({6, 9, 4, 6}, activation, last);
      const Gradient gradient = gradient_of(loss, x, layers);
      CHECK(gradient.loss == Approx(plain_loss(loss, x, layers)).epsilon(1e-12));
      for (std::size_t l = 0; l < layers.size(); ++l) {
        auto check = [&](double& parameter, double found) {
          const double kept = parameter, h = 1e-5;
          parameter = kept + h;
          const double above = plain_loss(loss, x, layers);
          parameter = kept - h;
          const double below = plain_loss(loss, x, layers);
          parameter = kept;
          INFO("activation " << int(activation) << ", loss " << int(loss) << ", layer " << l);
          CHECK(found == Approx((above - below) / (2 * h)).epsilon(1e-6).margin(1e-9));
        };
        for (Index i = 0; i < layers[l].weights.rows(); ++i)
          check(layers[l].weights(i, i % layers[l].weights.cols()),
                gradient.by_layer[l].weights(i, i % layers[l].weights.cols()));
        for (Index j = 0; j < layers[l].bias.size(); ++j)
          check(layers[l].bias(j), gradient.by_layer[l].bias(j));
      }
    }
}

TEST_CASE("Every last layer has the gradient of its own activation") {
  const Matrix<double> x = random_matrix<double>(7, 5, 2);
  for (const Activation last : activations) {
    std::vector<DenseLayer<double>> layers = random_layers({5, 3, 5}, Activation::tanh, last);
    const Gradient gradient = gradient_of(Loss::mean_squared, x, layers);
    double& weight = layers[1].weights(2, 3);
    const double kept = weight, h = 1e-5;
    weight = kept + h;
    const double above = plain_loss(Loss::mean_squared, x, layers);
    weight = kept - h;
    const double below = plain_loss(Loss::mean_squared, x, layers);
    INFO("activation " << int(last));
    CHECK(gradient.by_layer[1].weights(2, 3) ==
          Approx((above - below) / (2 * h)).epsilon(1e-6).margin(1e-9));
  }
}

TEST_CASE("Layers of any width and batches of any size give what the textbook gives") {
  for (const Index width : {1, 2, 15, 16, 17, 31, 32, 33, 65, 130})
    for (const Index n : {1, 5, 12, 13, 97}) {
      const auto layers =
          random_layers({width, width + 3, 2, width}, Activation::softplus, Activation::linear);
      const Matrix<double> x = random_matrix<double>(n, width, 4);
      Team team(2);
      CHECK(relative_error(outputs_of(team, Samples<double>(x), layers), plain_outputs(x, layers)) <
            1e-13);
    }
}

TEST_CASE("Any number of threads gives the same bits") {
  const Matrix<double> x = random_matrix<double>(200, 120, 5);
  const auto layers = random_layers({120, 90, 40, 120}, Activation::relu, Activation::linear);
  const Gradient alone = gradient_of(Loss::mean_squared, x, layers, 1);
  for (const int n_threads : {2, 3, 5}) {
    const Gradient team = gradient_of(Loss::mean_squared, x, layers, n_threads);
    CHECK(team.loss == alone.loss);
    for (std::size_t l = 0; l < layers.size(); ++l) {
      CHECK((team.by_layer[l].weights.array() == alone.by_layer[l].weights.array()).all());
      CHECK((team.by_layer[l].bias.array() == alone.by_layer[l].bias.array()).all());
    }
  }
}

namespace {

/// Losses of 20 steps as make_network.py takes them.
template <Real S>
Vector<double> trajectory(Activation activation, Loss loss, Optimizer optimizer, double decay) {
  const Index widths[] = {7, 5, 3, 5, 7}, n_samples = 40, batch = 16;
  const bool entropy = loss == Loss::binary_cross_entropy;
  std::vector<DenseLayer<S>> layers;
  for (Index l = 0; l < 4; ++l) {
    DenseLayer<S> layer{Matrix<S>(widths[l], widths[l + 1]), Vector<S>(widths[l + 1]), activation};
    for (Index j = 0; j < widths[l + 1]; ++j) {
      for (Index i = 0; i < widths[l]; ++i)
        layer.weights(i, j) =
            static_cast<S>(0.6 * std::sin(1 + 2.3 * double(i) + 1.7 * double(j) + 0.9 * double(l)));
      layer.bias(j) = static_cast<S>(0.1 * std::cos(double(j + l)));
    }
    if (l == 3) layer.activation = entropy ? Activation::sigmoid : Activation::linear;
    layers.push_back(layer);
  }
  Team team(1);
  Network<S> network(layers, batch, {optimizer, 0.9, decay}, team);
  Vector<double> losses(20);
  for (Index step = 0; step < losses.size(); ++step) {
    const Index begin = step * batch % n_samples, n = std::min(batch, n_samples - begin);
    for (Index i = 0; i < n; ++i)
      for (Index j = 0; j < 7; ++j) {
        const double row = double(begin + i), column = double(j);
        network.input().row(i)[j] =
            static_cast<S>(0.5 + 0.4 * std::sin(0.7 * row + 1.1 * column + 0.05 * row * column));
      }
    network.forward(team, n);
    losses[step] = blame(team, loss, network.input(), n, network);
    network.step(team, n, optimizer == Optimizer::adam ? 0.01 : 0.1);
  }
  return losses;
}

}  // namespace

TEMPLATE_TEST_CASE("Training follows PyTorch step by step", "", float, double) {
  const Matrix<double> expected = reference::read("network/losses.csv");
  const double limit = sizeof(TestType) == 4 ? 1e-5 : 1e-10;
  Index row = 0;
  for (const Activation activation : activations)
    for (const Loss loss : {Loss::mean_squared, Loss::binary_cross_entropy})
      for (const Optimizer optimizer : {Optimizer::adam, Optimizer::sgd})
        for (const double decay : {0.0, 0.01}) {
          const Vector<double> found = trajectory<TestType>(activation, loss, optimizer, decay);
          INFO("row " << row << "\n" << found.transpose() << "\n" << expected.row(row));
          CHECK((found.transpose() - expected.row(row)).cwiseAbs().maxCoeff() < limit);
          ++row;
        }
  CHECK(row == expected.rows());
}

TEST_CASE("Learning rates follow their schedules") {
  using Schedule = LearningRateSchedule;
  CHECK(scheduled_rate(Schedule::constant, 0.1, 7, 9) == 0.1);
  CHECK(scheduled_rate(Schedule::step, 0.1, 2, 9) == 0.1);
  CHECK(scheduled_rate(Schedule::step, 0.1, 3, 9) == Approx(0.01));
  CHECK(scheduled_rate(Schedule::step, 0.1, 8, 9) == Approx(0.001));
  CHECK(scheduled_rate(Schedule::cosine, 0.1, 0, 10) == Approx(0.1));
  CHECK(scheduled_rate(Schedule::cosine, 0.1, 5, 10) == Approx(0.05));
  CHECK(scheduled_rate(Schedule::cosine, 0.1, 9, 10) > 0);
}

TEMPLATE_TEST_CASE("Moments do not linger as denormal numbers", "", float, double) {
  const OptimizerStep<TestType> step({Optimizer::adam, 0.9, 0}, 1e-3, 1000);
  constexpr Index n = packet_size<TestType>;
  TestType gradient[n] = {}, weights[n] = {}, first[n], second[n];
  for (Index i = 0; i < n; ++i) first[i] = second[i] = TestType(1e-30);
  first[0] = TestType(-1e-30);
  step(gradient, n, weights, first, second);
  for (Index i = 0; i < n; ++i) {
    CHECK(first[i] == 0);
    CHECK(second[i] == 0);
  }
}
