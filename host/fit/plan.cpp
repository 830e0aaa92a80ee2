// patsy's build.py and redundancy.py: which subterms a term stands for, so that no column is a sum of others.
#include "host/fit/plan.h"

#include <algorithm>
#include <map>
#include <set>

#include "host/fit/levels.h"

namespace sluice::fit {
namespace {

using Places = std::vector<std::size_t>;

/// A category within a subterm, with or without the intercept's span.
using Coded = std::set<std::pair<std::size_t, bool>>;

/// All subsets, shorter ones first, those of the same length in the order of their places.
std::vector<Places> subsets_of(const Places& all) {
  std::vector<Places> subsets;
  for (std::size_t bits = 0; bits < (std::size_t(1) << all.size()); ++bits) {
    Places one;
    for (std::size_t i = 0; i < all.size(); ++i)
      if (bits >> i & 1) one.push_back(i);
    subsets.push_back(one);
  }
  std::sort(subsets.begin(), subsets.end(), [](const Places& a, const Places& b) {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
  });
  for (Places& one : subsets)
    for (std::size_t& i : one) i = all[i];
  return subsets;
}

/// a-:b- takes up a- and becomes a-:b+. Greedily from the left, as patsy does.
bool simplify(std::vector<Coded>& subterms) {
  for (std::size_t shorter = 0; shorter < subterms.size(); ++shorter)
    for (std::size_t longer = shorter + 1; longer < subterms.size(); ++longer) {
      const Coded& small = subterms[shorter];
      const Coded& large = subterms[longer];
      if (large.size() != small.size() + 1 ||
          !std::includes(large.begin(), large.end(), small.begin(), small.end()))
        continue;
      Coded merged = small;
      for (const auto& one : large)
        if (small.count(one) == 0) merged.insert({one.first, true});
      subterms[longer] = merged;
      subterms.erase(subterms.begin() + std::ptrdiff_t(shorter));
      return true;
    }
  return false;
}

/// The subterms of a term that `used`, those of earlier terms, do not span.
std::vector<Coded> codings_of(const Places& categories, std::set<Coded>& used) {
  std::vector<Coded> subterms;
  for (const Places& subset : subsets_of(categories)) {
    Coded one;
    for (const std::size_t f : subset) one.insert({f, false});
    if (used.count(one) == 0) subterms.push_back(one);
  }
  used.insert(subterms.begin(), subterms.end());
  while (simplify(subterms)) {
  }
  return subterms;
}

/// Terms by the numbers that they hold: those of none first, then as they appear; in a bucket by degree.
std::vector<std::vector<Term>> buckets_of(const Formula& formula) {
  std::vector<std::pair<std::set<std::size_t>, std::vector<Term>>> buckets;
  std::map<std::set<std::size_t>, std::size_t> places;
  for (const Term& term : formula.terms) {
    std::set<std::size_t> numbers;
    for (const std::size_t f : term.factors)
      if (!formula.factors[f].category) numbers.insert(f);
    const auto [found, fresh] = places.emplace(numbers, buckets.size());
    if (fresh) buckets.push_back({numbers, {}});
    buckets[found->second].second.push_back(term);
  }
  std::stable_partition(buckets.begin(), buckets.end(), [](const auto& b) { return b.first.empty(); });
  std::vector<std::vector<Term>> sorted;
  for (auto& [numbers, terms] : buckets) {
    std::stable_sort(terms.begin(), terms.end(),
                     [](const Term& a, const Term& b) { return a.factors.size() < b.factors.size(); });
    sorted.push_back(std::move(terms));
  }
  return sorted;
}

class Planner {
 public:
  explicit Planner(const Formula& formula) : formula_(formula) {
    plan_.monomials.push_back({});
    found_[{}] = 0;
  }
  Plan plan() {
    for (const std::vector<Term>& bucket : buckets_of(formula_)) {
      std::set<Coded> used;
      for (const Term& term : bucket) add(term, used);
    }
    plan_.monomials.push_back({formula_.response});
    return std::move(plan_);
  }

 private:
  void add(const Term& term, std::set<Coded>& used) {
    Places categories;
    for (const std::size_t f : term.factors)
      if (formula_.factors[f].category) categories.push_back(f);
    constexpr std::size_t kMostCategories = 8;  // 2 to this power subterms are looked at
    if (categories.size() > kMostCategories)
      throw FormulaError(formula_.text, 0, formula_.text.size(),
                         "an interaction of more than " + std::to_string(kMostCategories) + " categories");
    for (const Coded& coding : codings_of(categories, used))
      for (const Places& factors : columns_of(term.factors)) add(factors, coding);
    plan_.terms.push_back(term);
  }
  /// The factors with a column of each poly() in its place: those of the last vary slowest.
  std::vector<Places> columns_of(const Places& factors) const {
    std::vector<Places> all{{}};
    for (const std::size_t f : factors) {
      const Places& parts = formula_.factors[f].parts;
      std::vector<Places> longer;
      for (std::size_t k = 0; k < std::max<std::size_t>(1, parts.size()); ++k)
        for (Places one : all) {
          one.push_back(parts.empty() ? f : parts[k]);
          longer.push_back(std::move(one));
        }
      all = std::move(longer);
    }
    return all;
  }
  void add(const Places& factors, const Coded& coding) {
    Subterm subterm;
    subterm.term = plan_.terms.size();
    Places numbers;
    for (const std::size_t f : factors)
      if (!formula_.factors[f].category) numbers.push_back(f);
    subterm.monomial = monomial(numbers);
    for (const std::size_t f : factors) {
      const bool full = coding.count({f, true}) != 0;
      if (formula_.factors[f].category) {
        if (!full && coding.count({f, false}) == 0) continue;
        subterm.categories.push_back(category(f));
        subterm.full.push_back(full);
      }
      subterm.factors.push_back(f);
    }
    plan_.subterms.push_back(std::move(subterm));
  }
  std::size_t monomial(const Places& numbers) {
    const std::set<std::size_t> key(numbers.begin(), numbers.end());
    const auto [found, fresh] = found_.emplace(key, plan_.monomials.size());
    if (fresh) plan_.monomials.push_back(numbers);
    return found->second;
  }
  std::size_t category(std::size_t factor) {
    auto& all = plan_.categories;
    const auto found = std::find(all.begin(), all.end(), factor);
    if (found != all.end()) return std::size_t(found - all.begin());
    all.push_back(factor);
    return all.size() - 1;
  }

  const Formula& formula_;
  Plan plan_;
  std::map<std::set<std::size_t>, std::size_t> found_;
};

/// "a:C(g)[T.x]", or "Intercept" where nothing is in it.
std::string column_name(const Formula& formula, const Plan& plan, const Subterm& subterm,
                        const std::vector<Contrast>& contrasts, const Places& picks) {
  std::string name;
  for (const std::size_t f : subterm.factors) {
    if (!name.empty()) name += ':';
    name += formula.factors[f].name;
    for (std::size_t k = 0; k < subterm.categories.size(); ++k)
      if (plan.categories[subterm.categories[k]] == f) name += contrasts[k].suffixes[picks[k]];
  }
  return name.empty() ? "Intercept" : name;
}

}  // namespace

Plan plan_of(const Formula& formula) {
  return Planner(formula).plan();
}

std::vector<std::string> Design::names() const {
  std::vector<std::string> all;
  for (const DesignColumn& column : columns) all.push_back(column.name);
  return all;
}

Design design_of(const Formula& formula, const Plan& plan, std::vector<std::vector<std::string>> levels) {
  constexpr double kMostColumns = 1e6;
  Design design;
  design.levels = std::move(levels);
  for (std::size_t s = 0; s < plan.subterms.size(); ++s) {
    const Subterm& subterm = plan.subterms[s];
    std::vector<Contrast>& contrasts = design.contrasts.emplace_back();
    double count = 1;
    for (std::size_t k = 0; k < subterm.categories.size(); ++k) {
      const std::size_t category = subterm.categories[k];
      if (design.levels[category].size() > kMostCodedLevels)
        throw Error(ErrorKind::kMemory, "formula: " + formula.factors[plan.categories[category]].name +
                                            " has " + std::to_string(design.levels[category].size()) +
                                            " levels: expected at most " + std::to_string(kMostCodedLevels));
      const Factor& factor = formula.factors[plan.categories[category]];
      try {
        contrasts.push_back(contrast_of(factor.contrast, design.levels[category], subterm.full[k]));
      } catch (const Error& error) {
        throw FormulaError(formula.text, factor.place, factor.size, error.what(), error.advice());
      }
      count *= double(contrasts.back().columns);
    }
    if (double(design.columns.size()) + count > kMostColumns)
      throw Error(ErrorKind::kMemory, "formula: the design has more than a million columns",
                  "fewer levels, or fewer categories that interact");
    Places picks(contrasts.size());
    for (std::size_t c = 0; c < std::size_t(count); ++c) {
      std::size_t rest = c;  // the first category's columns change fastest
      for (std::size_t k = 0; k < picks.size(); ++k) {
        picks[k] = rest % contrasts[k].columns;
        rest /= contrasts[k].columns;
      }
      if (subterm.factors.empty()) design.intercept = int(design.columns.size());
      design.columns.push_back({column_name(formula, plan, subterm, contrasts, picks), s, picks});
    }
  }
  return design;
}

}  // namespace sluice::fit
