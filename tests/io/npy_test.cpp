// SPDX-License-Identifier: MIT
#include "unlabeled/io/npy.hpp"

#include <cstdint>
#include <filesystem>
#include <limits>
#include <sstream>
#include <string>

#include "io/files.hpp"
#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/reference.hpp"

using namespace unlabeled;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::EndsWith;

namespace {

std::filesystem::path saved_by_numpy(const std::string& name) {
  return std::filesystem::path(reference::folder()) / "io" / (name + ".npy");
}

/// A file with this dictionary (closed as NumPy does it) and so many bytes of data.
std::string npy(const std::string& dictionary, std::size_t n_data_bytes, char major = 1) {
  std::string text("\x93NUMPY");
  text += major;
  text += '\0';
  text += static_cast<char>(dictionary.size() + 1);
  text.append(major == 1 ? 1 : 3, '\0');
  return text + dictionary + "\n" + std::string(n_data_bytes, '\x01');
}

std::string refusal(const std::string& content) {
  const TemporaryFolder folder;
  const auto path = write_file(folder / "x.npy", content);
  const std::string message = file_error([&] { read_npy<double>(path); });
  return message.substr(std::min(message.find("x.npy"), message.size()));
}

/// Size of the array in a file of this content, -1 if the file is refused.
Index n_values(const std::string& content) {
  std::istringstream stream(content);
  try {
    detail::ByteSource source(stream, "x.npy");
    return detail::read_npy<double>(source).size();
  } catch (const FileError&) {
    return -1;
  }
}

}  // namespace

TEMPLATE_TEST_CASE("arrays that NumPy saved have their values", "", float, double) {
  Matrix<TestType> expected(3, 4);
  for (Index i = 0; i < 3; ++i)
    for (Index j = 0; j < 4; ++j) expected(i, j) = static_cast<TestType>(10 * i + j - 3);
  for (const char* name : {"f8", "f4", "i8", "i4", "f8_fortran", "i4_fortran", "f8_big_endian",
                           "i4_big_endian_fortran", "version_2", "version_3"}) {
    INFO(name);
    CHECK(read_npy<TestType>(saved_by_numpy(name)) == expected);
  }
  CHECK(read_npy<TestType>(saved_by_numpy("unsigned")) ==
        (expected.array() + TestType(3)).matrix());
  CHECK(read_npy<TestType>(saved_by_numpy("one_dimension")) == expected.col(0));
  const auto empty = read_npy<TestType>(saved_by_numpy("no_rows"));
  CHECK(empty.rows() == 0);
  CHECK(empty.cols() == 4);
}

TEST_CASE("other arrays that NumPy saved are refused with the reason") {
  const auto reason = [](const char* name) {
    return file_error([&] { read_npy<double>(saved_by_numpy(name)); });
  };
  CHECK_THAT(reason("refused_no_dimension"),
             ContainsSubstring("expected an array of 1 or 2 dimensions, got 0"));
  CHECK_THAT(reason("refused_three_dimensions"), ContainsSubstring("1 or 2 dimensions, got 3"));
  CHECK_THAT(reason("refused_complex"), EndsWith("type f8, f4, i8, i4 or u1, got c16"));
  CHECK_THAT(reason("refused_half"), EndsWith("got f2"));
  CHECK_THAT(reason("refused_text"), EndsWith("got U1"));
  CHECK_THAT(reason("refused_structured"),
             ContainsSubstring("numbers of one type, got a structured array"));
}

TEMPLATE_TEST_CASE("what is written is read back bit for bit, in either order", "", float, double) {
  const TemporaryFolder folder;
  Matrix<TestType> x = random_matrix<TestType>(2000, 70, 3);
  x(5, 5) = std::numeric_limits<TestType>::infinity();
  const RowMatrix<TestType> rows = x;
  write_npy(folder / "columns.npy", x);
  write_npy(folder / "rows.npy", rows);
  CHECK(read_npy<TestType>(folder / "columns.npy") == x);
  CHECK(read_npy<TestType>(folder / "rows.npy") == x);
  CHECK_THAT(read_file(folder / "columns.npy"), ContainsSubstring("'fortran_order': True"));
  CHECK_THAT(read_file(folder / "rows.npy"), ContainsSubstring("'fortran_order': False"));
  write_npy(folder / "block.npy", rows.block(3, 2, 40, 9));
  CHECK(read_npy<TestType>(folder / "block.npy") == x.block(3, 2, 40, 9));
  write_npy(folder / "expression.npy", 2 * x.topRows(2));
  CHECK(read_npy<TestType>(folder / "expression.npy") == 2 * x.topRows(2));
  write_npy(folder / "empty.npy", Matrix<TestType>(0, 7));
  CHECK(read_npy<TestType>(folder / "empty.npy").cols() == 7);
}

TEST_CASE("a written file is laid out as NumPy lays it out") {
  const TemporaryFolder folder;
  Labels labels(3);
  labels << 0, -1, 2;
  write_npy(folder / "labels.npy", labels);
  const std::string file = read_file(folder / "labels.npy");
  CHECK(file.substr(0, 10) == std::string("\x93NUMPY\x01\x00\x76\x00", 10));
  CHECK(file.substr(10, 59) == "{'descr': '<i4', 'fortran_order': True, 'shape': (3,), }   ");
  CHECK(file.substr(127) == std::string("\n\0\0\0\0\xff\xff\xff\xff\x02\0\0\0", 13));
  CHECK(read_npy<double>(folder / "labels.npy") == labels.cast<double>());
}

TEST_CASE("integers beyond the mantissa are rounded") {
  const TemporaryFolder folder;
  Eigen::Matrix<std::int64_t, 2, 1> x(9007199254740993, -5);
  write_npy(folder / "x.npy", x);
  CHECK(read_npy<double>(folder / "x.npy")(0, 0) == 9007199254740992.0);
  CHECK(read_npy<double>(folder / "x.npy")(1, 0) == -5);
}

TEST_CASE("the entries of the header may stand in any order, in any quotes, with any blanks") {
  const TemporaryFolder folder;
  const std::string dictionary =
      "{ \"shape\" : ( 1 ,2 ) ,\n'fortran_order':False,'descr':\"|u1\"}  ";
  const auto path = write_file(folder / "x.npy", npy(dictionary, 2));
  CHECK(read_npy<double>(path) == Matrix<double>::Ones(1, 2));
}

TEST_CASE("a header that says something else is refused with the place") {
  const std::string order = "'fortran_order': False, ", shape = "'shape': (1,), ";
  const std::string type = "'descr': '<f8', ";
  CHECK(refusal(npy("{" + type + order + "}", 8)) ==
        "x.npy: expected the three keys 'descr', 'fortran_order' and 'shape' in the .npy header, "
        "near byte 53");
  const auto words = [&](const std::string& dictionary) { return refusal(npy(dictionary, 8)); };
  CHECK_THAT(words("{" + type + order + shape + type + "}"), ContainsSubstring("each key once"));
  CHECK_THAT(words("{" + type + order + shape + "'a': 1}"), ContainsSubstring("expected a key"));
  CHECK_THAT(words("{" + type + order + shape + "} x"), ContainsSubstring("the end of the header"));
  CHECK_THAT(words("{" + type + order + shape), ContainsSubstring("expected a text in quotes"));
  CHECK_THAT(words("{" + type + order + "'shape': (1)"), ContainsSubstring("expected '}'"));
  CHECK_THAT(words("{'descr': '<f8"), ContainsSubstring("a closing quote"));
  CHECK_THAT(words("{'descr': 'f8', "), ContainsSubstring("a type such as '<f8', got 'f8'"));
  CHECK_THAT(words("{'fortran_order': 0"), ContainsSubstring("expected True or False"));
  CHECK_THAT(words("{'shape': (-1,)"), ContainsSubstring("expected a length"));
  CHECK_THAT(words("{'shape': (9223372036854775808,)"), ContainsSubstring("expected a length"));
  CHECK_THAT(words("{'shape': 1"), ContainsSubstring("expected '('"));
  CHECK_THAT(words(""), ContainsSubstring("expected '{'"));
}

TEST_CASE("the size of the data must be what the header says") {
  const auto words = [](const std::string& shape, std::size_t n_bytes) {
    return refusal(
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': " + shape + ", }", n_bytes));
  };
  CHECK(words("(2, 3)", 40) ==
        "x.npy: expected 2 x 3 numbers of 8 bytes, got 40 bytes after the header");
  CHECK_THAT(words("(2, 3)", 49), EndsWith("got 49 bytes after the header"));
  CHECK_THAT(words("(0, 3)", 1), EndsWith("got 1 bytes after the header"));
}

TEST_CASE("a claim of a huge size is refused before anything is allocated") {
  // Any allocation of such a size would throw bad_alloc instead of FileError.
  for (const char* shape :
       {"(1152921504606846976,)", "(4611686018427387904, 4)", "(4294967296, 4294967296)",
        "(9223372036854775807, 9223372036854775807)"})
    for (const char* type : {"<f8", "|u1"})
      CHECK_THAT(refusal(npy(std::string("{'descr': '") + type +
                                 "', 'fortran_order': True, 'shape': " + shape + "}",
                             16)),
                 ContainsSubstring("got 16 bytes after the header"));
  CHECK_THAT(refusal(std::string("\x93NUMPY\x02\x00\xff\xff\xff\xff{}", 14)),
             ContainsSubstring("expected a header of at most 2 bytes, got a length of 4294967295"));
}

TEST_CASE("other files are refused") {
  CHECK(refusal("a,b\n1,2\n") == "x.npy: expected a .npy file, got other content at byte 0");
  CHECK(refusal("") == "x.npy: expected a .npy file, got other content at byte 0");
  CHECK_THAT(refusal(npy("{}", 0, 4)), EndsWith("of the .npy format, got 4.0"));
  const TemporaryFolder folder;
  CHECK_THAT(file_error([&] { read_npy<float>(folder / "none.npy"); }),
             ContainsSubstring("none.npy: cannot be opened for reading: "));
}

TEST_CASE("a file cut at any byte is refused") {
  for (const char* name : {"f8", "i4_fortran", "version_2"}) {
    const std::string whole = read_file(saved_by_numpy(name));
    CHECK(n_values(whole) == 12);
    for (std::size_t length = 0; length < whole.size(); ++length) {
      INFO(name << " cut to " << length << " bytes");
      CHECK(n_values(whole.substr(0, length)) == -1);
    }
  }
}

TEST_CASE("a header with any byte changed is refused or still describes the data") {
  const std::string whole = read_file(saved_by_numpy("f4"));
  Index n_refused = 0, n_read = 0;
  for (std::size_t at = 0; at < whole.size() - 48; ++at)
    for (int flip = 1; flip < 256; ++flip) {
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ flip);
      const Index size = n_values(changed);
      if (size != -1 && size != 12) FAIL("byte " << at << " changed by " << flip);
      ++(size == -1 ? n_refused : n_read);
    }
  INFO(n_refused << " refused, " << n_read << " read");
  CHECK(n_refused > 100 * n_read);
}

TEST_CASE("a file that cannot be written whole is an error") {
  const TemporaryFolder folder;
  const Matrix<double> x = Matrix<double>::Ones(100, 2);
  CHECK_THAT(file_error([&] { write_npy(folder / "none" / "x.npy", x); }),
             ContainsSubstring("x.npy: cannot be opened for writing: "));
  if (std::filesystem::exists("/dev/full"))
    CHECK_THAT(file_error([&] { write_npy("/dev/full", x); }),
               ContainsSubstring("/dev/full: cannot be written: "));
}
