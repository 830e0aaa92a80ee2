// Lists of features as they are typed, and the records as pages of text.
#include <algorithm>
#include <charconv>
#include <cmath>

#include "host/error.h"
#include "host/lc/feature_text.h"
#include "host/lc/features.h"
#include "host/units.h"

namespace sluice::lc {
namespace {

constexpr const char* kAdvice = "features: base, field, all or names of them, as in base,EtaE,BeyondNStd(2)";

std::string trimmed(const std::string& text) {
  const auto begin = text.find_first_not_of(" \t"), end = text.find_last_not_of(" \t");
  return begin == std::string::npos ? "" : text.substr(begin, end - begin + 1);
}

/// Parts between commas that are not in brackets.
std::vector<std::string> parts_of(const std::string& list) {
  std::vector<std::string> parts(1);
  int depth = 0;
  for (const char c : list) {
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (c == ',' && depth == 0)
      parts.emplace_back();
    else
      parts.back() += c;
  }
  for (std::string& part : parts) part = trimmed(part);
  return parts;
}

FeatureRequest standard(const Feature& feature) {
  FeatureRequest request{&feature, {}};
  for (const FeatureParameter& p : feature.parameters)
    request.parameters.push_back(double(float(p.standard)));
  return request;
}

bool is_set(const std::string& name) {
  return name == "base" || name == "field" || name == "all";
}

FeatureRequest request_of(const std::string& part) {
  const auto open = part.find('(');
  if (open != std::string::npos && is_set(lower(trimmed(part.substr(0, open)))))
    throw Error(
        ErrorKind::kUsage,
        part + ": " + lower(trimmed(part.substr(0, open))) + " is a set of features, which has no parameters",
        kAdvice);
  FeatureRequest request = standard(find_feature(trimmed(part.substr(0, open))));
  if (open == std::string::npos) return request;
  const Feature& feature = *request.feature;
  if (part.back() != ')' || part.find(')') != part.size() - 1)
    throw Error(ErrorKind::kUsage, part + ": expected NAME(NUMBER,...)", kAdvice);
  const std::vector<std::string> given = parts_of(part.substr(open + 1, part.size() - open - 2));
  if (given.size() > feature.parameters.size())
    throw Error(ErrorKind::kUsage,
                part + ": " + feature.name + " has " + std::to_string(feature.parameters.size()) +
                    " parameters, found " + std::to_string(given.size()),
                kAdvice);
  for (std::size_t i = 0; i < given.size(); ++i) {
    const FeatureParameter& p = feature.parameters[i];
    double value = 0;
    const char* const end = given[i].data() + given[i].size();
    const auto read = std::from_chars(given[i].data(), end, value);
    // Held in float32 it must lie between its bounds still.
    if (read.ec != std::errc() || read.ptr != end || !(float(value) > p.above) || !(float(value) < p.below))
      throw Error(ErrorKind::kUsage,
                  part + ": " + p.name + ": expected a number between " + number(p.above) + " and " +
                      number(p.below) + ", found " + (given[i].empty() ? "nothing" : given[i]),
                  "");
    request.parameters[i] = double(float(value));  // as it is held
  }
  return request;
}

/// Has a value where an error is 0: the other features that need errors divide by
/// them.
bool bears_zero_errors(const Feature& f) {
  const CurveStatistic s = f.columns[0].statistic;
  return s == CurveStatistic::kRoms || s == CurveStatistic::kExcessVariance;
}

bool in_set(const Feature& f, const std::string& set) {
  if (f.name == "NormalizedMAD") return false;  // MAD in another unit: by name alone
  return set == "all" || (set == "base") == (f.set == FeatureSet::kBase);
}

}  // namespace

std::vector<FeatureRequest> parse_features(const std::string& list) {
  std::vector<FeatureRequest> requests;
  const auto add = [&](FeatureRequest request) {
    for (const FeatureRequest& r : requests)
      if (r.feature == request.feature && r.parameters == request.parameters) return;
    requests.push_back(std::move(request));
  };
  for (const std::string& part : parts_of(list)) {
    if (part.empty())
      throw Error(ErrorKind::kUsage, "a list of features with an empty name: " + list, kAdvice);
    if (!is_set(lower(part))) {
      add(request_of(part));
      continue;
    }
    for (const Feature& f : catalogue())
      if (in_set(f, lower(part))) add(standard(f));
  }
  return requests;
}

std::string explain_feature(const std::string& name) {
  const Feature& f = find_feature(name);
  std::string text = f.name + " (" + (f.set == FeatureSet::kBase ? "base" : "field") + " set";
  if (!f.reference.empty()) text += "; light-curve's " + f.reference;
  text += ")\n  " + f.definition + "\n";
  const std::vector<std::string> bands =
      f.across_bands ? std::vector<std::string>{"g", "r"} : std::vector<std::string>{"BAND"};
  for (const FeatureColumnName& c : feature_columns(bands, {standard(f)})) {
    text += "  column: " + c.name + (f.across_bands ? " and so on" : "");
    if (!c.reference.empty()) text += " (" + c.reference + ")";
    text += c.unit.empty() ? ", a plain number\n" : ", in " + c.unit + "\n";
  }
  for (const FeatureParameter& p : f.parameters)
    text += "  parameter: " + p.name + ", default " + number(p.standard) + ", between " + number(p.above) +
            " and " + number(p.below) + " (" + p.meaning + ")\n";
  text += "  points: at least " + std::to_string(f.minimum) + "\n";
  text += std::string("  errors: ") +
          (!f.needs_errors        ? "not used"
           : bears_zero_errors(f) ? "needed"
                                  : "needed; undefined where one is 0") +
          "\n";
  text += "  a flat curve: " + f.flat + "\n";
  text += "  source: " + f.source + "\n";
  return text;
}

std::string list_features(const std::string& list) {
  std::string text;
  for (const FeatureRequest& r : parse_features(list))
    text += r.feature->name + ": " + r.feature->definition + "\n";
  return text;
}

}  // namespace sluice::lc
