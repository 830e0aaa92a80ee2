// The catalogue of features: names of columns, lists as they are typed and their faults, explanations.
#include "host/error.h"
#include "lc_features_support.h"

namespace sluice::test {
namespace {

std::string names_of(const std::vector<std::string>& bands, const std::string& list,
                     std::vector<std::string>* notes = nullptr) {
  std::string text;
  for (const lc::FeatureColumnName& c : lc::feature_columns(bands, lc::parse_features(list), notes))
    text += c.name + " ";
  return text;
}

TEST(LcCatalogue, NamesOfColumns) {
  EXPECT_EQ(names_of(letters("griz"), "base"),
            "gStd rStd iStd zStd gAmp rAmp iAmp zAmp gMAD rMAD iMAD zMAD gBeyond rBeyond iBeyond zBeyond "
            "gSkew rSkew "
            "iSkew zSkew gMinusR rMinusI iMinusZ ");
  EXPECT_EQ(names_of({"g"}, "field:skew,Skew,OtsuSplit,BeyondNStd(2),MagnitudePercentageRatio(0.255,0.05)"),
            "gSkewG1 gSkew gOtsuMeanDiff gOtsuStdLower gOtsuStdUpper gOtsuLowerToAllRatio gBeyond2Std "
            "gMagnitudePercentageRatio25p5_5 ");
  EXPECT_EQ(names_of({"g"},
                     "MagnitudePercentageRatio(0.25,0.055),BeyondNStd(1e-5),BeyondNStd(1e-6),"
                     "BeyondNStd(1.00001),BeyondNStd,MedianBufferRangePercentage(0.1000001)"),
            "gMagnitudePercentageRatio25_5p5 gBeyond1em05Std gBeyond1em06Std gBeyond1p00001Std gBeyond1Std "
            "gMedianBufferRangePercentage10p00001 ");
  EXPECT_EQ(names_of({"g"}, "InterPercentileRange,InterPercentileRange(0.2500000001)"),
            "gInterPercentileRange25 ");  // alike in float32
  std::vector<std::string> alone;
  EXPECT_EQ(names_of({"g"}, "Std,Colour", &alone), "gStd ");
  ASSERT_EQ(alone.size(), 1u);
  EXPECT_EQ(alone[0], "Colour: expected two neighbouring bands, found one: it has no column");
  EXPECT_THROW(names_of({"g"}, "Colour"), Error);
  std::vector<std::string> notes;
  EXPECT_EQ(names_of({"g", "G"}, "Std,Colour", &notes), "gStd G_2Std gMinusG_2 ");
  ASSERT_EQ(notes.size(), 1u);
  EXPECT_NE(notes[0].find("band G is G_2"), std::string::npos);
}

TEST(LcCatalogue, ListsAndTheirFaults) {
  EXPECT_EQ(lc::parse_features("base").size(), 6u);
  EXPECT_EQ(lc::parse_features("field").size(), 30u);
  EXPECT_EQ(lc::parse_features("all").size(), 36u);
  EXPECT_EQ(lc::parse_features("Std,base,std").size(), 6u);
  const auto says = [](const std::string& list) {
    try {
      lc::parse_features(list);
      return std::string("nothing");
    } catch (const Error& error) {
      return std::string(error.what());
    }
  };
  EXPECT_EQ(says("EtaEe"), "there is no feature EtaEe: did you mean EtaE?");
  EXPECT_EQ(says("Chi2"), "there is no feature Chi2: it is a column of ReducedChi2");
  EXPECT_EQ(says("otsu_mean_diff"), "there is no feature otsu_mean_diff: it is a column of OtsuSplit");
  EXPECT_EQ(says("gMinusR"), "there is no feature gMinusR: it is a column of Colour");
  EXPECT_EQ(says("base(2)"), "base(2): base is a set of features, which has no parameters");
  EXPECT_THROW(lc::explain_feature("base"), Error);
  EXPECT_NE(lc::explain_feature("Std").find("errors: needed; undefined where one is 0"), std::string::npos);
  EXPECT_NE(says("BeyondNStd(0)").find("nstd: expected a number between 0"), std::string::npos);
  EXPECT_NE(says("InterPercentileRange(0.6)").find("between 0 and 0.5"), std::string::npos);
  EXPECT_NE(says("Mean(1)").find("has 0 parameters"), std::string::npos);
  EXPECT_NE(says("Mean,,Eta").find("empty name"), std::string::npos);
  EXPECT_NE(says("BeyondNStd(2").find("expected NAME(NUMBER"), std::string::npos);
}

TEST(LcCatalogue, EveryFeatureIsExplained) {
  for (const lc::Feature& f : lc::catalogue()) {
    const std::string text = lc::explain_feature(f.name);
    for (const char* part : {"column:", "points: at least ", "source: ", "a flat curve: "})
      EXPECT_NE(text.find(part), std::string::npos) << f.name;
    EXPECT_EQ(f.definition.back(), '.') << f.name;
  }
  EXPECT_NE(
      lc::explain_feature("linearfit").find("BANDLinearFitSlopeSigma (linear_fit_slope_sigma), in flux/day"),
      std::string::npos);
  EXPECT_EQ(lc::explain_feature("BeyondNStd"),
            "BeyondNStd (field set)\n"
            "  Share of points farther than nstd deviations from the mean.\n"
            "  column: BANDBeyond1Std (beyond_1_std), a plain number\n"
            "  parameter: nstd, default 1, between 0 and 1e+06 (deviations; held in float32)\n"
            "  points: at least 2\n"
            "  errors: not used\n"
            "  a flat curve: 0\n"
            "  source: D'Isanto et al. 2016, doi:10.1093/mnras/stw157; light-curve\n");
  EXPECT_NE(lc::explain_feature("colour").find("column: gMinusR and so on, in mag"), std::string::npos);
}

}  // namespace
}  // namespace sluice::test
