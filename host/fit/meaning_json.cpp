// A formula's text alone is not enough: which columns are text, and which columns `.` stood for, the table
// said.
#include "host/fit/meaning_json.h"

#include <algorithm>
#include <cmath>

#include "host/error.h"
#include "host/formats/json_text.h"

namespace sluice::fit {

Meaning meaning_of(const Source& source, const NamedLevels& lists) {
  Meaning m;
  m.formula = source.formula.text;
  m.lists = lists;
  m.columns = source.formula_columns;
  for (const Factor& factor : source.formula.factors)
    if (factor.category && factor.bare) m.texts.push_back(factor.column());
  m.whole = whole_columns_of(source.formula);
  return m;
}

Formula formula_of(const Meaning& meaning, const std::string& path) {
  try {
    Formula formula = parse_formula(meaning.formula, meaning.columns, meaning.lists);
    resolve(formula, meaning.texts);
    if (!set_whole_columns(formula, meaning.whole))
      throw Error(
          ErrorKind::kInput,
          path + ": what center(), standardize() and poly() of its formula found is not there, or damaged");
    return formula;
  } catch (const FormulaError& error) {
    throw Error(ErrorKind::kInput, path + ": its formula '" + meaning.formula + "': " + error.what());
  }
}

void add_meaning(JsonText& json, const Meaning& m) {
  json.text("formula", m.formula).texts("columns", m.columns).texts("text_columns", m.texts);
  JsonText lists;
  for (const auto& [name, levels] : m.lists) lists.texts(name, levels);
  json.raw("lists", lists.line());
  // Of a column of poly() of degree n: n alphas, n + 1 betas and shares, one column's behind the other's.
  std::vector<double> means, deviations, degrees, alphas, betas, mix;
  for (const WholeColumn& one : m.whole) {
    means.push_back(one.mean), deviations.push_back(one.deviation);
    degrees.push_back(double(one.alphas.size()));
    alphas.insert(alphas.end(), one.alphas.begin(), one.alphas.end());
    betas.insert(betas.end(), one.betas.begin(), one.betas.end());
    mix.insert(mix.end(), one.mix.begin(), one.mix.end());
  }
  json.numbers("whole_means", means).numbers("whole_deviations", deviations);
  if (betas.empty()) return;
  json.numbers("poly_degrees", degrees).numbers("poly_alphas", alphas).numbers("poly_betas", betas);
  json.numbers("poly_mix", mix);
}

namespace {

void read_polynomials(const JsonFields& fields, std::vector<WholeColumn>& whole) {
  const std::vector<double> degrees = fields.numbers("poly_degrees"), alphas = fields.numbers("poly_alphas"),
                            betas = fields.numbers("poly_betas"), mix = fields.numbers("poly_mix");
  std::size_t a = 0, b = 0;
  const auto take = [](const std::vector<double>& from, std::size_t& at, std::size_t count) {
    const std::vector<double> taken(from.begin() + std::ptrdiff_t(at),
                                    from.begin() + std::ptrdiff_t(at + count));
    at += count;
    return taken;
  };
  bool sound = degrees.size() == whole.size() && mix.size() == betas.size();
  for (std::size_t k = 0; sound && k < whole.size(); ++k) {
    if (degrees[k] == 0) continue;
    sound = degrees[k] >= 1 && degrees[k] <= kMostDegree && degrees[k] == std::floor(degrees[k]);
    const auto degree = sound ? std::size_t(degrees[k]) : 0;
    sound = sound && a + degree <= alphas.size() && b + degree + 1 <= betas.size();
    if (!sound) break;
    whole[k].alphas = take(alphas, a, degree);
    std::size_t beside = b;
    whole[k].mix = take(mix, beside, degree + 1);
    whole[k].betas = take(betas, b, degree + 1);
  }
  if (!sound || a != alphas.size() || b != betas.size())
    fields.refuse("'poly_degrees', 'poly_alphas', 'poly_betas' and 'poly_mix' do not belong together");
}

}  // namespace

Meaning read_meaning(const JsonFields& fields) {
  Meaning m;
  m.formula = fields.text("formula");
  m.columns = fields.texts("columns"), m.texts = fields.texts("text_columns");
  const JsonValue& lists = fields.at("lists", JsonValue::Kind::kObject);
  const std::string inside = "'lists'";
  for (const std::string& name : lists.names) m.lists[name] = JsonFields(lists, inside).texts(name);
  const std::vector<double> means = fields.numbers("whole_means");
  const std::vector<double> deviations = fields.numbers("whole_deviations");
  for (std::size_t k = 0; k < means.size() && means.size() == deviations.size(); ++k)
    m.whole.push_back({means[k], deviations[k], {}, {}, {}});
  if (fields.has("poly_degrees")) read_polynomials(fields, m.whole);
  return m;
}

void check_kind(const JsonValue& json, const std::string& path, const std::string& kind, int schema) {
  const JsonValue* found = json.find("kind");
  if (found == nullptr || found->text != kind)
    throw Error(ErrorKind::kInput, path + ": expected \"kind\": \"" + kind + "\", found " +
                                       (found == nullptr ? "none" : "'" + found->text + "'"));
  const JsonValue* number = json.find("schema");
  if (number == nullptr || number->number != schema)
    throw Error(ErrorKind::kInput,
                path + ": expected \"schema\": " + std::to_string(schema) + ", found " +
                    (number == nullptr ? "none" : json_number(number->number)),
                "a later sluice may have written it");
}

}  // namespace sluice::fit
