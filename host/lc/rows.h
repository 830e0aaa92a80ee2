// Rows of light curves on their way from files to a store or to Curves: a batch has whole rows of any
// objects, and what is known of the objects that appear in it for the first time.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace sluice::lc {

struct Row {
  std::int64_t object = 0;
  double t = 0, flux = 0, error = 0;  // flux and error NaN where the file has none
  std::int32_t band = 0;              // in Batch::bands
  std::uint32_t file = 0;             // in Batch::files
};

struct ObjectFacts {
  std::int64_t id = 0;
  std::string name;
  std::string metadata = {};  // a JSON object; empty: none
  std::string label = {};     // empty: none
  std::uint32_t file = 0;     // in Batch::files
};

struct Batch {
  std::vector<ObjectFacts> objects;  // each before or with its first row
  std::vector<Row> rows;             // an object's in the order in which they came
  std::vector<std::string> bands;
  std::shared_ptr<const std::vector<std::string>> files;  // may be null: rows are of no file
};

}  // namespace sluice::lc
