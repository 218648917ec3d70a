// SPDX-License-Identifier: MIT
#include <bit>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "io/files.hpp"
#include "support/catch.hpp"
#include "support/data.hpp"
#include "unlabeled/io/csv.hpp"

using namespace unlabeled;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::EndsWith;
using Names = std::vector<std::string>;

TEMPLATE_TEST_CASE("what is written is read back bit for bit", "", float, double) {
  using Limits = std::numeric_limits<TestType>;
  const TemporaryFolder folder;
  Matrix<TestType> x = random_matrix<TestType>(200, 3, 1);
  x.col(1) *= TestType(1e-30);
  x.row(0) << TestType(0.1), TestType(-0.0), Limits::max();
  x.row(1) << Limits::min(), Limits::denorm_min(), Limits::lowest();
  x.row(2) << Limits::infinity(), -Limits::infinity(), TestType(1) / TestType(3);
  x(3, 0) = -Limits::quiet_NaN();
  const Names names = {"plain", "with, separator", " \"quoted\"\n"};
  write_csv(folder / "x.csv", x, names);
  const auto table = read_csv<TestType>(folder / "x.csv", {.missing_as_nan = true});
  CHECK(table.columns == names);
  REQUIRE(table.values.rows() == 200);
  CHECK(std::isnan(table.values(3, 0)));
  Matrix<TestType> read = table.values;
  x(3, 0) = read(3, 0) = 0;
  CHECK(read == x);
  CHECK(std::signbit(read(0, 1)));
}

TEST_CASE("numbers have the fewest digits, integers none after the point") {
  const TemporaryFolder folder;
  Matrix<double> x(2, 3);
  x << 1, 0.1, -2.5, 1e300, 123456, 0;
  write_csv(folder / "x.csv", x, {"a", "b b", "größe"});
  CHECK(read_file(folder / "x.csv") == "a,\"b b\",\"größe\"\n1,0.1,-2.5\n1e+300,123456,0\n");
}

TEST_CASE("labels, expressions and row-major matrices are written too, names are optional") {
  const TemporaryFolder folder;
  write_csv(folder / "labels.csv", Labels(Labels::LinSpaced(3, -1, 1)), {"label"});
  CHECK(read_file(folder / "labels.csv") == "label\n-1\n0\n1\n");
  RowMatrix<float> x(2, 2);
  x << 1, 2, 3, 4;
  write_csv(folder / "x.csv", (x * 2).bottomRows(1));
  CHECK(read_file(folder / "x.csv") == "6,8\n");
  CHECK(read_csv<float>(folder / "x.csv", {.header = false}).values == (x * 2).bottomRows(1));
}

TEST_CASE("names must fit the columns") {
  const TemporaryFolder folder;
  const Matrix<double> x = Matrix<double>::Ones(1, 2);
  CHECK_THROWS_WITH(write_csv(folder / "x.csv", x, {"a"}),
                    "write_csv: columns must be empty or name each of the 2 columns of X, got 1 "
                    "names");
  CHECK_THROWS_WITH(write_csv(folder / "x.csv", Matrix<double>(2, 0)),
                    "write_csv: X must have at least 1 column, got 0");
  CHECK_FALSE(std::filesystem::exists(folder / "x.csv"));
}

TEST_CASE("a file that cannot be written whole is an error") {
  const TemporaryFolder folder;
  const Matrix<double> x = Matrix<double>::Ones(100, 2);
  CHECK_THAT(file_error([&] { write_csv(folder / "none" / "x.csv", x); }),
             ContainsSubstring("x.csv: cannot be opened for writing: "));
  if (std::filesystem::exists("/dev/full"))
    CHECK_THAT(file_error([&] { write_csv("/dev/full", x); }),
               ContainsSubstring("/dev/full: cannot be written: "));
}

TEST_CASE("a column is appended to a file that keeps its text as it stands") {
  const TemporaryFolder folder;
  const auto source =
      write_file(folder / "a.csv", "name;age\r\n\"Smith; J\"; 30\r\n\"a\nb\";x\r\n\r\n");
  Labels labels(2);
  labels << 3, -1;
  append_csv_column(source, folder / "b.csv", "the segment", labels, {.separator = ';'});
  CHECK(read_file(folder / "b.csv") ==
        "name;age;\"the segment\"\r\n\"Smith; J\"; 30;3\r\n\"a\nb\";x;-1\r\n\r\n");
  append_csv_column(folder / "b.csv", folder / "b.csv", "score", Vector<double>::Constant(2, 0.25),
                    {.separator = ';'});
  CHECK(read_csv_column(folder / "b.csv", "score", {.separator = ';'}) == Names{"0.25", "0.25"});
}

TEST_CASE("a column is appended to a file without header") {
  const TemporaryFolder folder;
  append_csv_column(write_file(folder / "a.csv", "1,2\n3,4"), folder / "b.csv", "unused",
                    Labels::Ones(2), {.header = false});
  CHECK(read_file(folder / "b.csv") == "1,2,1\n3,4,1");
}

TEST_CASE("a UTF-8 mark stays the first thing in a file that gets a column") {
  const TemporaryFolder folder;
  append_csv_column(write_file(folder / "a.csv",
                               "\xEF\xBB\xBF"
                               "a\n1\n"),
                    folder / "b.csv", "b", Labels::Ones(1));
  CHECK(read_file(folder / "b.csv") ==
        "\xEF\xBB\xBF"
        "a,b\n1,1\n");
}

TEST_CASE("a column that is there already is refused, or replaced where it stands") {
  const TemporaryFolder folder;
  const auto file =
      write_file(folder / "a.csv", "a,\"the segment\",b\n1, 7 ,2\n3,\"8\",\"4\"\n5,,6\n");
  const std::string before = read_file(file);
  Labels labels(3);
  labels << 10, -1, 0;
  CHECK_THAT(file_error([&] { append_csv_column(file, file, "the segment", labels); }),
             EndsWith("a.csv:1:1: expected no column \"the segment\" yet, got one "
                      "(CsvOptions::replace_column allows it)"));
  CHECK(read_file(file) == before);
  append_csv_column(file, file, "the segment", labels, {.replace_column = true});
  CHECK(read_file(file) == "a,\"the segment\",b\n1, 10 ,2\n3,-1,\"4\"\n5,0,6\n");
  append_csv_column(file, file, "new", labels, {.replace_column = true});
  CHECK(read_csv_column(file, "new") == Names{"10", "-1", "0"});

  const auto twice = write_file(folder / "b.csv", "a,a\n1,2\n");
  CHECK_THAT(file_error([&] {
               append_csv_column(twice, twice, "a", Labels::Ones(1), {.replace_column = true});
             }),
             EndsWith("b.csv:1:1: expected one column \"a\", got several of that name"));
}

#if __has_include(<sys/resource.h>)
TEST_CASE("a column that cannot be written whole leaves the file as it was") {
  const TemporaryFolder folder;
  std::string lines = "a\n";
  for (int i = 0; i < 1000; ++i) lines += "1\n";
  const auto file = write_file(folder / "a.csv", lines);
  std::string message;
  {
    const FileSizeLimit limit(3000);
    message = file_error([&] { append_csv_column(file, file, "b", Labels::Ones(1000)); });
  }
  CHECK_THAT(message, ContainsSubstring("a.csv: cannot be written: "));
  CHECK(read_file(file) == lines);
  CHECK(n_files(folder) == 1);
}
#endif

TEST_CASE("a column can go to a device or a pipe") {
  const TemporaryFolder folder;
  const auto source = write_file(folder / "a.csv", "a\n1\n");
  if (std::filesystem::exists("/dev/null"))
    append_csv_column(source, "/dev/null", "b", Labels::Ones(1));
  if (std::filesystem::exists("/dev/full"))
    CHECK_THAT(file_error([&] { append_csv_column(source, "/dev/full", "b", Labels::Ones(1)); }),
               ContainsSubstring("/dev/full: cannot be written: "));
}

TEST_CASE("an appended column needs an entry per record") {
  const TemporaryFolder folder;
  const auto source = write_file(folder / "a.csv", "a\n1\n2\n");
  for (const Index n : {0, 1, 3})
    CHECK_THROWS_WITH(
        append_csv_column(source, folder / "b.csv", "b", Labels::Ones(n)),
        "append_csv_column: values must have one entry per record (2), got " + std::to_string(n));
  CHECK_FALSE(std::filesystem::exists(folder / "b.csv"));
}
