// Features into tables of the store: one for each set of features that was asked for.
#include "host/formats/output.h"
#include "host/lc/feature_sink.h"

namespace sluice::lc {
namespace {

class StoreSink : public FeatureSink {
 public:
  StoreSink(Store& store, const std::string& set, const std::vector<FeatureColumnName>& columns,
            std::optional<double> missing, bool force) {
    for (const auto& [features, name] :
         {std::pair(FeatureSet::kBase, "base"), {FeatureSet::kField, "field"}}) {
      Part part;
      std::vector<std::string> names;
      for (std::size_t c = 0; c < columns.size(); ++c)
        if (columns[c].set == features) part.columns.push_back(c), names.push_back(columns[c].name);
      if (names.empty()) continue;
      const std::string table = feature_table(set, name);
      part.writer = std::make_unique<FeatureWriter>(store, table, names, missing, force);
      tables.push_back({table, part.writer->columns(), std::vector<std::int64_t>(names.size())});
      parts_.push_back(std::move(part));
    }
    open_hints = {"pd.read_sql('SELECT * FROM " + tables[0].name + "', sqlite3.connect(" +
                  python_text(store.path()) + "))"};
  }

  void add(const Features& part) override {
    const std::size_t rows = part.objects.size(), width = part.columns.size();
    for (std::size_t p = 0; p < parts_.size(); ++p) {
      std::vector<double>& values = parts_[p].values;
      values.resize(rows * parts_[p].columns.size());
      std::vector<const double*> pointers;
      for (std::size_t k = 0; k < parts_[p].columns.size(); ++k) {
        double* const column = values.data() + k * rows;
        for (std::size_t r = 0; r < rows; ++r) {
          column[r] = part.values[r * width + parts_[p].columns[k]];
          tables[p].undefined[k] += column[r] != column[r];
        }
        pointers.push_back(column);
      }
      parts_[p].writer->add(part.objects, pointers);
    }
  }

  void finish() override {
    // All tables in one transaction, which the first writer commits.
    for (std::size_t p = parts_.size(); p-- > 0;) parts_[p].writer->finish();
  }

  std::vector<std::string> notes() const override {
    std::vector<std::string> lines;
    for (const Part& part : parts_)
      lines.insert(lines.end(), part.writer->renamed().begin(), part.writer->renamed().end());
    return lines;
  }

 private:
  struct Part {
    std::unique_ptr<FeatureWriter> writer;
    std::vector<std::size_t> columns;  // among those of the features
    std::vector<double> values;
  };
  std::vector<Part> parts_;
};

}  // namespace

std::unique_ptr<FeatureSink> store_sink(Store& store, const std::string& set,
                                        const std::vector<FeatureColumnName>& columns,
                                        std::optional<double> missing, bool force) {
  return std::make_unique<StoreSink>(store, set, columns, missing, force);
}

}  // namespace sluice::lc
