// SPDX-License-Identifier: MIT
#include "support/instances/agglomerative.hpp"

#include <limits>

#include "contract/answers.hpp"

namespace {

using namespace unlabeled;

struct Subject {
  static constexpr const char* name = "Agglomerative";
  static constexpr const char* refuses_data = "Agglomerative";
  static constexpr Index n_many = 3000;

  template <Real S> static Agglomerative<S> make(const Settings& settings) {
    return Agglomerative<S>({.n_clusters = 4, .n_threads = settings.n_threads});
  }
  template <class E, class Use> static void accessors(const E& hierarchy, Use use) {
    use([&] { return hierarchy.labels(); });
    use([&] { return hierarchy.n_clusters(); });
    use([&] { return hierarchy.linkage_matrix(); });
    use([&] { return hierarchy.cut(7); });
    use([&] { return hierarchy.cut_at(1.5); });
    use([&] {
      const std::vector<Index> leaves = hierarchy.leaf_order();
      return Eigen::Map<const Vector<Index>>(leaves.data(), static_cast<Index>(leaves.size()))
          .template cast<double>()
          .eval();
    });
    use([&] { return hierarchy.cophenetic_distances(); });
  }
  static std::vector<Refusal> refusals() {
    using Options = AgglomerativeOptions;
    auto with = [](Options options) { return [options] { Agglomerative<double>{options}; }; };
    const double infinity = std::numeric_limits<double>::infinity();
    return {
        {with({.n_clusters = 0}), "Agglomerative: n_clusters must be >= 1, got 0"},
        {with({.n_clusters = Index{1} << 40}),
         "Agglomerative: n_clusters must be <= 2147483647, got 1099511627776"},
        {with({.distance_threshold = -0.5}),
         "Agglomerative: distance_threshold must be >= 0 and finite, got -0.5"},
        {with({.distance_threshold = infinity}),
         "Agglomerative: distance_threshold must be >= 0 and finite, got inf"},
        {with({.linkage = static_cast<Linkage>(7)}),
         "Agglomerative: linkage must be a member of Linkage, got 7"},
        {with({.metric = static_cast<Metric>(9)}),
         "Agglomerative: metric must be a member of Metric, got 9"},
        {with({.metric = Metric::cosine}),
         "Agglomerative: metric must be euclidean for linkage ward, got cosine"},
        {with({.n_threads = -2}),
         "Agglomerative: n_threads must be >= 0 (0 = all hardware threads), got -2"},
        {[] { make<double>({}).fit(random_matrix<double>(3, 3, 1)); },
         "Agglomerative: n_clusters must be <= n_samples = 3, got 4"},
    };
  }
};

}  // namespace

#include "contract/battery.hpp"

TEMPLATE_LIST_TEST_CASE("any number of threads gives the same bits for every linkage", "[contract]",
                        Layouts) {
  using S = typename TestType::Scalar;
  const auto x = samples<TestType>(700, 4);
  for (const Linkage linkage : {Linkage::complete, Linkage::average, Linkage::single,
                                Linkage::weighted, Linkage::centroid, Linkage::median}) {
    const auto table = [&](int n_threads) {
      return Agglomerative<S>({.linkage = linkage, .n_threads = n_threads}).fit(x).linkage_matrix();
    };
    INFO(detail::name_of(linkage));
    const Matrix<double> alone = table(1);
    for (const int n_threads : {2, 3, 0}) CHECK(table(n_threads) == alone);
  }
}
