// Holds the sources to what no compiler checks: which room may include which, what is banned
// outside its room, names and lengths of files. Every finding is printed as file:line: text, so
// that one run shows all of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/regex.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLinesMax = 800;

struct SourceFile {
  std::string path;  // From the project's root, with slashes.
  std::vector<std::string> lines;

  [[nodiscard]] bool is_header() const { return path.ends_with(".h"); }
  [[nodiscard]] bool is_cpp() const { return path.ends_with(".cpp"); }
  [[nodiscard]] bool is_under(std::string_view folder) const { return path.starts_with(folder); }
};

// The staircase of rooms. A room includes lower floors only; `beside` are the rooms of its own
// floor that it may include too.
struct Room {
  int floor;
  std::set<std::string> beside;
};

const std::map<std::string, Room>& rooms() {
  static const std::map<std::string, Room> kRooms = {
      {"emulator/base", {0, {}}},
      {"emulator/service", {1, {}}},
      {"emulator/document", {1, {}}},
      {"emulator/model", {2, {}}},
      {"emulator/clock", {2, {}}},
      {"emulator/expression", {3, {}}},
      {"emulator/partiql", {3, {"emulator/expression"}}},
      {"emulator/storage", {3, {}}},
      {"emulator/capacity", {3, {}}},
      {"emulator/faults", {3, {"emulator/capacity"}}},
      {"emulator/table", {4, {}}},
      {"emulator/operations", {5, {}}},
      {"emulator/api", {6, {}}},
      {"emulator/http", {7, {}}},
      {"streams", {7, {"emulator/http"}}},
      {"emulator/queue", {7, {}}},
      {"emulator/autoscaling", {7, {}}},
      {"emulator/cloudwatch", {7, {}}},
      {"emulator/admin", {7, {}}},
      {"emulator/server", {8, {}}},
      {"fixtures", {8, {"emulator/server"}}},
  };
  return kRooms;
}

std::string room_of(std::string_view path) {
  for (std::string_view top : {"streams/", "fixtures/"}) {
    if (path.starts_with(top)) {
      return std::string(top.substr(0, top.size() - 1));
    }
  }
  const std::size_t first = path.find('/');
  const std::size_t second = first == path.npos ? path.npos : path.find('/', first + 1);
  return second == path.npos ? "" : std::string(path.substr(0, second));
}

std::vector<SourceFile> read_sources() {
  std::vector<SourceFile> files;
  const fs::path root = UNDERSTUDY_SOURCE_DIR;
  for (const char* folder : {"emulator", "streams", "fixtures", "tests", "conformance", "bench"}) {
    if (!fs::exists(root / folder)) {
      continue;
    }
    for (auto at = fs::recursive_directory_iterator(root / folder);
         at != fs::recursive_directory_iterator(); ++at) {
      const std::string name = at->path().filename().string();
      if (at->is_directory() && (name == "node_modules" || name == "target" || name == "corpus")) {
        at.disable_recursion_pending();
        continue;
      }
      const std::string extension = at->path().extension().string();
      if (extension != ".h" && extension != ".cpp" && extension != ".py" && extension != ".inc") {
        continue;
      }
      SourceFile file{fs::relative(at->path(), root).generic_string(), {}};
      std::ifstream in(at->path());
      for (std::string line; std::getline(in, line);) {
        file.lines.push_back(std::move(line));
      }
      files.push_back(std::move(file));
    }
  }
  std::ranges::sort(files, {}, &SourceFile::path);
  return files;
}

class TidyTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { files_ = new std::vector<SourceFile>(read_sources()); }
  static void TearDownTestSuite() {
    delete files_;
    files_ = nullptr;
  }
  void TearDown() override {
    for (const std::string& finding : findings_) {
      ADD_FAILURE() << finding;
    }
  }
  void report(const SourceFile& file, std::size_t line, const std::string& text) {
    findings_.push_back(file.path + ":" + std::to_string(line) + ": " + text);
  }

  // Calls `visit(file, line number, code)` for each line of code, comments cut off.
  template <class Visit>
  static void each_line_of_code(Visit visit) {
    for (const SourceFile& file : *files_) {
      if (!file.is_header() && !file.is_cpp()) {
        continue;
      }
      for (std::size_t i = 0; i < file.lines.size(); ++i) {
        const std::string& line = file.lines[i];
        visit(file, i + 1, line.substr(0, line.find("//")));
      }
    }
  }

  // Reports each line that matches outside of the files that `allowed` accepts.
  template <class Allowed>
  void ban(const char* pattern, const std::string& why, Allowed allowed) {
    const boost::regex expression(pattern);
    each_line_of_code([&](const SourceFile& file, std::size_t line, const std::string& code) {
      if (file.path != "tests/tidy_test.cpp" && boost::regex_search(code, expression) &&
          !allowed(file)) {
        report(file, line, why);
      }
    });
  }

  static std::vector<SourceFile>* files_;  // NOLINT: gtest's way to share set-up between tests.
  std::vector<std::string> findings_;
};

std::vector<SourceFile>* TidyTest::files_ = nullptr;  // NOLINT

bool is_product(const SourceFile& file) {
  return file.is_under("emulator/") || file.is_under("streams/") || file.is_under("fixtures/");
}
bool outside_product(const SourceFile& file) {
  return !is_product(file);
}

TEST_F(TidyTest, FindsTheSources) {
  EXPECT_GT(files_->size(), 50U);
}

TEST_F(TidyTest, RoomsIncludeOnlyLowerFloors) {
  const boost::regex include("^\\s*#include \"([^\"]+)\"");
  each_line_of_code([&](const SourceFile& file, std::size_t line, const std::string& code) {
    boost::smatch match;
    const std::string from = room_of(file.path);
    if (!is_product(file) || !boost::regex_search(code, match, include)) {
      return;
    }
    const std::string to = room_of(match[1].str());
    if (!rooms().contains(from)) {
      report(file, line, "is in no known room; add it to tests/tidy_test.cpp");
      return;
    }
    if (!rooms().contains(to)) {
      report(file, line, "includes " + match[1].str() + ", which is in no room");
      return;
    }
    const Room& here = rooms().at(from);
    // The program stands on top of all rooms.
    const bool is_program = file.path == "emulator/server/main.cpp";
    if (to != from && rooms().at(to).floor >= here.floor && !here.beside.contains(to) &&
        !is_program) {
      report(file, line, from + " may not include " + to);
    }
  });
}

TEST_F(TidyTest, QuotedIncludesNameFilesFromTheRoot) {
  const boost::regex include("^\\s*#include \"([^\"]+)\"");
  each_line_of_code([&](const SourceFile& file, std::size_t line, const std::string& code) {
    boost::smatch match;
    if (boost::regex_search(code, match, include) && !file.is_under("tests/install") &&
        !fs::exists(fs::path(UNDERSTUDY_SOURCE_DIR) / match[1].str())) {
      report(file, line, "no such file: " + match[1].str());
    }
  });
}

TEST_F(TidyTest, HeavyHeadersStayInTheirRooms) {
  ban("#include <regex>", "<regex> is banned; boost/regex.hpp in tests",
      [](const auto&) { return false; });
  ban("#include <nlohmann/json.hpp>",
      "nlohmann stays in .cpp files of emulator/server and of tests", [](const SourceFile& file) {
        return (outside_product(file) && !file.is_header()) || file.is_under("conformance/") ||
               ((file.is_under("emulator/server/") || file.is_under("fixtures/")) && file.is_cpp());
      });
  ban("#include <boost/(beast|asio)", "Beast and Asio stay in emulator/http and streams/web",
      [](const SourceFile& file) {
        return outside_product(file) || file.is_under("emulator/http/") ||
               file.is_under("streams/web/");
      });
  ban("#include <yaml-cpp", "yaml-cpp stays in .cpp files of emulator/document",
      [](const SourceFile& file) { return file.is_under("emulator/document/") && file.is_cpp(); });
  ban("#include <(gtest|gmock|rapidcheck)",
      "test libraries stay in tests/ and in fixtures' headers for GoogleTest",
      [](const SourceFile& file) {
        return outside_product(file) || file.path == "fixtures/matchers.h" ||
               file.path == "fixtures/known_client.h" ||
               file.path.starts_with("fixtures/emulator_fixture") ||
               file.path.starts_with("fixtures/server_fixture");
      });
}

TEST_F(TidyTest, TimeComesFromTheClock) {
  ban("(system|steady|high_resolution)_clock::now|\\btime\\((nullptr|NULL|0)\\)|clock_gettime|"
      "gettimeofday",
      "time comes from a Clock that is handed in", [](const SourceFile& file) {
        return file.path == "emulator/clock/system_clock.cpp" || file.is_under("emulator/http/") ||
               file.path.starts_with("emulator/server/main") || file.is_under("bench/") ||
               file.is_under("conformance/") || file.is_under("tests/emulator/http/") ||
               file.is_under("tests/emulator/server/") || file.is_under("tests/load/");
      });
  ban("sleep_for|sleep_until|\\b(u|nano)?sleep\\(", "nothing sleeps; tests advance a virtual clock",
      [](const SourceFile& file) {
        return file.is_under("bench/") || file.is_under("conformance/");
      });
}

TEST_F(TidyTest, ChanceComesFromASeed) {
  ban("random_device|\\bs?rand\\(|std::(mt19937|default_random_engine)",
      "chance comes from a Random that is handed in", [](const SourceFile& file) {
        return file.path.starts_with("emulator/server/main") || file.is_under("bench/") ||
               file.is_under("tests/");
      });
}

TEST_F(TidyTest, FilesAreOpenedOnlyWhereTheyMay) {
  ban("\\b(i|o)?fstream\\b|\\bfopen\\(|(^|[^\\w])::open\\(|std::filesystem",
      "files are storage's and server's", [](const SourceFile& file) {
        return outside_product(file) || file.is_under("emulator/storage/file_system") ||
               file.is_under("emulator/server/") || file.path == "emulator/http/tls.cpp" ||
               file.path.starts_with("fixtures/seed_files");
      });
}

TEST_F(TidyTest, ErrorsAreValues) {
  // But for want of memory, as from every container.
  ban("\\bthrow\\b", "nothing is thrown; return a Result", [](const SourceFile& file) {
    return outside_product(file) || file.path == "emulator/base/buffer.cpp";
  });
}

TEST_F(TidyTest, HeadersHaveAGuardAndNoUsingNamespace) {
  for (const SourceFile& file : *files_) {
    if (file.is_header() && std::ranges::find(file.lines, "#pragma once") == file.lines.end()) {
      report(file, 1, "needs #pragma once");
    }
  }
  ban("using namespace std\\b", "no using namespace std", [](const auto&) { return false; });
}

TEST_F(TidyTest, FilesSayWhatTheyAreFor) {
  for (const SourceFile& file : *files_) {
    if ((file.is_header() || file.is_cpp()) && is_product(file) && file.is_header() &&
        (file.lines.empty() || !file.lines[0].starts_with("//"))) {
      report(file, 1, "opens without saying what it is for");
    }
  }
}

TEST_F(TidyTest, FilesAreShortAndNamedInSnakeCase) {
  const boost::regex name("([a-z0-9_]+/)*[a-z0-9_]+\\.(h|cpp|inc|py)");
  for (const SourceFile& file : *files_) {
    if (!file.path.ends_with(".inc") && file.lines.size() > kLinesMax) {
      report(file, file.lines.size(), "is longer than 800 lines");
    }
    if (!boost::regex_match(file.path, name)) {
      report(file, 1, "is not named in snake_case");
    }
    const std::string stem = fs::path(file.path).stem().string();
    for (const char* word : {"util", "utils", "helper", "helpers", "common", "manager", "misc"}) {
      if (stem == word) {
        report(file, 1, "is named after no thing");
      }
    }
  }
}

TEST_F(TidyTest, NothingIsLeftOpen) {
  const boost::regex mark(
      "\\b(TO"
      "DO|FIX"
      "ME|XX"
      "X)\\b");
  for (const SourceFile& file : *files_) {
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      if (boost::regex_search(file.lines[i], mark)) {
        report(file, i + 1, "is left open");
      }
    }
  }
}

// Every constant of the models that AWS does not publish has its line there (issue 4).
TEST_F(TidyTest, AssumptionsListEachGuessedKnob) {
  std::ifstream page(fs::path(UNDERSTUDY_SOURCE_DIR) / "conformance/ASSUMPTIONS.md");
  const std::string listed{std::istreambuf_iterator<char>(page), std::istreambuf_iterator<char>()};
  const boost::regex knob("CAPACITY_(?:KNOB|CHOICE)\\((\\w+),.*Assumed.*");
  std::size_t guessed = 0;
  for (const SourceFile& file : *files_) {
    for (std::size_t i = 0; i < file.lines.size() && file.path.ends_with("knobs.inc"); ++i) {
      boost::smatch match;
      if (boost::regex_match(file.lines[i], match, knob)) {
        ++guessed;
        if (listed.find("`" + match[1].str() + "`") == std::string::npos) {
          report(file, i + 1, "is a guess that conformance/ASSUMPTIONS.md does not list");
        }
      }
    }
  }
  EXPECT_GT(guessed, 10U);
}

TEST_F(TidyTest, TestsAreNamedAndNeverDisabled) {
  ban("TEST(_F|_P)?\\(\\w*, *(DISABLED_|\\w+_)", "test names are CamelCase, and none is disabled",
      [](const auto&) { return false; });
}

}  // namespace
