// SPDX-License-Identifier: MIT
#include "unlabeled/io/csv.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "io/files.hpp"
#include "support/catch.hpp"

using namespace unlabeled;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::EndsWith;
using Names = std::vector<std::string>;

namespace {

template <class S = double> Table<S> parse(std::string_view text, const CsvOptions& options = {}) {
  const TemporaryFolder folder;
  return read_csv<S>(write_file(folder / "data.csv", text), options);
}

/// The message without the folder.
std::string refusal(std::string_view text, const CsvOptions& options = {}) {
  const std::string message = file_error([&] { parse(text, options); });
  return message.substr(std::min(message.find("data.csv"), message.size()));
}

Matrix<double> two_by_two(double a, double b, double c, double d) {
  Matrix<double> x(2, 2);
  x << a, b, c, d;
  return x;
}

}  // namespace

TEMPLATE_TEST_CASE("a table has the names of the header and a row per line", "", float, double) {
  const auto table = parse<TestType>("age,income\n31,1200.5\n-4,+1e3\n");
  CHECK(table.columns == Names{"age", "income"});
  CHECK(table.values == two_by_two(31, 1200.5, -4, 1000).cast<TestType>());
}

TEST_CASE("line ends, a missing last line end and a UTF-8 mark change nothing") {
  const auto expected = two_by_two(1, 2, 3, 4);
  for (const char* text : {"a,b\n1,2\n3,4\n", "a,b\n1,2\n3,4", "a,b\r\n1,2\r\n3,4\r\n",
                           "a,b\r\n1,2\r\n3,4", "a,b\r\n1,2\r\n3,4\r",
                           "\xEF\xBB\xBF"
                           "a,b\n1,2\n3,4\n",
                           "a,b\n1,2\n3,4\n\n \n\r\n", " a ,\tb\n 1 ,2 \n3,  4"}) {
    INFO(text);
    const auto table = parse(text);
    CHECK(table.columns == Names{"a", "b"});
    CHECK(table.values == expected);
  }
}

TEST_CASE("semicolons, tabs, bars and blanks can separate") {
  for (const char separator : {';', '\t', '|', ' ', ':'}) {
    std::string text = "a;b\n1;2\n3;4\n";
    for (char& c : text)
      if (c == ';') c = separator;
    CHECK(parse(text, {.separator = separator}).values == two_by_two(1, 2, 3, 4));
  }
}

TEST_CASE("a separator that numbers or quotes need is refused") {
  for (const char separator : {'"', '\n', '\r', '.', '-', '+', '7', 'e', 'N', '\0', '\x80'})
    CHECK_THROWS_AS(parse("a\n1\n", {.separator = separator}), std::invalid_argument);
  CHECK_THROWS_WITH(parse("a\n1\n", {.separator = '.'}),
                    "read_csv: separator must be a blank or punctuation that no number contains, "
                    "got 46");
}

TEST_CASE("a carriage return that no line feed follows is refused with its place") {
  const std::string words = ": expected lines that end with \\n or \\r\\n, got a \\r without \\n";
  CHECK(refusal("a,b\r1,2\r3,4\r") == "data.csv:1:4" + words);
  CHECK(refusal("a,b\n1,2\n3,\r4\n") == "data.csv:3:3" + words);
  CHECK(refusal("a,b\n1,2\r\r\n") == "data.csv:2:4" + words);
  CHECK(refusal("a,b\n1,x\ry\n", {.columns = {"a"}}) == "data.csv:2:4" + words);
  CHECK(refusal("\ra,b\n1,2\n") == "data.csv:1:1" + words);
  CHECK(refusal("a,b\n1,\"2\"\r3\n") ==
        "data.csv:2:6: expected a separator or the end of the line after a quote");
  CHECK(parse("\"a\rb\"\n1\n").columns == Names{"a\rb"});
}

TEST_CASE("quoted names and fields may hold separators, quotes, line ends and blanks") {
  const auto table =
      parse("\"a,b\",\" c \",\"say \"\"hi\"\"\",\"two\nlines\",\"\"\n\"1\",2,\"3\",4,5\n");
  CHECK(table.columns == Names{"a,b", " c ", "say \"hi\"", "two\nlines", ""});
  CHECK(table.values.cols() == 5);
  CHECK(table.values(0, 2) == 3);
}

TEST_CASE("columns are selected by name, in the order asked for, past columns of text") {
  const char* text = "name,age,income,note\n\"Smith, J\",30,1000,\"a\nb\"\nLee,40,2000,\n";
  const auto table = parse(text, {.columns = {"income", "age"}});
  CHECK(table.columns == Names{"income", "age"});
  CHECK(table.values == two_by_two(1000, 30, 2000, 40));
}

TEST_CASE("without a header the columns are called 0, 1, …") {
  const auto table = parse("1,2\n3,4\n", {.header = false});
  CHECK(table.columns == Names{"0", "1"});
  CHECK(table.values == two_by_two(1, 2, 3, 4));
  CHECK(parse("1,x\n3,y\n", {.header = false, .columns = {"0"}}).values.cols() == 1);
}

TEST_CASE("a header without lines gives a table without rows") {
  const auto table = parse("a,b\n");
  CHECK(table.values.rows() == 0);
  CHECK(table.values.cols() == 2);
}

TEST_CASE("numbers are rounded correctly, too small ones to zero") {
  const auto value = [](const std::string& text) {
    return parse("x\n" + text + "\n").values(0, 0);
  };
  CHECK(value("0.1") == 0.1);
  CHECK(value("123456789012345678901234567890") == 123456789012345678901234567890.0);
  CHECK(value("4.9e-324") == std::numeric_limits<double>::denorm_min());
  CHECK(value("1.7976931348623157e308") == std::numeric_limits<double>::max());
  CHECK(value("1e-400") == 0);
  CHECK(std::signbit(value("-1e-99999999999999999999")));
  CHECK(value("0." + std::string(400, '0') + "1") == 0);
  CHECK(value("inf") == std::numeric_limits<double>::infinity());
  CHECK(value(".5") == 0.5);
  CHECK(value("5.") == 5);
  CHECK(value("007") == 7);
  CHECK(parse<float>("x\n1e-60\n").values(0, 0) == 0.0f);
  CHECK(parse<float>("x\n16777217\n").values(0, 0) == 16777216.0f);
}

TEST_CASE("a missing value is refused, or becomes NaN on request") {
  const char* text = "a,b\n1,NA\n,4\n";
  CHECK(refusal(text) ==
        "data.csv:2:3: expected a number in column \"b\", got the missing value \"NA\" "
        "(CsvOptions::missing_as_nan allows it)");
  const auto table = parse(text, {.missing_as_nan = true});
  CHECK(table.values(0, 0) == 1);
  CHECK(std::isnan(table.values(0, 1)));
  CHECK(std::isnan(table.values(1, 0)));
  CHECK(table.values(1, 1) == 4);
}

TEST_CASE("the texts that mean missing can be chosen") {
  const CsvOptions options{.missing_as_nan = true, .missing = {"-999", "unknown"}};
  const auto table = parse("a,b\n-999,\"unknown\"\n-99,0\n", options);
  CHECK(std::isnan(table.values(0, 0)));
  CHECK(std::isnan(table.values(0, 1)));
  CHECK(table.values(1, 0) == -99);
  CHECK(refusal("a\nnan\n", options) ==
        "data.csv:2:1: expected a number in column \"a\", got \"nan\" "
        "(CsvOptions::columns selects what is read)");
}

TEST_CASE("a field that is no number is refused with its place") {
  for (const char* field : {"abc", "1x", "1e", "0x10", "1,5", "--1", "+-1", "++1", "+", "-", "1 2",
                            "nan(1)", "1_000", "$5", "1e5.5"}) {
    const std::string text = "age;income\n31;" + std::string(field) + "\n";
    CHECK(refusal(text, {.separator = ';'}) ==
          "data.csv:2:4: expected a number in column \"income\", got \"" + std::string(field) +
              "\" (CsvOptions::columns selects what is read)");
  }
}

TEST_CASE("line numbers count the lines of quoted fields") {
  CHECK_THAT(refusal("a,b\n\"1\n\",2\n"), ContainsSubstring("data.csv:2:2: expected a number"));
  CHECK_THAT(refusal("a,b\nx,\"1\n\n\"\n3,y\n", {.columns = {"b"}}),
             ContainsSubstring("data.csv:2:4: expected a number in column \"b\", got \"1??\""));
  CHECK_THAT(refusal("a,b\n\"1\n\n\",2\n3,y\n", {.columns = {"b"}}),
             ContainsSubstring("data.csv:5:3: expected a number in column \"b\", got \"y\""));
}

TEST_CASE("a long field is cut in messages, between characters") {
  const std::string message = refusal("a\n" + std::string(39, 'x') + "éé\n");
  CHECK_THAT(message, ContainsSubstring("got \"" + std::string(39, 'x') + "…\" ("));
}

TEST_CASE("a number beyond the scalar is refused") {
  CHECK(refusal("a\n1e400\n") ==
        "data.csv:2:1: expected a number in column \"a\", got \"1e400\" (too large for double)");
  CHECK_THAT(refusal("a\n-1e99999999999999999999\n"), EndsWith("(too large for double)"));
  CHECK_THAT(file_error([] { parse<float>("a\n1e39\n"); }), EndsWith("(too large for float)"));
}

TEST_CASE("lines of another length are refused") {
  CHECK(refusal("a,b\n1,2\n3\n") == "data.csv:3:1: expected 2 fields as in the first line, got 1");
  CHECK(refusal("a,b\n1,2,3\n") == "data.csv:2:1: expected 2 fields as in the first line, got 3");
  CHECK_THAT(refusal("a,b\n1,2,\n"), EndsWith("expected 2 fields as in the first line, got 3"));
  CHECK_THAT(refusal("1,2\n3\n", {.header = false}), EndsWith("got 1"));
}

TEST_CASE("a blank line inside the file is refused") {
  CHECK(refusal("a,b\n1,2\n\n3,4\n") == "data.csv:3:1: expected a record, got a blank line");
  CHECK_THAT(refusal("\na,b\n1,2\n"), ContainsSubstring("data.csv:1:1: expected a record"));
  CHECK_THAT(refusal("a\n1\n \n3\n", {.missing_as_nan = true}), ContainsSubstring("blank line"));
}

TEST_CASE("quotes that do not pair are refused where they stand") {
  CHECK(refusal("a,b\n1,\"2\n3,4\n") == "data.csv:2:3: expected a closing quote for the one here");
  CHECK(refusal("a,b\n\"1\"x,2\n") ==
        "data.csv:2:4: expected a separator or the end of the line after a quote");
  CHECK(refusal("a,b\n1,5'10\"\n") ==
        "data.csv:2:7: expected quotes around the whole field (inner quotes doubled), got a quote "
        "inside");
}

TEST_CASE("an empty file is refused") {
  for (const char* text : {"", "\n", "\xEF\xBB\xBF", "\r\n \n"}) {
    CHECK_THAT(refusal(text), ContainsSubstring("expected a header, got an empty file"));
    CHECK_THAT(refusal(text, {.header = false}),
               ContainsSubstring("expected data, got an empty file"));
  }
}

TEST_CASE("UTF-16 is refused by name") {
  CHECK(refusal({"\xFF\xFE"
                 "a\0\n\0",
                 6}) == "data.csv:1:1: expected UTF-8 text, got UTF-16");
  CHECK_THAT(refusal("\xFE\xFF"), EndsWith("got UTF-16"));
}

TEST_CASE("a selected column must be there, once") {
  CHECK(refusal("age,income\n1,2\n", {.columns = {"Age"}}) ==
        "data.csv:1:1: expected a column \"Age\", got only \"age\", \"income\"");
  CHECK(refusal("a,b,a\n1,2,3\n", {.columns = {"a"}}) ==
        "data.csv:1:1: expected one column \"a\", got several of that name");
  CHECK(parse("a,b,a\n1,2,3\n").values.cols() == 3);
}

TEST_CASE("a file that cannot be opened is refused with its path") {
  const TemporaryFolder folder;
  CHECK_THAT(file_error([&] { read_csv<double>(folder / "nöne.csv"); }),
             ContainsSubstring("nöne.csv: cannot be opened for reading: "));
  CHECK_THAT(file_error([&] { read_csv<double>(folder / ""); }),
             EndsWith(": expected a file, got a directory"));
}

TEST_CASE("a column of text can be read alone") {
  const TemporaryFolder folder;
  const auto path = write_file(folder / "a.csv",
                               "\xEF\xBB\xBF"
                               "id;name\n1;\"a \"\"b\"\"; c\"\n2; d \n3;\n");
  CHECK(read_csv_column(path, "name", {.separator = ';'}) == Names{"a \"b\"; c", "d", ""});
  CHECK(read_csv_column(path, "1", {.header = false, .separator = ';'}).front() == "name");
  CHECK_THAT(file_error([&] { read_csv_column(path, "nome", {.separator = ';'}); }),
             ContainsSubstring("a.csv:1:1: expected a column \"nome\""));
}
