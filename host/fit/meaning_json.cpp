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
      throw Error(ErrorKind::kInput, path + ": the means of its center() and standardize() are not there");
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
  std::vector<double> means, deviations;
  for (const WholeColumn& one : m.whole) means.push_back(one.mean), deviations.push_back(one.deviation);
  json.numbers("whole_means", means).numbers("whole_deviations", deviations);
}

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
    m.whole.push_back({means[k], deviations[k]});
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
