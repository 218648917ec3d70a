// SPDX-License-Identifier: MIT
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include "io/files.hpp"
#include "io/toy.hpp"
#include "support/catch.hpp"
#include "support/data.hpp"
#include "unlabeled/io/detail/stored_model.hpp"

using namespace unlabeled;
using Catch::Matchers::ContainsSubstring;
namespace fs = std::filesystem;

namespace {

void save(const fs::path& path, const Toy<double>& toy) { detail::save_model(path, toy); }

Toy<double> load(const fs::path& path) {
  std::ifstream stream = detail::open_to_read(path);
  detail::ByteSource source(stream, "toy");
  return detail::load_model<Toy<double>>(source);
}

Toy<double> large_toy() {
  ToyModel<double> model = fitted_toy<double>().model();
  model.centers = random_matrix<double>(2, 50000, 1);
  return Toy<double>(ToyOptions(), std::move(model));
}

}  // namespace

TEST_CASE("saving replaces a file and leaves nothing beside it") {
  const TemporaryFolder folder;
  save(folder / "x", large_toy());
  save(folder / "x", fitted_toy<double>({.seed = 3}));
  CHECK(load(folder / "x").options().seed == 3);
  CHECK(n_files(folder) == 1);
}

TEST_CASE("saving keeps the permissions of the file it replaces") {
  const TemporaryFolder folder;
  save(folder / "x", fitted_toy<double>());
  const auto owner_only = fs::perms::owner_read | fs::perms::owner_write;
  fs::permissions(folder / "x", owner_only);
  save(folder / "x", fitted_toy<double>());
  CHECK(fs::status(folder / "x").permissions() == owner_only);
}

TEST_CASE("saving through a symbolic link replaces what it points to") {
  const TemporaryFolder folder;
  fs::create_directory(folder / "there");
  save(folder / "there/x", fitted_toy<double>());
  fs::create_symlink(fs::path("there") / "x", folder / "link");
  save(folder / "link", fitted_toy<double>({.seed = 3}));
  CHECK(fs::is_symlink(folder / "link"));
  CHECK(load(folder / "there/x").options().seed == 3);
}

TEST_CASE("only a regular file can be replaced") {
  const TemporaryFolder folder;
  CHECK_THAT(file_error([&] { save(folder / "", fitted_toy<double>()); }),
             ContainsSubstring(": expected a regular file or none yet"));
  if (fs::exists("/dev/null"))
    CHECK_THAT(file_error([&] { save("/dev/null", fitted_toy<double>()); }),
               ContainsSubstring("/dev/null: expected a regular file or none yet"));
}

TEST_CASE("a folder that is not there is an error with the path asked for") {
  const TemporaryFolder folder;
  CHECK_THAT(file_error([&] { save(folder / "none" / "x", fitted_toy<double>()); }),
             ContainsSubstring("none/x: cannot be opened for writing: "));
}

#if __has_include(<sys/resource.h>)
TEST_CASE("a save that fails half way leaves the earlier file as it was, and nothing beside it") {
  const TemporaryFolder folder;
  save(folder / "x", fitted_toy<double>({.seed = 3}));
  std::string message;
  {
    const FileSizeLimit limit(200000);
    message = file_error([&] { save(folder / "x", large_toy()); });
  }
  CHECK_THAT(message, ContainsSubstring("x: cannot be written: "));
  CHECK(load(folder / "x").options().seed == 3);
  CHECK(n_files(folder) == 1);
}
#endif
