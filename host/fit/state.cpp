// Sums from one set of shifts follow from those of another: with d what a monomial's shift differs by, the
// sum of (x + d)(y + e) is that of xy + e x + d y + d e, and every table has the sums of x, y and 1.
#include "host/fit/state.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>

#include "host/error.h"
#include "host/fit/json_value.h"
#include "host/fit/levels.h"
#include "host/fit/meaning_json.h"
#include "host/formats/json_text.h"
#include "host/io/whole_file.h"

namespace sluice::fit {
namespace {

std::vector<double> as_numbers(const std::vector<std::size_t>& values) {
  return {values.begin(), values.end()};
}

std::string table_json(const PairTable& layout, const CellSums& table) {
  JsonText json;
  json.numbers("categories", as_numbers(layout.categories));
  std::vector<double> codes;
  for (std::size_t cell = 0; cell < table.cells.size(); ++cell)
    codes.insert(codes.end(), table.cells.codes(cell), table.cells.codes(cell) + layout.categories.size());
  std::vector<double> sums(table.sums.begin(),
                           table.sums.begin() + std::ptrdiff_t(table.cells.size() * table.width));
  return json.numbers("codes", codes).numbers("sums", sums).line();
}

void read_table(const JsonFields& fields, const PairTable& layout, std::size_t levels, CellSums& table) {
  const std::vector<double> codes = fields.numbers("codes");
  table.sums = fields.numbers("sums");
  const std::size_t width = layout.categories.size(), cells = codes.size() / width;
  if (fields.numbers("categories") != as_numbers(layout.categories) || codes.size() % width != 0 ||
      table.sums.size() != cells * table.width)
    fields.refuse("a table of sums is not that of the formula");
  table.errors.assign(table.sums.size(), 0.0);
  std::vector<std::int32_t> one(width);
  for (std::size_t cell = 0; cell < cells; ++cell) {
    for (std::size_t k = 0; k < width; ++k) {
      const double code = codes[cell * width + k];
      if (!(code >= 0 && code < double(levels) && code == std::floor(code)))
        fields.refuse("a cell names a level that is not there");
      one[k] = std::int32_t(code);
    }
    if (table.cells.find(one.data()) != cell) fields.refuse("a cell is there twice");
  }
}

/// Of all sums of one part's rows: another table has others.
std::string print_of(const Sums& sums) {
  std::uint64_t print = 0xcbf29ce484222325u;  // FNV-1a, of 8 bytes at a time
  const auto add = [&](const std::vector<double>& values) {
    for (const double value : values) {
      std::uint64_t bits;
      std::memcpy(&bits, &value, 8);
      print = (print ^ bits) * 0x100000001b3u;
      print ^= print >> 29;
    }
  };
  add(sums.dense);
  for (const CellSums& table : sums.tables) add(table.sums);
  char text[20];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(print));
  return text;
}

void check_finite(const JsonFields& fields, const std::vector<double>& values) {
  for (const double value : values)
    if (!std::isfinite(value)) fields.refuse("a sum is not finite");
}

std::int64_t count_of(const JsonFields& fields, const std::string& name) {
  const double value = fields.number(name);
  if (!(value >= 0 && value <= 9007199254740992.0 && value == std::floor(value)))
    fields.refuse("'" + name + "': expected a whole number of 0 or more, found " + json_number(value));
  return std::int64_t(value);
}

std::vector<std::string> read_levels(const JsonFields& fields, const JsonValue& list, const Factor& factor) {
  std::vector<std::string> texts;
  const bool none = list.kind == JsonValue::Kind::kNumbers && list.numbers.empty();
  if (list.kind != JsonValue::Kind::kList && !none)
    fields.refuse("expected texts as levels of '" + factor.name + "'");
  for (const JsonValue& level : list.inside) {
    if (level.kind != JsonValue::Kind::kText) fields.refuse("a level of '" + factor.name + "' is no text");
    texts.push_back(level.text);
  }
  std::vector<std::string> sorted = texts;
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice != sorted.end())
    fields.refuse("the level '" + *twice + "' of '" + factor.name + "' is there twice");
  if (factor.levels && texts != *factor.levels)
    fields.refuse("the levels of '" + factor.name + "' are not those of the formula");
  return texts;
}

/// The same but for rounding.
bool agree(double a, double b) {
  return std::fabs(a - b) <= 1e-9 * (std::fabs(a) + std::fabs(b));
}

/// What sums hold whatever the rows: all of them are counted everywhere, and squares are not negative, but
/// for what moving their shifts rounded.
void check_sums(const JsonFields& fields, const State& s) {
  const Sums& sums = *s.sums;
  const std::size_t n = s.layout->blocks[0].monomials.size();
  const double weight = sums.dense[0], rows = double(sums.rows);
  const bool counted = s.weights.empty() ? weight == rows
                       : s.repeats       ? weight >= rows && weight == std::floor(weight)
                                         : (weight > 0) == (rows > 0) && weight >= 0;
  if (!counted) fields.refuse("its sums are not those of " + json_number(rows) + " rows");
  for (std::size_t i = 0; i < n; ++i) {
    const double squares = sums.dense[i * n + i], shift = s.shifts[s.layout->blocks[0].monomials[i]];
    if (squares < -1e-6 - 1e-9 * weight * shift * shift || (rows == 0 && squares != 0))
      fields.refuse("a sum of squares is none of " + json_number(rows) + " rows");
  }
  for (std::size_t t = 0; t < sums.tables.size(); ++t) {
    const auto& pairs = s.layout->tables[t].monomials;
    const auto ones = std::find(pairs.begin(), pairs.end(), std::pair<std::size_t, std::size_t>(0, 0));
    const CellSums& table = sums.tables[t];
    double all = 0;
    for (std::size_t cell = 0; cell < table.cells.size() && ones != pairs.end(); ++cell) {
      const double one = table.sums[cell * table.width + std::size_t(ones - pairs.begin())];
      if (one < 0) fields.refuse("a cell has fewer rows than none");
      all += one;
    }
    if (ones != pairs.end() && !agree(all, weight)) fields.refuse("cells hold other rows than the sums");
  }
}

/// Sums from other shifts, `by`: the old less the new ones.
void move_shifts(State& s, const std::vector<long double>& by) {
  const auto& dense = s.layout->blocks[0].monomials;
  const std::size_t n = dense.size();
  const std::vector<double> old = s.sums->dense;
  const auto moved = [&](long double sum, long double d, long double e, long double sum_left,
                         long double sum_right, long double count) {
    return double(sum + e * sum_left + d * sum_right + d * e * count);
  };
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = i; j < n; ++j)
      s.sums->dense[i * n + j] = moved(old[i * n + j], by[dense[i]], by[dense[j]], old[i], old[j], old[0]);
  for (std::size_t t = 0; t < s.sums->tables.size(); ++t) {
    const auto& pairs = s.layout->tables[t].monomials;
    CellSums& table = s.sums->tables[t];
    const auto place = [&](std::size_t m) {
      return std::size_t(std::find(pairs.begin(), pairs.end(), std::pair<std::size_t, std::size_t>(0, m)) -
                         pairs.begin());
    };
    for (std::size_t cell = 0; cell < table.cells.size(); ++cell) {
      double* sums = table.sums.data() + cell * table.width;
      const std::vector<double> before(sums, sums + table.width);
      for (std::size_t k = 0; k < pairs.size(); ++k) {
        const auto [m, other] = pairs[k];
        sums[k] =
            moved(before[k], by[m], by[other], before[place(m)], before[place(other)], before[place(0)]);
      }
    }
  }
}

void move_to(State& s, const std::vector<double>& shifts) {
  std::vector<long double> by;
  for (std::size_t m = 0; m < shifts.size(); ++m)
    by.push_back(static_cast<long double>(s.shifts[m]) - static_cast<long double>(shifts[m]));
  move_shifts(s, by);
  s.shifts = shifts;
}

/// Near the means of both, of few digits.
std::vector<double> common_shifts(const State& a, const State& b) {
  std::vector<double> shifts = a.shifts;
  const auto& dense = a.layout->blocks[0].monomials;
  const double weight = a.sums->dense[0] + b.sums->dense[0];
  for (std::size_t i = 1; i < dense.size() && weight > 0; ++i) {
    const std::size_t m = dense[i];
    const double mean = (a.sums->dense[i] + a.shifts[m] * a.sums->dense[0] + b.sums->dense[i] +
                         b.shifts[m] * b.sums->dense[0]) /
                        weight;
    const bool fits = std::fabs(mean) < 1e38 && std::fabs(mean) > 1e-30;
    shifts[m] = fits ? double(float(mean)) : mean;
  }
  return shifts;
}

/// Columns whose bare names are categories, and terms: what a table's values decide.
std::pair<std::vector<std::string>, std::vector<std::string>> kinds_of(const State& s) {
  std::vector<std::string> texts = s.meaning.texts;
  std::sort(texts.begin(), texts.end());
  return {texts, design_terms(s.plan, s.formula)};
}

/// `empty`: one of both has no rows, and what it holds instead is not known.
void check_same(const State& a, const State& b, bool empty, const std::string& path) {
  const auto refuse = [&](const std::string& what, const std::string& advice = {}) {
    throw Error(ErrorKind::kInput, path + ": " + what, advice);
  };
  if (a.meaning.formula != b.meaning.formula)
    refuse("a state of another formula: expected '" + a.meaning.formula + "', found '" + b.meaning.formula +
           "'");
  if (a.meaning.lists != b.meaning.lists) refuse("the formula's lists (--define) are others");
  if (a.weights != b.weights || a.repeats != b.repeats)
    refuse("other weights: expected '" + a.weights + "', found '" + b.weights + "'");
  if (empty) {
    std::vector<std::string> ours = a.meaning.columns, theirs = b.meaning.columns;
    std::sort(ours.begin(), ours.end()), std::sort(theirs.begin(), theirs.end());
    if (ours != theirs) refuse("the formula's '.' stands for other columns than in the other parts");
    return;
  }
  for (const std::string& column : b.meaning.texts)
    if (std::find(a.meaning.texts.begin(), a.meaning.texts.end(), column) == a.meaning.texts.end())
      refuse("column '" + column + "' holds text: the other parts have numbers there",
             "--types " + column + ":category reads it as a category in all parts");
  for (const std::string& column : a.meaning.texts)
    if (std::find(b.meaning.texts.begin(), b.meaning.texts.end(), column) == b.meaning.texts.end())
      refuse("column '" + column + "' holds numbers: the other parts have text there",
             "--types " + column + ":category reads it as a category in all parts");
  if (design_terms(a.plan, a.formula) != design_terms(b.plan, b.formula))
    refuse("the formula's '.' stands for other columns than in the other parts");
}

}  // namespace

std::vector<std::string> design_terms(const Plan& plan, const Formula& formula) {
  std::vector<std::string> names;
  for (const Term& term : plan.terms) {
    std::string name;
    for (const std::size_t f : term.factors) name += formula.factors[f].name + "\n";
    names.push_back(name);
  }
  return names;
}

void write_state(const State& s, const CellLayout& layout, const Sums& sums, const std::string& path) {
  JsonText json;
  json.number("schema", 1).text("kind", "sluice fit state");
  add_meaning(json, s.meaning);
  json.text("weights", s.weights).flag("repeats", s.repeats).number("parts", double(s.parts));
  json.number("rows", double(sums.rows)).number("rows_dropped", double(sums.dropped));
  json.number("log_weights", sums.log_weights);
  const bool own = s.prints.empty() && s.parts == 1 && sums.rows > 0;
  json.texts("prints", own ? std::vector<std::string>{print_of(sums)} : s.prints);
  std::vector<std::string> levels, tables;
  for (const auto& found : s.found) {
    std::vector<std::string> texts;
    for (const std::string& level : found) texts.push_back(json_quote(level));
    levels.push_back(json_list(texts));
  }
  for (std::size_t t = 0; t < sums.tables.size(); ++t)
    tables.push_back(table_json(layout.tables[t], sums.tables[t]));
  json.raw("levels", json_list(levels)).numbers("shifts", s.shifts).numbers("sums", sums.dense);
  json.raw("tables", json_list(tables, true));
  write_whole(path, json.lines());
}

State read_state(const std::string& path, Budget& budget, Share& share) {
  const JsonValue json = read_json(path, budget, share);
  check_kind(json, path, "sluice fit state", 1);
  const JsonFields fields(json, path);
  State s;
  s.meaning = read_meaning(fields);
  s.formula = formula_of(s.meaning, path);
  s.plan = plan_of(s.formula);
  s.layout = std::make_unique<CellLayout>(layout_of(s.plan));
  s.sums = std::make_unique<Sums>(*s.layout);
  s.weights = fields.text("weights"), s.repeats = fields.flag("repeats");
  s.parts = count_of(fields, "parts");
  s.sums->rows = count_of(fields, "rows"), s.sums->dropped = count_of(fields, "rows_dropped");
  s.sums->log_weights = fields.number("log_weights");
  if (json.find("prints") != nullptr) s.prints = fields.texts("prints");
  std::size_t most = 0;
  const auto& levels = fields.list("levels");
  for (std::size_t k = 0; k < std::min(levels.size(), s.plan.categories.size()); ++k) {
    s.found.push_back(read_levels(fields, levels[k], s.formula.factors[s.plan.categories[k]]));
    most = std::max(most, s.found.back().size());
  }
  s.shifts = fields.numbers("shifts");
  const std::size_t cells = s.sums->dense.size();
  s.sums->dense = fields.numbers("sums");
  const auto& tables = fields.list("tables");
  if (levels.size() != s.plan.categories.size() || s.shifts.size() != s.plan.monomials.size() ||
      s.sums->dense.size() != cells || tables.size() != s.sums->tables.size())
    fields.refuse("its sums are not those of its formula");
  check_finite(fields, s.sums->dense), check_finite(fields, s.shifts);
  check_finite(fields, {s.sums->log_weights});
  for (std::size_t t = 0; t < tables.size(); ++t) {
    read_table(JsonFields(tables[t], path), s.layout->tables[t], most, s.sums->tables[t]);
    check_finite(fields, s.sums->tables[t].sums);
    for (std::size_t cell = 0; cell < s.sums->tables[t].cells.size(); ++cell)
      for (std::size_t k = 0; k < s.layout->tables[t].categories.size(); ++k)
        if (std::size_t(s.sums->tables[t].cells.codes(cell)[k]) >=
            s.found[s.layout->tables[t].categories[k]].size())
          fields.refuse("a cell names a level that is not there");
  }
  check_sums(fields, s);
  return s;
}

void merge_state(State& total, State part, const std::string& path) {
  // A part without rows says nothing of what a column holds: one without values is taken for numbers.
  const bool empty = total.sums->rows == 0 || part.sums->rows == 0;
  check_same(total, part, empty, path);
  for (const std::string& print : part.prints) {
    if (std::find(total.prints.begin(), total.prints.end(), print) != total.prints.end())
      throw Error(ErrorKind::kInput, path + ": its rows, or some of them, are in another state of the merge",
                  "leave out what was merged before, or a state that is there twice");
    total.prints.push_back(print);
  }
  if (empty && kinds_of(total) != kinds_of(part)) {
    part.prints = total.prints;  // whichever stays
    if (total.sums->rows == 0) std::swap(total, part);
    total.sums->dropped += part.sums->dropped, total.parts += part.parts;
    return;
  }
  const std::vector<double> shifts = common_shifts(total, part);
  move_to(total, shifts), move_to(part, shifts);
  std::vector<std::vector<std::int32_t>> codes;  // of the part's, those of the total
  for (std::size_t k = 0; k < part.found.size(); ++k) {
    std::vector<std::int32_t>& to = codes.emplace_back();
    std::vector<std::string>& known = total.found[k];
    csv::Dictionary dictionary;
    for (const std::string& text : known) dictionary.add(text);
    for (const std::string& text : part.found[k]) {
      to.push_back(dictionary.add(text));
      if (std::size_t(to.back()) == known.size()) known.push_back(text);
    }
  }
  Sums renamed(*total.layout);
  std::vector<std::vector<std::size_t>> all(renamed.tables.size());
  renamed.rows = part.sums->rows, renamed.dropped = part.sums->dropped;
  renamed.log_weights = part.sums->log_weights;
  renamed.dense = part.sums->dense;
  for (std::size_t t = 0; t < renamed.tables.size(); ++t) {
    const auto& categories = total.layout->tables[t].categories;
    const CellSums& from = part.sums->tables[t];
    CellSums& to = renamed.tables[t];
    std::vector<std::int32_t> one(categories.size());
    for (std::size_t cell = 0; cell < from.cells.size(); ++cell) {
      for (std::size_t k = 0; k < one.size(); ++k)
        one[k] = codes[categories[k]][std::size_t(from.cells.codes(cell)[k])];
      to.cells.find(one.data());
      all[t].push_back(cell);
    }
    to.sums = from.sums;
  }
  total.sums->merge(renamed, all);
  total.sums->settle();
  total.parts += part.parts;
}

}  // namespace sluice::fit
