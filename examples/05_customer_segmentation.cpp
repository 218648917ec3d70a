// SPDX-License-Identifier: MIT
// From a file of customers to segments: choose columns, scale, choose the number of segments, look
// at what sets them apart, write them back. First on synthetic customers, then on a real file.

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <numeric>
#include <unlabeled/unlabeled.hpp>

#include "support/data.hpp"
#include "support/plot.hpp"
#include "support/table.hpp"

using namespace unlabeled;
using support::fixed, support::percent, support::where;

constexpr const char* usage = R"(usage: 05_customer_segmentation [options]

Without options: 1000 synthetic customers, then the credit customers of examples/data.

  --csv FILE        segment the customers of this CSV file (first line: names of the columns)
  --columns a,b,c   the columns that shape the segments, by name (default: all; numbers only)
  --log a,b         those of them to replace by log(1 + value): amounts with a long tail
  --show a,b        more columns for the table of means; they do not shape the segments
  --separator C     what stands between the values of a line (default: a comma)
  --segments N      number of segments, 2 to 10 (default: 4)
  --out FILE        where to write the customers with their segment; a column "segment" that is
                    there already gets the new ones, so FILE may be that of --csv
                    (default: NAME_segments.csv beside the pictures)
  --pictures DIR    folder for the pictures (default: $UNLABELED_PICTURES, else ./pictures)
  --help            this text
)";

/// What to read from where, and what to do with it.
struct Source {
  std::filesystem::path file;
  std::vector<std::string> columns;      // these shape the segments; empty = all
  std::vector<std::string> log_columns;  // some of them, with a long tail
  std::vector<std::string> shown;        // these only appear in the table of means
  CsvOptions format = {};
};

/// Customers are rows. The first n_used columns shape the segments, the others are only shown.
struct Customers {
  std::string name;
  std::vector<std::string> columns;
  Matrix<double> values;
  Index n_used;
  std::vector<std::string> log_columns;
};

/// A thousand customers whose four columns are independent of each other: there are no groups to
/// find, the elbow is soft, and KMeans cuts one cloud into handy parts.
Customers synthetic_customers() {
  Rng rng(2024);
  Matrix<double> x(1000, 4);
  for (Index i = 0; i < x.rows(); ++i) {
    x(i, 0) = rng.exponential(30);
    x(i, 1) = static_cast<double>(rng.poisson(5));
    x(i, 2) = rng.log_normal(4, 1);
    x(i, 3) = rng.normal(50, 15);
  }
  return {"synthetic", {"recency_days", "frequency", "monetary", "average_basket"}, x, 4, {}};
}

Customers read_customers(const Source& source) {
  CsvOptions options = source.format;
  options.columns = source.columns;
  options.columns.insert(options.columns.end(), source.shown.begin(), source.shown.end());
  const Table<double> table = read_csv<double>(source.file, options);
  const Index n_used = table.values.cols() - static_cast<Index>(source.shown.size());
  if (n_used < 2) throw support::UsageError("segments need at least two columns");
  return {source.file.stem().string(), table.columns, table.values, n_used, source.log_columns};
}

Index column_index(const Customers& customers, const std::string& name) {
  const auto used_end = customers.columns.begin() + customers.n_used;
  const auto found = std::find(customers.columns.begin(), used_end, name);
  if (found == used_end)
    throw support::UsageError("--log names '" + name + "', which is not among the columns used");
  return found - customers.columns.begin();
}

/// The columns that shape the segments, logarithms taken, each with mean 0 and deviation 1.
Matrix<double> scaled_features(const Customers& customers) {
  Matrix<double> x = customers.values.leftCols(customers.n_used);
  for (const std::string& name : customers.log_columns) {
    auto column = x.col(column_index(customers, name));
    if (column.minCoeff() < 0)
      throw support::UsageError("--log: column '" + name + "' has negative values (least: " +
                                fixed(column.minCoeff(), 2) + ")");
    column = column.array().log1p();
  }
  return StandardScaler<double>().fit_transform(x);
}

/// At most `most` rows, drawn without replacement: the silhouette compares all pairs of customers.
Matrix<double> some_rows(const Matrix<double>& x, Index most) {
  if (x.rows() <= most) return x;
  Matrix<double> some(most, x.cols());
  Index next = 0;
  for (const Index row : Rng(1).sample_without_replacement(x.rows(), most))
    some.row(next++) = x.row(row);
  return some;
}

/// What each number of segments would give.
struct Search {
  NClustersSearch<double> elbow, silhouette;
};

Search search_n_segments(const Matrix<double>& scaled, Index n_segments) {
  const Index most = std::min<Index>(10, scaled.rows() - 1);
  if (n_segments > most)
    throw support::UsageError("--segments must be at most " + std::to_string(most) + " for " +
                              std::to_string(scaled.rows()) + " customers");
  const KMeansOptions options{.n_init = 5, .seed = 1};
  Search search{elbow(scaled, 1, most, options),
                silhouette_search(some_rows(scaled, 5000), 2, most, options)};
  support::Table table({"segments", "inertia", "silhouette"});
  for (std::size_t i = 0; i < search.elbow.candidates.size(); ++i)
    table.add({std::to_string(search.elbow.candidates[i]), fixed(search.elbow.scores[i], 0),
               i == 0 ? "-" : fixed(search.silhouette.scores[i - 1], 3)});
  std::cout << "How many segments?\n\n"
            << table << "\nThe inertia bends at " << search.elbow.best_n_clusters
            << " segments (elbow), the silhouette is highest at "
            << search.silhouette.best_n_clusters << "; here: " << n_segments << ".\n\n";
  return search;
}

/// A row of the table of means. KMeans leaves a segment without customers where there are fewer
/// different customers than segments: it has no means.
std::vector<std::string> segment_row(const Customers& customers, const std::string& name,
                                     const std::vector<Index>& rows) {
  const auto share =
      static_cast<double>(rows.size()) / static_cast<double>(customers.values.rows());
  std::vector<std::string> cells = {name, std::to_string(rows.size()), percent(share)};
  for (Index j = 0; j < customers.values.cols(); ++j) {
    const int n_decimals = customers.values.col(j).cwiseAbs().mean() < 10 ? 2 : 1;
    cells.push_back(rows.empty() ? "-" : fixed(customers.values(rows, j).mean(), n_decimals));
  }
  return cells;
}

/// Means in the units of the file: that is what a segment is called after.
void print_segments(const Customers& customers, const Labels& labels, Index n_segments) {
  std::vector<std::string> header = {"segment", "customers", "share"};
  header.insert(header.end(), customers.columns.begin(), customers.columns.end());
  support::Table table(header);
  std::vector<Index> everybody;
  for (int segment = 0; segment < n_segments; ++segment) {
    std::vector<Index> members;
    for (Index i = 0; i < labels.size(); ++i)
      if (labels(i) == segment) members.push_back(i);
    everybody.insert(everybody.end(), members.begin(), members.end());
    table.add(segment_row(customers, std::to_string(segment), members));
  }
  table.add(segment_row(customers, "all", everybody));
  std::cout << "Means of the segments, in the units of the file\n\n" << table;
  std::string shown;
  for (auto j = static_cast<std::size_t>(customers.n_used); j < customers.columns.size(); ++j)
    shown += ' ' + customers.columns[j];
  if (!shown.empty()) std::cout << "  (not used to make the segments:" << shown << ")\n";
  std::cout << '\n';
}

/// The two columns in which each center is farthest from the average customer.
void print_differences(const Customers& customers, const Matrix<double>& centers) {
  std::cout << "What sets them apart, in standard deviations from the average customer\n\n";
  for (Index segment = 0; segment < centers.rows(); ++segment) {
    std::vector<Index> order(static_cast<std::size_t>(centers.cols()));
    std::iota(order.begin(), order.end(), Index{0});
    const auto farther = [&](Index a, Index b) {
      return std::abs(centers(segment, a)) > std::abs(centers(segment, b));
    };
    std::sort(order.begin(), order.end(), farther);
    std::cout << "  segment " << segment << ": ";
    for (std::size_t rank = 0; rank < std::min<std::size_t>(2, order.size()); ++rank) {
      const double distance = centers(segment, order[rank]);
      std::cout << (rank > 0 ? ", " : "")
                << customers.columns[static_cast<std::size_t>(order[rank])] << ' '
                << (distance > 0 ? "+" : "") << fixed(distance, 1);
    }
    std::cout << '\n';
  }
  std::cout << '\n';
}

void draw_search(const std::string& name, const NClustersSearch<double>& search,
                 const std::string& title, const std::string& y_label,
                 const support::Pictures& pictures) {
  pictures.save(name, support::Plot(title, "number of segments k", y_label)
                          .line("", search.candidates, search.scores)
                          .mark(static_cast<double>(search.best_n_clusters),
                                "best: " + std::to_string(search.best_n_clusters)));
}

void draw_segments(const Customers& customers, const Matrix<double>& scaled, const Labels& labels,
                   Index n_segments, const support::Pictures& pictures) {
  PCA<double> pca({.n_components = 2});
  const Matrix<double> plane = pca.fit_transform(scaled);
  const auto axis = [&](Index i) {
    return "principal component " + std::to_string(i + 1) + " (" +
           percent(pca.explained_variance_ratio()(i)) + " of the variance)";
  };
  support::Plot plot(std::to_string(n_segments) + " segments of " + std::to_string(labels.size()) +
                         " customers (" + customers.name + ")",
                     axis(0), axis(1));
  for (int segment = 0; segment < n_segments; ++segment)
    plot.points("segment " + std::to_string(segment) + " (" +
                    std::to_string((labels.array() == segment).count()) + ")",
                where(plane.col(0), labels, segment), where(plane.col(1), labels, segment));
  pictures.save("05_" + customers.name + "_segments", plot);
}

Labels segment(const Customers& customers, Index n_segments, const support::Pictures& pictures) {
  std::cout << "== " << customers.name << ": " << customers.values.rows() << " customers, "
            << customers.n_used << " columns ==\n\n";
  const Matrix<double> scaled = scaled_features(customers);
  const Search search = search_n_segments(scaled, n_segments);
  const auto kmeans =
      KMeans<double>({.n_clusters = n_segments, .n_init = 10, .seed = 1}).fit(scaled);
  print_segments(customers, kmeans.labels(), n_segments);
  print_differences(customers, kmeans.cluster_centers());

  const std::string name = "05_" + customers.name;
  draw_search(name + "_elbow", search.elbow, "Elbow (" + customers.name + ")",
              "inertia (squared standard deviations)", pictures);
  draw_search(name + "_silhouette", search.silhouette, "Silhouette (" + customers.name + ")",
              "mean silhouette (-1 to 1)", pictures);
  draw_segments(customers, scaled, kmeans.labels(), n_segments, pictures);
  return kmeans.labels();
}

/// The file of the command line, else the one that comes with the examples.
Source chosen_source(const support::Arguments& arguments) {
  if (!arguments.has("--csv")) {
    for (const char* option : {"--columns", "--log", "--show", "--separator"})
      if (arguments.has(option)) throw support::UsageError(std::string(option) + " needs --csv");
    return {support::example_data("credit_customers.csv"),
            {"age_years", "seniority_years", "income", "assets", "debt"},
            {"income", "assets", "debt"},
            {"bad_loan"}};
  }
  if (arguments.has("--show") && !arguments.has("--columns"))
    throw support::UsageError("--show needs --columns");
  const std::string separator = arguments.text("--separator", ",");
  if (separator.size() != 1) throw support::UsageError("--separator must be one character");
  Source source{arguments.text("--csv", ""), arguments.list("--columns"), arguments.list("--log"),
                arguments.list("--show")};
  source.format.separator = separator[0];
  return source;
}

void run(const support::Arguments& arguments) {
  const Index n_segments = arguments.integer("--segments", 4, 2, 10);
  Source source = chosen_source(arguments);
  const support::Pictures pictures(arguments);
  if (!arguments.has("--csv")) {
    segment(synthetic_customers(), n_segments, pictures);
    std::cout << '\n';
  }

  const Customers customers = read_customers(source);
  const Labels labels = segment(customers, n_segments, pictures);
  const std::filesystem::path out = arguments.has("--out")
                                        ? std::filesystem::path(arguments.text("--out", ""))
                                        : pictures.path("05_" + customers.name + "_segments.csv");
  source.format.replace_column = true;
  append_csv_column(source.file, out, "segment", labels, source.format);
  std::cout << "customers with their segment: " << out.string() << '\n';
}

int main(int argc, char** argv) {
  return support::run_example(
      argc, argv,
      {"--csv", "--columns", "--log", "--show", "--separator", "--segments", "--out", "--pictures"},
      usage, run);
}
