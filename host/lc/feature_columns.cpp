// The names of the columns that features of bands fill. SQLite takes names without case, so two bands or
// columns that differ in case alone get a suffix.
#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <set>

#include "host/lc/feature_text.h"
#include "host/lc/features.h"
#include "host/units.h"

namespace sluice::lc {
namespace {

/// `name`, or with the first of _2, _3, ... that is not taken.
std::string unique(const std::string& name, std::set<std::string>& taken) {
  std::string text = name;
  for (int i = 2; !taken.insert(lower(text)).second; ++i) text = name + "_" + std::to_string(i);
  return text;
}

std::vector<std::string> labels_of(const std::vector<std::string>& bands, std::vector<std::string>* notes) {
  std::vector<std::string> labels;
  std::set<std::string> taken;
  for (const std::string& band : bands) {
    labels.push_back(unique(band, taken));
    if (notes != nullptr && labels.back() != band)
      notes->push_back("band " + band + " is " + labels.back() +
                       " in names of columns: another band differs from it in case alone");
  }
  return labels;
}

/// A parameter as light-curve writes it: fractions in per cent, no digits behind the point.
std::string reference_text(const FeatureParameter& p, double value) {
  char text[64];
  std::snprintf(text, sizeof text, "%.0f",
                double(p.below <= 1 || p.name == "quantile" ? 100.0f * float(value) : float(value)));
  return text;
}

/// The same where that is the whole number, else with its digits.
std::string own_text(const FeatureParameter& p, double value) {
  const bool fraction = p.below <= 1 || p.name == "quantile";
  const double shown = fraction ? double(100.0f * float(value)) : value;
  if (std::fabs(shown - std::round(shown)) < 1e-4) return reference_text(p, value);
  std::string text = number(fraction ? std::round(value * 1e8) / 1e6 : value);
  std::replace(text.begin(), text.end(), '.', '_');
  return text;
}

template <class Text>
std::string filled(std::string name, const FeatureRequest& request, const Text& text) {
  for (std::size_t i = 0; i < request.parameters.size(); ++i) {
    const auto at = name.find("{}");
    if (at != std::string::npos)
      name.replace(at, 2, text(request.feature->parameters[i], request.parameters[i]));
  }
  return name;
}

std::string capitalised(std::string name) {
  if (!name.empty()) name[0] = char(std::toupper(static_cast<unsigned char>(name[0])));
  return name;
}

}  // namespace

std::vector<FeatureColumnName> feature_columns(const std::vector<std::string>& bands,
                                               const std::vector<FeatureRequest>& features,
                                               std::vector<std::string>* notes) {
  const std::vector<std::string> labels = labels_of(bands, notes);
  std::vector<FeatureColumnName> columns;
  std::set<std::string> taken;
  const auto add = [&](const std::string& name, const FeatureRequest& request, const FeatureColumn& column) {
    const std::string own = unique(name, taken);
    if (notes != nullptr && own != name)
      notes->push_back("column " + name + " is named " + own + ": that name is taken");
    columns.push_back({own, request.feature->name, filled(column.reference, request, reference_text),
                       column.unit, request.feature->set});
  };
  for (const FeatureRequest& request : features) {
    for (const FeatureColumn& column : request.feature->columns) {
      const std::string name = filled(column.name, request, own_text);
      if (request.feature->across_bands) {
        for (std::size_t b = 0; b + 1 < labels.size(); ++b)
          add(labels[b] + name + capitalised(labels[b + 1]), request, column);
      } else {
        for (const std::string& label : labels) add(label + name, request, column);
      }
    }
  }
  return columns;
}

}  // namespace sluice::lc
