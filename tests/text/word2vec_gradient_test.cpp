// SPDX-License-Identifier: MIT
// What one step changes, against finite differences of its loss and against the full softmax.

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "support/catch.hpp"
#include "support/data.hpp"
#include "unlabeled/text/detail/window_plan.hpp"
#include "unlabeled/text/detail/window_step.hpp"

using namespace unlabeled;
using namespace unlabeled::detail;

namespace {

using Objective = Word2VecObjective;
using Architecture = Word2VecArchitecture;

Vocabulary vocabulary_of(Index n_words) {
  std::vector<std::string> words;
  std::vector<Index> counts;
  for (Index i = 0; i < n_words; ++i) {
    words.push_back(std::string(1, static_cast<char>('a' + i)));
    counts.push_back(10 * (n_words - i));
  }
  return {words, counts};
}

/// A sentence of which all windows are planned, and weights drawn at random.
struct Setting {
  explicit Setting(const Word2VecOptions& chosen, Index n_words = 7, Index n_columns = 5)
      : options(chosen),
        vocabulary(vocabulary_of(n_words)),
        tree(chosen.objective == Objective::hierarchical_softmax ? huffman_tree(vocabulary.counts())
                                                                 : Eigen::VectorXi()),
        rules(options, vocabulary, tree),
        rows{SharedRows<double>(random_matrix<double>(n_words, n_columns, 1)),
             SharedRows<double>(
                 random_matrix<double>(tree.size() > 0 ? n_words - 1 : n_words, n_columns, 2)),
             {}},
        step(rules, rows.inputs.length()),
        changes(WindowStep<double>::most_changes(rules, rows.inputs.length())) {}

  std::vector<WindowPlan<double>> plans(const std::vector<std::int32_t>& sentence) {
    WindowPlanner<double> planner(rules);
    planner.start({sentence.data(), static_cast<Index>(sentence.size()), 0, 1}, {1, 1, 0, 1}, 3);
    std::vector<WindowPlan<double>> all;
    for (WindowPlan<double> plan; planner.next(plan);) all.push_back(plan);
    return all;
  }

  double loss(const WindowPlan<double>& plan) { return step.compute(plan, rows, changes.data()); }

  /// The rows after the step minus those before.
  RowMatrix<double> change(const WindowPlan<double>& plan, SharedRows<double>& of) {
    const TrainedRows<double> before = rows;
    loss(plan);
    apply(plan, changes.data(), 0, 1, rows);
    const RowMatrix<double> after = of.values();
    rows = before;
    return after - of.values();
  }

  /// Minus the derivatives of the loss.
  RowMatrix<double> descent(const WindowPlan<double>& plan, SharedRows<double>& of) {
    RowMatrix<double> slopes(of.values().rows(), of.values().cols());
    constexpr double h = 1e-5;
    for (Index i = 0; i < slopes.rows(); ++i)
      for (Index j = 0; j < slopes.cols(); ++j) {
        double& value = of.row(i)[j];
        const double before = value;
        value = before + h;
        const double above = loss(plan);
        value = before - h;
        slopes(i, j) = (loss(plan) - above) / (2 * h);
        value = before;
      }
    return slopes;
  }

  Word2VecOptions options;
  Vocabulary vocabulary;
  Eigen::VectorXi tree;
  WindowRules rules;
  TrainedRows<double> rows;
  WindowStep<double> step;
  Vector<double> changes;
};

const std::vector<std::int32_t> sentence = {0, 3, 1, 1, 5, 2, 6, 4, 0, -1, 2, 1, -1, 3, -1};

double probability(const TrainedRows<double>& rows, Index input, Index target) {
  const RowMatrix<double> v = rows.outputs.values();
  const Vector<double> scores = v * rows.inputs.values().row(input).transpose();
  return std::exp(scores[target]) / scores.array().exp().sum();
}

}  // namespace

TEST_CASE("a step follows the gradient of its loss") {
  Setting setting({.window = 3,
                   .architecture = GENERATE(Architecture::skip_gram, Architecture::cbow),
                   .objective = GENERATE(Objective::negative_sampling,
                                         Objective::hierarchical_softmax, Objective::softmax),
                   .n_negative = GENERATE(3, 11),
                   .subsample = 0});
  const auto plans = setting.plans(sentence);
  REQUIRE(plans.size() >= 4);
  for (const auto& plan : plans) {
    const RowMatrix<double> inputs = setting.descent(plan, setting.rows.inputs);
    const RowMatrix<double> outputs = setting.descent(plan, setting.rows.outputs);
    CHECK(inputs.norm() > 1e-3);
    CHECK((setting.change(plan, setting.rows.inputs) - inputs).norm() < 1e-7 * inputs.norm());
    CHECK((setting.change(plan, setting.rows.outputs) - outputs).norm() < 1e-7 * outputs.norm());
  }
}

TEST_CASE("the loss is that of the definition") {
  Setting setting({.window = 1, .objective = Objective::softmax, .subsample = 0});
  double expected = 0, found = 0;
  for (const auto& plan : setting.plans({0, 3, 1, -1})) found += setting.loss(plan);
  for (const auto& [input, target] : {std::pair{3, 0}, {0, 3}, {1, 3}, {3, 1}})
    expected -= std::log(probability(setting.rows, input, target));
  CHECK(found == Approx(expected));
}

TEST_CASE("with two words the tree's softmax is the full softmax of a difference") {
  // Over two words p(0) = s((v_0 - v_1) u): one node whose weights are that difference.
  Setting tree({.window = 1, .objective = Objective::hierarchical_softmax, .subsample = 0}, 2);
  Setting full({.window = 1, .objective = Objective::softmax, .subsample = 0}, 2);
  const int branch = tree.tree[0] % 2;  // 0: the node's weights argue for word 0
  for (Index j = 0; j < 5; ++j) {
    const double difference = full.rows.outputs.row(0)[j] - full.rows.outputs.row(1)[j];
    tree.rows.outputs.row(0)[j] = branch == 0 ? difference : -difference;
    for (Index i = 0; i < 2; ++i) tree.rows.inputs.row(i)[j] = full.rows.inputs.row(i)[j];
  }
  const auto tree_plans = tree.plans({0, 1, 1, -1}), full_plans = full.plans({0, 1, 1, -1});
  REQUIRE(tree_plans.size() == full_plans.size());
  for (std::size_t i = 0; i < full_plans.size(); ++i) {
    CHECK(tree.loss(tree_plans[i]) == Approx(full.loss(full_plans[i])));
    CHECK((tree.change(tree_plans[i], tree.rows.inputs) -
           full.change(full_plans[i], full.rows.inputs))
              .norm() < 1e-12);
  }
}

TEST_CASE("the probabilities of a tree's words sum to one") {
  Setting setting({.objective = Objective::hierarchical_softmax});
  const Vector<double> u = random_matrix<double>(5, 1, 4);
  double sum = 0;
  for (std::size_t word = 0; word < 7; ++word) {
    double p = 1;
    for (Index k = setting.rules.paths.begins[word]; k < setting.rules.paths.begins[word + 1];
         ++k) {
      const int step = setting.rules.paths.steps[static_cast<std::size_t>(k)];
      const Eigen::Map<Vector<double>> node(setting.rows.outputs.row(step / 2), 5);
      p /= 1 + std::exp(step % 2 == 0 ? -node.dot(u) : node.dot(u));
    }
    sum += p;
  }
  CHECK(sum == Approx(1));
}

TEST_CASE("negative sampling counts each prediction with n_negative noise words, never its own") {
  Setting setting({.window = 2, .n_negative = 6, .subsample = 0, .negative_exponent = 0});
  Index n_predictions = 0;
  double right = 0, wrong = 0, own = 0;
  std::vector<std::int32_t> text;
  for (int i = 0; i < 4000; ++i) text.push_back(i % 7);
  text.push_back(-1);
  for (const auto& plan : setting.plans(text)) {
    n_predictions += plan.n_predictions;
    for (Index i = 0; i < plan.grid.n_inputs; ++i)
      for (Index o = 0; o < plan.grid.n_outputs; ++o) {
        const double weight =
            plan.weights[static_cast<std::size_t>(plan.grid.row(i) + PairGrid::column(o))];
        (weight > 0 ? right : wrong) += weight;
        if (o > 0 && plan.outputs[static_cast<std::size_t>(o)] == plan.outputs[0])
          own += std::abs(weight);
      }
  }
  CHECK(right == Approx(n_predictions));
  // One noise word in seven is the word itself.
  CHECK(-wrong == Approx(6.0 * 6 / 7 * static_cast<double>(n_predictions)).epsilon(0.05));
  CHECK(own == 0);
}

TEST_CASE("many negative samples lead where the full softmax leads") {
  // Both are at rest where exp(v u) is in proportion to how often o is right beside i, here against
  // how often it is wrong.
  Setting setting({.window = 1, .n_negative = 400, .subsample = 0, .negative_exponent = 0}, 3, 4);
  std::vector<std::int32_t> text;
  for (int i = 0; i < 400; ++i) text.insert(text.end(), {0, i % 4 == 0 ? 2 : 1, -1});
  setting.rows.inputs = SharedRows<double>(0.1 * random_matrix<double>(3, 4, 5));
  setting.rows.outputs = SharedRows<double>(3, 4);
  for (int pass = 0; pass < 20; ++pass)
    for (const auto& plan : setting.plans(text)) {
      setting.loss(plan);
      setting.changes *= 0.005;
      apply(plan, setting.changes.data(), 0, 1, setting.rows);
    }
  // The word 0 has beside it the word 1 three times of four, else the word 2: they are right 3 : 1.
  // Noise that is the very word does not count, so they are wrong 1 : 3.
  CHECK(probability(setting.rows, 0, 1) / probability(setting.rows, 0, 2) ==
        Approx(9).epsilon(0.1));
}

TEST_CASE("windows and dropped words have the shares they should have") {
  Setting setting({.window = 4, .n_negative = 1, .subsample = 0.02}, 5);
  // Words 0 to 4 have shares 5/15, …, 1/15 of the vocabulary's counts.
  std::vector<std::int32_t> text;
  std::map<std::int32_t, double> centers;
  constexpr int n_sentences = 4000;
  for (int i = 0; i < n_sentences; ++i) {
    for (std::int32_t word = 0; word < 5; ++word) text.insert(text.end(), {word, word});
    text.push_back(-1);
  }
  for (const auto& plan : setting.plans(text)) ++centers[plan.outputs[0]];
  for (std::int32_t word = 0; word < 5; ++word) {
    const double ratio = 0.02 / ((5.0 - word) / 15);
    CHECK(centers[word] / (2 * n_sentences) == Approx(std::sqrt(ratio) + ratio).epsilon(0.06));
  }
  Setting whole({.window = 4, .n_negative = 1, .subsample = 0}, 5);
  std::vector<std::int32_t> line;
  for (int i = 0; i < 20000; ++i) line.push_back(i % 5);
  line.push_back(-1);
  Index n_predictions = 0;
  for (const auto& plan : whole.plans(line)) n_predictions += plan.n_predictions;
  CHECK(static_cast<double>(n_predictions) / 20000 == Approx(2 * 2.5).epsilon(0.02));
}

TEST_CASE("the learning rate falls from word to word, inside of a sentence too") {
  Setting setting({.window = 2, .subsample = 0});
  std::vector<std::int32_t> text;
  for (int i = 0; i < 1000; ++i) text.push_back(i % 7);
  text.push_back(-1);
  const auto rates = [&](const std::vector<std::int32_t>& entries, const LearningRate& rate) {
    WindowPlanner<double> planner(setting.rules);
    const auto size = static_cast<Index>(entries.size());
    planner.start({entries.data(), size, 0, 1000}, rate, 3);
    std::vector<double> all;
    for (WindowPlan<double> plan; planner.next(plan);) all.push_back(plan.learning_rate);
    return all;
  };
  const std::vector<double> one_sentence = rates(text, {0.5, 0.1, 0, 1000});
  REQUIRE(one_sentence.size() == 1000);
  CHECK(one_sentence.front() == 0.5);
  CHECK(one_sentence[500] == Approx(0.3).epsilon(0.01));
  CHECK(one_sentence.back() == Approx(0.1).epsilon(0.01));
  CHECK(one_sentence.back() > 0.1);
  text.insert(text.begin() + 600, -1);
  const std::vector<double> two_sentences = rates(text, {0.5, 0.1, 0, 1000});
  REQUIRE(two_sentences.size() == 1000);
  for (std::size_t i = 0; i < 1000; ++i)
    CHECK(two_sentences[i] == Approx(one_sentence[i]).epsilon(0.01));
  CHECK(rates(text, {0.5, 0.1, 1000, 2000}).front() == Approx(0.3));  // in the second of two epochs
}

TEST_CASE(
    "a noise word's greatest probability and a word's greatest share are those of the counts") {
  const Setting setting({.subsample = 0});  // counts 70, 60, ... 10
  CHECK(setting.rules.greatest_share == Approx(70.0 / 280));
  double sum = 0;
  for (int count = 10; count <= 70; count += 10) sum += std::pow(count, 0.75);
  CHECK(setting.rules.greatest_noise == Approx(std::pow(70, 0.75) / sum));
  CHECK(Setting({.subsample = 1e-30}).rules.greatest_share == 1);
}
