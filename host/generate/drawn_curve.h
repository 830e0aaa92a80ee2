// One object of a generated survey: its shape and its rows, as whole numbers of decimal places, so that text
// and binary outputs hold the same values. Compiled without contraction: the same rows on every machine.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace sluice {

struct Survey {
  std::uint64_t seed = 0;
  std::string bands;  // a letter each
  std::int64_t least = 0, most = 0;
};

constexpr std::int64_t kTimePlaces = 100000, kFluxPlaces = 10000;  // 1e-5 days, 1e-4 of the flux's unit
constexpr std::int64_t kMostPoints = 1000000;                      // of an object: times stay distinct

struct DrawnRow {
  std::int64_t t = 0;                // MJD times kTimePlaces
  std::int64_t flux = 0, error = 0;  // times kFluxPlaces
  int band = 0;

  double time() const { return double(t) / double(kTimePlaces); }
  double flux_value() const { return double(flux) / double(kFluxPlaces); }
  double error_value() const { return double(error) / double(kFluxPlaces); }
};

enum class CurveShape { kConstant = 0, kPeriodic = 1, kTransient = 2 };
const char* name_of(CurveShape shape);

/// What objects have, known without drawing their rows. Objects count from 1.
struct CurveFacts {
  CurveShape shape = CurveShape::kConstant;
  std::int64_t points = 0;
};
CurveFacts facts_of(const Survey& survey, std::int64_t object);

/// Replaces `rows`. Times are distinct; about half of the objects come by time, others band by band, and
/// every fifth with its end before its start.
void draw_curve(const Survey& survey, std::int64_t object, std::vector<DrawnRow>& rows);

}  // namespace sluice
