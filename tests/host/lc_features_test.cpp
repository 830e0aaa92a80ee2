// Features of light curves against the reference tools' stored answers, the known answers on real curves, and
// what options do to them.
#include <cstring>

#include "host/error.h"
#include "lc_features_support.h"

namespace sluice::test {
namespace {

using lc::Curves;
using lc::Features;

/// Each stored curve as an object of one band.
Curves stored_curves(std::size_t count) {
  const Matrix s = stored("rows.npy");
  std::vector<LcRow> rows;
  for (std::size_t i = 0; i < s.values.size(); i += 4)
    rows.push_back({std::int64_t(s.values[i]), 0, s.values[i + 1], s.values[i + 2], s.values[i + 3]});
  std::vector<std::int64_t> objects(count);
  for (std::size_t i = 0; i < count; ++i) objects[i] = std::int64_t(i);
  return curves_of(rows, {"g"}, objects);
}

/// Undefined alike, else within a share of the number and of what numbers of a curve are like.
bool close(double found, double expected, double relative, double absolute) {
  if (!std::isfinite(expected)) return std::isnan(found);
  return std::fabs(found - expected) <= relative * std::fabs(expected) + absolute;
}

class LcReference : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Device, LcReference, testing::Values("cpu", "serial", "late"));

TEST_P(LcReference, BaseAgreesWithNumpyScipyAndAstropy) {
  const Matrix s = stored("base.npy");
  const std::size_t curves = std::size_t(s.rows);
  const Features f = features_on(GetParam(), stored_curves(curves), asking("base"));
  const char* const names[] = {"gStd", "gAmp", "gMAD", "gBeyond", "gSkew"};
  int values = 0;
  for (std::size_t i = 0; i < curves; ++i)
    for (std::size_t k = 0; k < 5; ++k) {
      const double expected = s.at(std::int64_t(i), std::int64_t(k) + 1), found = value_of(f, i, names[k]);
      // numpy subtracts a mean that is off by a digit: flat skewness of a few points is not 0 there.
      EXPECT_TRUE(close(found, expected, 1e-10, 1e-12))
          << names[k] << " of curve " << i << ": expected " << expected << ", found " << found;
      values += std::isfinite(expected);
    }
  EXPECT_GT(values, 200);
}

TEST_P(LcReference, FieldAgreesWithLightCurve) {
  const Matrix s = stored("field.npy");
  const std::size_t curves = std::size_t(s.rows);
  const Features f =
      features_on(GetParam(), stored_curves(curves),
                  asking("field,BeyondNStd(2),InterPercentileRange(0.02),InterPercentileRange(0.1),"
                         "MagnitudePercentageRatio(0.2,0.1),MedianBufferRangePercentage(0.4),"
                         "PercentDifferenceMagnitudePercentile(0.25)"));
  std::ifstream in(std::string(SLUICE_TEST_DATA) + "/lc/field.txt");
  std::string name;
  int values = 0;
  ASSERT_EQ(f.columns.size(), std::size_t(s.columns));
  for (std::size_t k = 0; k < f.columns.size() && std::getline(in, name); ++k) {
    EXPECT_EQ(f.columns[k].reference, name);
    for (std::size_t i = 0; i < curves; ++i) {
      const double expected = s.at(std::int64_t(i), std::int64_t(k)),
                   found = f.values[i * f.columns.size() + k];
      EXPECT_TRUE(close(found, expected, 1e-10, 1e-11))
          << name << " of curve " << i << ": expected " << expected << ", found " << found;
      values += std::isfinite(expected);
    }
  }
  EXPECT_GT(values, 1800);
}

TEST(LcReal, KnownAnswersOfTheHundredCurves) {
  const std::vector<LcRow> rows = real_rows("griz");
  if (rows.empty()) GTEST_SKIP() << "SLUICE_REAL_DATA is not set";
  ASSERT_EQ(rows.size(), 4063u + 3982 + 3765 + 3406);
  std::vector<std::int64_t> objects(100);
  for (std::size_t i = 0; i < 100; ++i) objects[i] = std::int64_t(i) + 1;
  const Features f = features_on("cpu", curves_of(rows, letters("griz"), objects), asking("base"));
  const std::vector<std::pair<std::string, std::vector<double>>> sums{
      {"Std", {35.176462146, 20.365062350, 19.221823232, 17.860157406}},
      {"Amp", {105.483364929, 71.348786097, 67.934001351, 63.694140981}},
      {"MAD", {9675.226359, 17936.112417, 29120.430909, 66525.334462}},
      {"Beyond", {36.852824516, 34.803295716, 34.082008685, 33.277726079}},
      {"Skew", {24.651287075, -.301476422, -24.411126146, -5.177618720}}};
  for (const auto& [name, expected] : sums)
    for (std::size_t b = 0; b < 4; ++b) {
      double sum = 0;
      for (std::size_t i = 0; i < 100; ++i) sum += value_of(f, i, std::string(1, "griz"[b]) + name);
      EXPECT_NEAR(sum, expected[b], name == "MAD" ? 1e-6 : 1e-9) << "griz"[b] << name;
    }
  std::vector<std::int64_t> large, none;
  for (std::size_t i = 0; i < 100; ++i) {
    if (value_of(f, i, "gAmp") > 2) large.push_back(f.objects[i]);
    if (std::isnan(value_of(f, i, "gMinusR"))) none.push_back(f.objects[i]);
  }
  EXPECT_EQ(large, (std::vector<std::int64_t>{1, 2, 3, 6, 7, 12, 16, 19, 20}));
  EXPECT_EQ(none, (std::vector<std::int64_t>{9, 13}));
  EXPECT_NEAR(value_of(f, 9, "gMinusR"), 1.0482149815586848, 1e-12);
  EXPECT_NEAR(value_of(f, 9, "rMinusI"), -0.19143662345508686, 1e-12);
  EXPECT_NEAR(value_of(f, 9, "iMinusZ"), -0.1929740497701562, 1e-12);
}

std::vector<LcRow> some_rows(std::int64_t objects, std::size_t bands, std::int64_t most) {
  std::mt19937_64 random(11);
  std::normal_distribution<double> normal;
  std::vector<LcRow> rows;
  for (std::int64_t o = 0; o < objects; ++o)
    for (std::size_t b = 0; b < bands; ++b)
      for (std::int64_t k = std::int64_t(random() % std::uint64_t(most)); k > 0; --k)
        rows.push_back({o, b, 59000 + double(random() % 1000000) / 1000, 10 + 3 * normal(random),
                        0.5 + normal(random) * 0.1});
  return rows;
}

std::vector<std::int64_t> counted(std::int64_t objects) {
  std::vector<std::int64_t> numbers;
  for (std::int64_t i = 0; i < objects; ++i) numbers.push_back(i);
  return numbers;
}

bool same_bytes(const Features& a, const Features& b) {
  return a.values.size() == b.values.size() &&
         std::memcmp(a.values.data(), b.values.data(), 8 * a.values.size()) == 0;
}

TEST(LcFeatures, SameBytesInAnyOrderOfRowsAtAnyThreadsOnAnyPath) {
  std::vector<LcRow> rows = some_rows(300, 3, 60);
  const Features whole = features_on("cpu", curves_of(rows, letters("gri"), counted(300)), asking("all"));
  std::shuffle(rows.begin(), rows.end(), std::mt19937_64(4));
  const Curves c = curves_of(rows, letters("gri"), counted(300));
  EXPECT_TRUE(same_bytes(features_on("cpu", c, asking("all"), 1), whole));
  EXPECT_TRUE(same_bytes(features_on("late", c, asking("all"), 3), whole));
  // In parts of an input, through one extractor.
  RunOptions run;
  run.device = "late";
  Machine machine = open_machine(run);
  lc::FeatureExtractor extractor(machine, letters("gri"), asking("all"));
  std::vector<double> together;
  for (const std::int64_t from : {0, 7, 150}) {
    const std::int64_t to = from == 0 ? 7 : from == 7 ? 150 : 300;
    std::vector<LcRow> part;
    for (const LcRow& r : rows)
      if (r.object >= from && r.object < to) part.push_back(r);
    std::vector<std::int64_t> objects;
    for (std::int64_t o = from; o < to; ++o) objects.push_back(o);
    const Features f = extractor.compute(curves_of(part, letters("gri"), objects));
    together.insert(together.end(), f.values.begin(), f.values.end());
  }
  EXPECT_EQ(std::memcmp(together.data(), whole.values.data(), 8 * whole.values.size()), 0);
}

TEST(LcFeatures, ManyPartsOnADeviceWithMemoryOfItsOwn) {
  const Curves c = curves_of(some_rows(40000, 2, 70), letters("gr"), counted(40000));
  ASSERT_GT(c.rows(), std::int64_t(2) << 20);  // several parts in flight
  EXPECT_TRUE(same_bytes(features_on("late", c, asking("Mean,EtaE,Median")),
                         features_on("cpu", c, asking("Mean,EtaE,Median"))));
}

TEST(LcFeatures, MoreColumnsThanACallTakes) {
  std::string list = "Colour";
  for (int i = 1; i < 80; ++i) list += ",BeyondNStd(" + std::to_string(i) + ".5)";
  const Curves c = curves_of(some_rows(50, 2, 40), letters("gr"), counted(50));
  const Features many = features_on("cpu", c, asking(list));
  ASSERT_EQ(many.columns.size(), 1u + 2 * 79);
  const Features few = features_on("cpu", c, asking("BeyondNStd(1.5),BeyondNStd(79.5),Colour"));
  for (std::size_t i = 0; i < 50; ++i)
    for (const char* name : {"gBeyond1p5Std", "rBeyond79p5Std", "gMinusR"}) {
      const double a = value_of(many, i, name), b = value_of(few, i, name);
      EXPECT_TRUE(a == b || (std::isnan(a) && std::isnan(b))) << name;
    }
}

TEST(LcFeatures, ColoursFollowTheOrderOfBands) {
  const std::vector<LcRow> rows{
      {1, 0, 1, 100, 1}, {1, 1, 1, 10, 1}, {2, 0, 1, 5, 1}, {2, 1, 1, -5, 1}, {3, 0, 1, 5, 1}};
  const Features gr = features_on("cpu", curves_of(rows, {"g", "r"}, {1, 2, 3}), asking("base"));
  EXPECT_DOUBLE_EQ(value_of(gr, 0, "gMinusR"), -2.5);
  EXPECT_TRUE(std::isnan(value_of(gr, 1, "gMinusR")));  // not positive
  EXPECT_TRUE(std::isnan(value_of(gr, 2, "gMinusR")));  // no rows of r
  EXPECT_TRUE(std::isnan(value_of(gr, 2, "rMAD")));
  const std::vector<LcRow> far{{1, 0, 1, 1e-200, 1e-200}, {1, 1, 1, 1e200, 1e200}};
  EXPECT_TRUE(std::isnan(value_of(features_on("cpu", curves_of(far, {"g", "r"}, {1}), asking("base")), 0,
                                  "gMinusR")));  // 1e-400 is none
  std::vector<LcRow> other = rows;
  for (LcRow& r : other) r.band = 1 - r.band;
  const Features rg = features_on("cpu", curves_of(other, {"r", "g"}, {1, 2, 3}), asking("base"));
  EXPECT_DOUBLE_EQ(value_of(rg, 0, "rMinusG"), 2.5);
}

TEST(LcFeatures, CutsBadRowsAndPointsByOption) {
  std::vector<LcRow> rows{
      {1, 0, 1, 10, 1}, {1, 0, 2, 20, 1}, {1, 0, 3, kNone, 1}, {1, 0, 4, 1, 1}, {1, 0, 9, 30, 1}};
  const Curves c = curves_of(rows, {"g"}, {1});
  lc::FeatureOptions options = asking("ObservationCount,Mean,Median,StandardDeviation");
  options.least_snr = 5, options.to = 8, options.min_points_of["median"] = 3;
  const Features f = features_on("cpu", c, options);
  EXPECT_EQ(f.rows, 5);
  EXPECT_EQ(f.bad, 1);
  EXPECT_EQ(f.cut, 2);
  EXPECT_EQ(value_of(f, 0, "gObservationCount"), 2);
  EXPECT_EQ(value_of(f, 0, "gMean"), 15);
  EXPECT_TRUE(std::isnan(value_of(f, 0, "gMedian")));
  options.min_points = 3;
  EXPECT_TRUE(std::isnan(value_of(features_on("cpu", c, options), 0, "gMean")));
  options.bad_rows = lc::BadRows::kFail;
  try {
    features_on("cpu", c, options);
    FAIL() << "a bad row was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
    EXPECT_NE(std::string(error.what()).find("object 1, band g: a bad row"), std::string::npos)
        << error.what();
    EXPECT_NE(std::string(error.what()).find("t = 3, flux = nan"), std::string::npos) << error.what();
  }
}

TEST(LcFeatures, InputsWithoutErrors) {
  std::vector<LcRow> rows{{1, 0, 1, 10, kNone}, {1, 0, 2, 20, kNone}};
  const Curves c = curves_of(rows, {"g"}, {1});
  const Features f = features_on("cpu", c, asking("base"));
  EXPECT_EQ(f.bad, 0);
  EXPECT_TRUE(std::isnan(value_of(f, 0, "gStd")));
  EXPECT_EQ(value_of(f, 0, "gMAD"), 5);
  lc::FeatureOptions used = asking("base");
  used.errors = lc::Errors::kUse;
  EXPECT_EQ(features_on("cpu", c, used).bad, 2);
  used.errors = lc::Errors::kDetect, used.least_snr = 1;
  EXPECT_THROW(features_on("cpu", c, used), Error);
}

TEST(LcFeatures, NormalizedMadByOptionAndByName) {
  const std::vector<LcRow> rows{{1, 0, 1, 10, 1}, {1, 0, 2, 20, 1}, {1, 0, 3, 40, 1}};
  const Curves c = curves_of(rows, {"g"}, {1});
  const double m = (1000. + 8000 + 64000) / (100 + 400 + 1600);
  lc::FeatureOptions options = asking("MAD,NormalizedMAD");
  EXPECT_EQ(value_of(features_on("cpu", c, options), 0, "gMAD"), 10);
  options.normalized_mad = true;
  const Features f = features_on("cpu", c, options);
  EXPECT_NEAR(value_of(f, 0, "gMAD"), 10 / m, 1e-15);
  EXPECT_NEAR(value_of(f, 0, "gNormalizedMAD"), 10 / m, 1e-15);
}

TEST(LcFeatures, CurvesThatMakeNoSenseAreRefused) {
  Curves c = curves_of({{1, 0, 1, 10, 1}, {1, 0, 2, 20, 1}}, {"g"}, {1});
  std::swap(c.t[0], c.t[1]);
  EXPECT_THROW(features_on("cpu", c, asking("base")), Error);
  c = curves_of({{1, 0, 1, 10, 1}}, {"g"}, {1});
  c.starts.back() = 2;
  EXPECT_THROW(features_on("cpu", c, asking("base")), Error);
  c = curves_of({{1, 0, 1, 10, 1}, {1, 1, 1, 10, 1}, {1, 2, 1, 10, 1}}, letters("gri"), {1});
  c.starts = {0, 3, 1, 3};
  EXPECT_THROW(features_on("cpu", c, asking("base")), Error);
  const Curves none = curves_of({}, {"g", "r"}, {});
  EXPECT_TRUE(features_on("cpu", none, asking("all")).values.empty());
}

TEST(LcFeatures, ObjectsAndBandsWithoutRows) {
  for (const char* device : {"cpu", "late"}) {
    const Features f = features_on(device, curves_of({}, {"g", "r"}, {4, 7}), asking("all"));
    EXPECT_EQ(f.objects, (std::vector<std::int64_t>{4, 7}));
    for (std::size_t i = 0; i < f.values.size(); ++i) {
      const bool count = f.columns[i % f.columns.size()].feature == "ObservationCount";
      EXPECT_TRUE(count ? f.values[i] == 0 : std::isnan(f.values[i])) << f.columns[i % f.columns.size()].name;
    }
  }
}

TEST(LcFeatures, TheTableOfManyShortCurvesIsHandedOnInParts) {
  const Curves few = curves_of(some_rows(200, 2, 3000), letters("gr"), counted(200));
  const Curves many = curves_of(some_rows(60000, 2, 3), letters("gr"), counted(60000));
  const Features whole = features_on("cpu", many, asking("all"));
  for (const char* device : {"cpu", "late"}) {
    RunOptions run;
    run.device = device, run.threads = 2, run.memory = std::uint64_t(24) << 20;
    Machine machine = open_machine(run);
    lc::FeatureExtractor extractor(machine, letters("gr"), asking("all"));
    // Longer curves come first: their scratch is not in the way of what many objects need.
    extractor.compute(few, [](const Features&) {});
    std::size_t values = 0, most = 0, parts = 0;
    bool same = true;
    extractor.compute(many, [&](const Features& part) {
      same = same && values + part.values.size() <= whole.values.size() &&
             std::memcmp(&whole.values[values], part.values.data(), 8 * part.values.size()) == 0;
      values += part.values.size(), most = std::max(most, part.values.size()), ++parts;
    });
    EXPECT_TRUE(same) << device;
    EXPECT_EQ(values, whole.values.size());
    EXPECT_GT(parts, 2u);
    EXPECT_LE(8 * most, run.memory / 4);
    EXPECT_LE(machine.budgets->host.peak(), run.memory);
  }
}

TEST(LcFeatures, AdviceAboutMemoryHolds) {
  std::vector<LcRow> rows;
  for (int k = 0; k < 100000; ++k) rows.push_back({1, 0, double(k), double(k % 7), 1});
  const Curves c = curves_of(rows, {"g"}, {1});
  RunOptions run;
  run.device = "cpu", run.memory = std::uint64_t(20) << 20;
  std::string advice;
  try {
    Machine machine = open_machine(run);
    lc::compute_features(machine, c, asking("all"));
  } catch (const Error& error) {
    advice = error.advice();
  }
  ASSERT_EQ(advice.substr(0, 14), "give --memory ");
  ASSERT_EQ(advice.back(), 'M');
  run.memory = std::uint64_t(std::stoi(advice.substr(14))) << 20;
  Machine machine = open_machine(run);
  EXPECT_EQ(value_of(lc::compute_features(machine, c, asking("all")), 0, "gObservationCount"), 100000);
}

TEST(LcFeatures, AnExtractorWorksOnAfterAnError) {
  const Curves good = curves_of(some_rows(40000, 2, 70), letters("gr"), counted(40000));
  Curves bad = good;
  std::size_t row = 0;
  while (bad.starts[row + 1] - bad.starts[row] < 2) ++row;
  const std::size_t first = std::size_t(bad.starts[row]);
  std::swap(bad.t[first], bad.t[first + 1]);
  RunOptions run;
  run.device = "late";
  Machine machine = open_machine(run);
  lc::FeatureExtractor extractor(machine, letters("gr"), asking("Mean"));
  try {
    extractor.compute(bad);
    FAIL() << "times that descend were taken";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("expected a time not before "), std::string::npos)
        << error.what();
  }
  EXPECT_TRUE(same_bytes(extractor.compute(good), features_on("cpu", good, asking("Mean"))));
}

TEST(LcFeatures, MemoryBoundsTheLongestCurve) {
  std::vector<LcRow> rows;
  for (int k = 0; k < 400000; ++k) rows.push_back({1, 0, double(k), double(k % 7), 1});
  const Curves c = curves_of(rows, {"g"}, {1});
  RunOptions run;
  run.device = "cpu", run.threads = 2, run.memory = std::uint64_t(160) << 20;
  {
    Machine machine = open_machine(run);  // room for one thread's, not for two
    const Features f = lc::compute_features(machine, c, asking("Median,Duration"));
    EXPECT_EQ(value_of(f, 0, "gMedian"), 3);
    EXPECT_EQ(value_of(f, 0, "gDuration"), 399999);
    EXPECT_LE(machine.budgets->host.peak(), run.memory);
  }
  run.memory = std::uint64_t(64) << 20;
  Machine machine = open_machine(run);
  try {
    lc::compute_features(machine, c, asking("Median"));
    FAIL() << "more memory was taken than was given";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kMemory) << error.what();
  }
}

}  // namespace
}  // namespace sluice::test
