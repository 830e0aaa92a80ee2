// The names of the columns that features of bands fill. SQLite takes names without case, so two bands or
// columns that differ in case alone get a suffix.
#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <set>

#include "host/error.h"
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

/// The same where the float32 is that whole number, else the digits that tell it from every other float32, p
/// for the point: 25p5, 1em05.
std::string own_text(const FeatureParameter& p, double value) {
  const float held = float(value);
  const bool fraction = p.below <= 1 || p.name == "quantile";
  const double whole = std::round(fraction ? 100 * double(held) : double(held));
  if (whole > 0 && float(fraction ? whole / 100 : whole) == held) return reference_text(p, value);
  char digits[64];
  *std::to_chars(digits, digits + sizeof digits - 1, held).ptr = 0;  // the shortest that reads back
  double shown = std::strtod(digits, nullptr);
  if (fraction) shown = shown < 1e-3 ? 100 * shown : std::round(shown * 1e14) / 1e12;
  std::string text;
  for (const char c : number(shown))
    if (c != '+') text += c == '.' ? 'p' : c == '-' ? 'm' : c;
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
    if (request.feature->across_bands && bands.size() < 2) {
      const std::string why = request.feature->name + ": expected two neighbouring bands, found one";
      if (features.size() == 1)
        throw Error(ErrorKind::kUsage, why, "name the bands in their order, as in --bands griz");
      if (notes != nullptr) notes->push_back(why + ": it has no column");
    }
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
