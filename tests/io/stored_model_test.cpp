// SPDX-License-Identifier: MIT
#include "unlabeled/io/detail/stored_model.hpp"

#include <bit>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <functional>
#include <limits>
#include <sstream>
#include <string>
#include <utility>

#include "io/files.hpp"
#include "io/toy.hpp"
#include "support/catch.hpp"

using namespace unlabeled;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::EndsWith;
using Catch::Matchers::Equals;
using detail::Json;

namespace {

template <class E> E read(const std::string& content) {
  std::istringstream stream(content);
  detail::ByteSource source(stream, "toy");
  return detail::load_model<E>(source);
}

template <class E> std::string saved(const E& estimator) {
  const TemporaryFolder folder;
  detail::save_model(folder / "toy", estimator);
  return read_file(folder / "toy");
}

std::string joined(const std::string& header, const std::string& data) {
  std::uint64_t length = header.size();
  std::string content(sizeof length, '\0');
  std::memcpy(content.data(), &length, sizeof length);
  return content + header + data;
}

struct Parts {
  Json header;
  std::string data;
};

Parts parts(const std::string& content) {
  std::uint64_t length = 0;
  std::memcpy(&length, content.data(), sizeof length);
  return {Json::parse(content.substr(8, length)), content.substr(8 + length)};
}

/// What load says to a saved Toy<double> whose header and data were changed, without a checksum.
std::string refusal(const std::function<void(Json&, std::string&)>& change) {
  Parts changed = parts(saved(fitted_toy<double>()));
  changed.header["__metadata__"].erase("checksum");
  change(changed.header, changed.data);
  const std::string content = joined(changed.header.dump(), changed.data);
  return file_error([&] { read<Toy<double>>(content); });
}
std::string header_refusal(const std::function<void(Json&)>& change) {
  return refusal([&](Json& header, std::string&) { change(header); });
}
std::string option_refusal(const std::string& options) {
  return header_refusal([&](Json& header) { header["__metadata__"]["options"] = options; });
}

/// Overwrites the number with this position in a tensor.
template <class T>
void set_number(const Json& header, std::string& data, const char* tensor, std::size_t position,
                T value) {
  const auto begin = header[tensor]["data_offsets"][0].get<std::size_t>();
  std::memcpy(data.data() + begin + position * sizeof value, &value, sizeof value);
}

/// Each bit; all of them; a blank into a tab, a line feed and a quote; a digit into its neighbour.
constexpr int flips[] = {1, 2, 4, 8, 16, 32, 64, 128, 255, 0x29, 0x2a, 0x02, 0x03};

}  // namespace

TEMPLATE_TEST_CASE("options and model come back as they were", "", float, double) {
  const ToyOptions options{.flag = false,
                           .n_clusters = 2,
                           .n_threads = 3,
                           .seed = std::numeric_limits<std::uint64_t>::max(),
                           .tolerance = 0.1,
                           .mode = ToyMode::fast};
  const auto toy = fitted_toy<TestType>(options);
  const auto again = read<Toy<TestType>>(saved(toy));
  CHECK_FALSE(again.options().flag);
  CHECK(again.options().n_clusters == 2);
  CHECK(again.options().n_threads == 3);
  CHECK(again.options().seed == options.seed);
  CHECK(again.options().tolerance == 0.1);
  CHECK(again.options().mode == ToyMode::fast);
  CHECK(again.model().centers == toy.model().centers);
  CHECK(again.model().weights == toy.model().weights);
  CHECK(again.model().labels == toy.model().labels);
  CHECK(again.model().noise == toy.model().noise);
  CHECK(again.model().report.n_iterations == 17);
  CHECK(again.model().report.objective == -0.25);
  CHECK(again.model().report.stop == Stop::callback);
}

TEST_CASE("an infinite option comes back as it was") {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  for (const double tolerance : {infinity, -infinity}) {
    const auto toy = fitted_toy<double>({.tolerance = tolerance});
    CHECK(read<Toy<double>>(saved(toy)).options().tolerance == tolerance);
  }
}

TEST_CASE("the file is laid out as safetensors: aligned, without gaps, row-major") {
  const std::string content = saved(fitted_toy<double>());
  std::uint64_t length = 0;
  std::memcpy(&length, content.data(), sizeof length);
  CHECK(length % 8 == 0);
  CHECK(content[8] == '{');
  const auto [header, data] = parts(content);
  CHECK(header["centers"] == Json{{"dtype", "F64"}, {"shape", {2, 3}}, {"data_offsets", {0, 48}}});
  CHECK(header["labels"] == Json{{"dtype", "I32"}, {"shape", {5}}, {"data_offsets", {88, 108}}});
  CHECK(header["noise"] ==
        Json{{"dtype", "F64"}, {"shape", Json::array()}, {"data_offsets", {64, 72}}});
  CHECK(data.size() == 112);
  double centers[6];
  std::memcpy(centers, data.data(), sizeof centers);
  for (const auto& [position, value] : {std::pair{0, 0.1}, {1, 2.0}, {2, 3.0}, {3, 4.0}, {5, 6.0}})
    CHECK(centers[position] == value);
  const Json& metadata = header["__metadata__"];
  CHECK(metadata["library"] == "unlabeled");
  CHECK(metadata["format_version"] == "1");
  CHECK(metadata["kind"] == "Toy");
  CHECK(metadata["scalar"] == "float64");
  CHECK(Json::parse(metadata["options"].get<std::string>()) == Json{{"flag", true},
                                                                    {"n_clusters", 2},
                                                                    {"n_threads", 0},
                                                                    {"seed", 0},
                                                                    {"tolerance", 0.5},
                                                                    {"mode", "slow"}});
  CHECK(metadata["checksum"].get<std::string>().size() == 16);
}

TEST_CASE("a file with other blanks, another order and fewer options is read") {
  auto [header, data] = parts(saved(fitted_toy<double>()));
  header["__metadata__"].erase("checksum");
  header["__metadata__"]["options"] = "{\"n_clusters\": 2}";
  const auto labels = data.substr(88, 20);
  data = labels + data.substr(0, 88) + data.substr(108);
  for (auto& [name, tensor] : header.items()) {
    if (name == "__metadata__") continue;
    auto& offsets = tensor["data_offsets"];
    const auto begin = offsets[0].get<std::uint64_t>(), end = offsets[1].get<std::uint64_t>();
    if (name == "labels")
      offsets = {0, 20};
    else if (begin < 88)
      offsets = {begin + 20, end + 20};
  }
  const auto toy = read<Toy<double>>(joined(header.dump(2) + "   ", data));
  CHECK(toy.model().centers == fitted_toy<double>().model().centers);
  CHECK(toy.model().labels == fitted_toy<double>().model().labels);
  CHECK(toy.options().tolerance == ToyOptions{}.tolerance);
}

TEST_CASE("a file of another kind, scalar, library or format is refused with both names") {
  const auto metadata = [](const char* key, const char* value) {
    return header_refusal([&](Json& header) { header["__metadata__"][key] = value; });
  };
  CHECK(metadata("kind", "PCA") == "toy: holds a PCA, expected a Toy");
  CHECK(file_error([] { read<Toy<double>>(saved(fitted_toy<float>())); }) ==
        "toy: holds a Toy of float32, expected one of float64");
  CHECK(file_error([] { read<Toy<float>>(saved(fitted_toy<double>())); }) ==
        "toy: holds a Toy of float64, expected one of float32");
  CHECK(metadata("format_version", "2") ==
        "toy: expected format version 1, got 2, which another version of the library wrote");
  CHECK(metadata("library", "other") ==
        "toy: expected a model of the library unlabeled, got one of other");
  CHECK(metadata("author", "me") == "toy: expected the metadata of a model, got also \"author\"");
  for (const char* key : {"library", "format_version", "kind", "scalar", "options"})
    CHECK(header_refusal([&](Json& header) { header["__metadata__"].erase(key); }) ==
          "toy: expected a model of this library, got no metadata entry " + std::string(key));
  CHECK_THAT(header_refusal([](Json& header) { header.erase("__metadata__"); }),
             ContainsSubstring("expected a model of this library"));
  CHECK_THAT(header_refusal([](Json& header) { header["__metadata__"] = 1; }),
             EndsWith("__metadata__: expected a JSON object"));
  CHECK_THAT(header_refusal([](Json& header) { header["__metadata__"]["kind"] = 1; }),
             EndsWith("__metadata__: expected texts only"));
}

TEST_CASE("options that this version does not know or allow are refused") {
  CHECK(option_refusal("{\"speed\": 1}") ==
        "toy: Toy: expected options of this version, got \"speed\"");
  CHECK(option_refusal("{\"n_clusters\": 0}") == "toy: expected as many centers as n_clusters");
  CHECK_THAT(option_refusal("{\"flag\": 1}"),
             EndsWith("Toy: expected true or false for the option flag, got 1"));
  CHECK_THAT(option_refusal("{\"n_clusters\": 2.5}"),
             ContainsSubstring("for the option n_clusters, got 2.5"));
  CHECK_THAT(option_refusal("{\"n_clusters\": \"2\"}"), ContainsSubstring("expected an integer"));
  CHECK_THAT(option_refusal("{\"n_clusters\": 9223372036854775808}"),
             ContainsSubstring("to 9223372036854775807 for the option n_clusters"));
  CHECK_THAT(option_refusal("{\"n_threads\": 2147483648}"),
             ContainsSubstring("an integer from -2147483648 to 2147483647"));
  CHECK_THAT(option_refusal("{\"seed\": -1}"),
             ContainsSubstring("an integer from 0 to 18446744073709551615"));
  CHECK_THAT(option_refusal("{\"seed\": 18446744073709551616}"), ContainsSubstring("option seed"));
  CHECK_THAT(option_refusal("{\"tolerance\": \"nan\"}"),
             EndsWith("expected a number for the option tolerance, got \"nan\""));
  CHECK_THAT(option_refusal("{\"mode\": \"lazy\"}"),
             EndsWith("expected one of slow, fast for the option mode, got \"lazy\""));
  CHECK_THAT(option_refusal("[]"), EndsWith("Toy: expected options as a JSON object"));
  CHECK_THAT(option_refusal("{"), ContainsSubstring("options: expected JSON"));
  CHECK_THAT(option_refusal("{\"tolerance\": 1e999}"),
             EndsWith("options: expected JSON with numbers that fit 64 bits"));
  CHECK_THAT(option_refusal("{\"seed\": 1, \"seed\": 2}"),
             EndsWith("options: expected each key once, got twice \"seed\""));
}

TEST_CASE("the constructor's refusal of options becomes that of the file") {
  const std::string message = refusal([](Json& header, std::string& data) {
    header["__metadata__"]["options"] = "{\"n_clusters\": 0}";
    header["centers"] = {{"dtype", "F64"}, {"shape", {0, 3}}, {"data_offsets", {0, 0}}};
    header["weights"] = {{"dtype", "F64"}, {"shape", {0}}, {"data_offsets", {0, 0}}};
    for (auto& [name, tensor] : header.items()) {
      if (name == "__metadata__" || name == "centers" || name == "weights") continue;
      for (auto& offset : tensor["data_offsets"]) offset = offset.get<int>() - 64;
    }
    data.erase(0, 64);
  });
  CHECK(message == "toy: expected a valid model: Toy: n_clusters must be >= 1");
}

TEST_CASE("tensors that do not belong together are refused") {
  const auto reshaped = [](const char* tensor, const Json& shape) {
    return header_refusal([&](Json& header) { header[tensor]["shape"] = shape; });
  };
  CHECK(
      reshaped("centers", {3, 2}) ==
      "toy: tensor weights: expected n_clusters = 3 in dimension 0, as in the tensors before, got "
      "2");
  CHECK(reshaped("centers", {6}) == "toy: tensor centers: expected 2 dimensions, got 1");
  CHECK(reshaped("centers", {2, 3, 1}) == "toy: tensor centers: expected 2 dimensions, got 3");
  CHECK(reshaped("centers", {6, 1}).find("weights: expected n_clusters = 6") != std::string::npos);
  CHECK(header_refusal([](Json& header) {
          header["weight"] = header["weights"];
          header.erase("weights");
        }) == "toy: expected a tensor weights, got none");
  CHECK(refusal([](Json& header, std::string& data) {
          header["extra"] = {{"dtype", "U8"}, {"shape", {1}}, {"data_offsets", {112, 113}}};
          data += 'x';
        }) == "toy: expected the tensors of a Toy, got also extra");
  CHECK(header_refusal([](Json& header) { header["labels"]["dtype"] = "F32"; }) ==
        "toy: tensor labels: expected dtype I32, got F32");
}

TEST_CASE("numbers that no model has are refused") {
  const auto with = [](const char* tensor, std::size_t position, double value) {
    return refusal([&](Json& header, std::string& data) {
      set_number(header, data, tensor, position, value);
    });
  };
  CHECK(with("centers", 4, std::numeric_limits<double>::quiet_NaN()) ==
        "toy: tensor centers: expected finite numbers only");
  CHECK(with("noise", 0, std::numeric_limits<double>::infinity()) ==
        "toy: tensor noise: expected finite numbers only");
  CHECK_THAT(refusal([](Json& header, std::string& data) {
               set_number(header, data, "report.stop", 0, std::int32_t{3});
             }),
             ContainsSubstring("expected report.stop to be 0 (converged)"));
}

TEST_CASE("tensors that leave the file or each other's place are refused") {
  const auto tensor = [](const Json& changed) {
    return header_refusal([&](Json& header) { header["centers"] = changed; });
  };
  const auto entry = [](const Json& shape, const Json& offsets) {
    return Json{{"dtype", "F64"}, {"shape", shape}, {"data_offsets", offsets}};
  };
  const std::string start = "toy: tensor \"centers\": ";
  CHECK(tensor(entry({2, 3}, {0, 56})) == start + "expected 48 bytes for its shape, got 56");
  CHECK(tensor(entry({2, 3}, {48, 0})) == start + "expected data_offsets within 112 bytes");
  CHECK(tensor(entry({2, 3}, {80, 128})) == start + "expected data_offsets within 112 bytes");
  CHECK(tensor(entry({2, 3}, {0})) == start + "expected data_offsets within 112 bytes");
  CHECK(tensor(entry({2, 3}, {8, 56})) ==
        "toy: expected tensors without gap or overlap, got one from byte 8 of the data where 0 was "
        "due");
  CHECK_THAT(tensor(entry({2, 3}, {48, 96})), ContainsSubstring("without gap or overlap"));
  CHECK(tensor(entry({2, -3}, {0, 48})) == start + "shape: expected integers >= 0");
  CHECK(tensor(entry({2, 3.0}, {0, 48})) == start + "shape: expected integers >= 0");
  CHECK(tensor(entry("6", {0, 48})) == start + "shape: expected a list");
  CHECK(tensor({{"dtype", "F16"}, {"shape", {2}}, {"data_offsets", {0, 4}}}) ==
        start + "expected dtype F64, F32, I64, I32 or U8");
  CHECK(tensor({{"dtype", 8}, {"shape", {2}}, {"data_offsets", {0, 4}}}) ==
        start + "expected dtype F64, F32, I64, I32 or U8");
  CHECK(tensor({{"dtype", "F64"}}) == start + "expected exactly dtype, shape and data_offsets");
  CHECK(tensor(1) == start + "expected exactly dtype, shape and data_offsets");
  CHECK(refusal([](Json&, std::string& data) { data += "12345678"; }) ==
        "toy: expected 112 bytes of data, got 120");
}

TEST_CASE("a claim of a huge size is refused before anything is allocated") {
  // Any allocation of such a size would throw bad_alloc instead of FileError.
  const auto shaped = [](const Json& shape) {
    return header_refusal([&](Json& header) { header["centers"]["shape"] = shape; });
  };
  CHECK_THAT(shaped({std::uint64_t{1} << 60, 1}), EndsWith("a shape that fits into the file"));
  CHECK_THAT(shaped({std::uint64_t{1} << 32, std::uint64_t{1} << 32}),
             EndsWith("a shape that fits into the file"));
  CHECK_THAT(shaped({std::uint64_t{1} << 63, 0}), EndsWith("a shape that fits into the file"));
  CHECK_THAT(
      file_error([] { read<Toy<double>>("\xff\xff\xff\xff\xff\xff\xff\xff{}"); }),
      EndsWith("a header of at most 2 bytes, got a length of 18446744073709551615 at byte 0"));
  CHECK_THAT(file_error([] { read<Toy<double>>(joined(std::string(2 << 20, ' '), "")); }),
             ContainsSubstring("expected a header of at most 1048576 bytes, got"));
}

TEST_CASE("a header that is no plain JSON object is refused") {
  const auto reason = [](const std::string& header) {
    return file_error([&] { read<Toy<double>>(joined(header, "")); });
  };
  CHECK(reason("[]") == "toy: header: expected a JSON object");
  CHECK(reason("{\"a\": }") == "toy: header: expected JSON, which ends at byte 7 of it");
  CHECK_THAT(reason("{} {}"), ContainsSubstring("header: expected JSON"));
  CHECK_THAT(reason(""), ContainsSubstring("header: expected JSON"));
  CHECK_THAT(reason("{\"a\xff\": 1}"), ContainsSubstring("header: expected JSON"));
  CHECK_THAT(reason("{\"a\": 1, \"a\": 1}"), EndsWith("expected each key once, got twice \"a\""));
  CHECK_THAT(reason(std::string(100000, '[')), EndsWith("expected JSON nested less deeply"));
  CHECK_THAT(reason("{\"a\":" + std::string(50, '[') + std::string(50, ']') + "}"),
             EndsWith("expected JSON nested less deeply"));
  CHECK(file_error([] { read<Toy<double>>("1234567"); }) ==
        "toy: expected a model file, got fewer than 8 bytes");
}

TEST_CASE("a file cut at any byte is refused") {
  const std::string whole = saved(fitted_toy<float>());
  for (std::size_t length = 0; length < whole.size(); ++length) {
    INFO("cut to " << length << " bytes");
    CHECK_THROWS_AS(read<Toy<float>>(whole.substr(0, length)), FileError);
  }
  CHECK_THROWS_AS(read<Toy<float>>(whole + '\0'), FileError);
}

TEST_CASE("a file with any byte changed is refused") {
  const std::string whole = saved(fitted_toy<float>());
  std::string changed = whole;
  Index n_read = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const int flip : flips) {
      changed[at] = static_cast<char>(whole[at] ^ flip);
      if (file_error([&] { read<Toy<float>>(changed); }) == "no FileError") ++n_read;
    }
    changed[at] = whole[at];
  }
  CHECK(n_read == 0);
  CHECK(file_error([&] { read<Toy<float>>(changed); }) == "no FileError");
}

TEST_CASE("altered numbers are told by the checksum") {
  std::string content = saved(fitted_toy<double>());
  content.back() = static_cast<char>(content.back() ^ 1);
  CHECK_THAT(file_error([&] { read<Toy<double>>(content); }),
             ContainsSubstring("got altered bytes: the checksum differs"));
}

TEST_CASE("without a checksum a changed byte of the header is refused or harmless") {
  auto [header, data] = parts(saved(fitted_toy<float>()));
  header["__metadata__"].erase("checksum");
  const std::string whole = joined(header.dump(), data);
  std::string changed = whole;
  for (std::size_t at = 0; at < whole.size() - data.size(); ++at) {
    for (const int flip : flips) {
      changed[at] = static_cast<char>(whole[at] ^ flip);
      file_error([&] { read<Toy<float>>(changed); });  // any other exception fails the test
    }
    changed[at] = whole[at];
  }
  CHECK(file_error([&] { read<Toy<float>>(changed); }) == "no FileError");
}

TEST_CASE("an estimator before fit cannot be saved, and leaves no file") {
  const TemporaryFolder folder;
  CHECK_THROWS_AS(detail::save_model(folder / "toy", Toy<double>()), NotFitted);
  CHECK(std::filesystem::is_empty(folder / ""));
}
