// Fields by masks of 64 bytes whose places are packed by one instruction; four numbers side by side.
#include "host/lc/plain_fields.h"

#if defined(__AVX512BW__) && defined(__AVX512DQ__) && defined(__AVX512VL__) && defined(__AVX512VBMI2__) && \
    defined(__BMI2__)
#define SLUICE_PLAIN_AVX512
#include <bit>
#include <limits>

#include "host/lc/plain_number.h"
#endif

namespace sluice::lc {

#ifdef SLUICE_PLAIN_AVX512
namespace {

alignas(64) constexpr std::array<std::uint8_t, 64> kBits = [] {
  std::array<std::uint8_t, 64> all{};
  for (int i = 0; i < 64; ++i) all[std::size_t(i)] = std::uint8_t(i);
  return all;
}();

/// Writes to 16 places more than it appends, at most.
inline std::uint32_t* append(std::uint64_t bits, std::size_t at, std::uint32_t* to) {
  __m512i packed = _mm512_maskz_compress_epi8(bits, _mm512_load_si512(kBits.data()));
  const __m512i origin = _mm512_set1_epi32(int(at));
  const int count = std::popcount(bits);
  for (int done = 0;;) {
    const __m512i places = _mm512_cvtepu8_epi32(_mm512_castsi512_si128(packed));
    _mm512_storeu_si512(to + done, _mm512_add_epi32(places, origin));
    if ((done += 16) >= count) break;
    packed = _mm512_alignr_epi64(packed, packed, 2);
  }
  return to + count;
}

bool find(std::string_view body, std::uint32_t* borders, std::size_t& border_count, std::uint32_t* lines,
          std::size_t& line_count) {
  std::uint32_t *border = borders, *line = lines;
  std::uint64_t open = 0;
  for (std::size_t at = 0; at < body.size(); at += 64) {
    const __m512i bytes = _mm512_loadu_si512(body.data() + at);
    const auto equal = [&](char c) -> std::uint64_t {
      return _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(c));
    };
    std::uint64_t field = _mm512_cmpgt_epi8_mask(bytes, _mm512_set1_epi8(' '));  // 0x80 and above are below
    std::uint64_t ends = equal('\n');
    std::uint64_t known = (field | ends | equal(' ') | equal('\t')) & ~equal('#');
    const std::size_t left = body.size() - at;
    if (left < 64) {
      const std::uint64_t there = (std::uint64_t(1) << left) - 1;
      field &= there, ends &= there, known |= ~there;
    }
    if (known != ~std::uint64_t(0)) return false;
    border = append(field ^ (field << 1 | open), at, border);
    for (; ends != 0; ends = _blsr_u64(ends)) *line++ = std::uint32_t(at + _tzcnt_u64(ends));
    open = field >> 63;
  }
  if ((border - borders) % 2 != 0) *border++ = std::uint32_t(body.size());
  if (!body.empty() && body.back() != '\n') *line++ = std::uint32_t(body.size());
  border_count = std::size_t(border - borders);
  line_count = std::size_t(line - lines);
  return true;
}

/// By size and place of the point (size: none): which byte each of 16 places takes, so that the digits stand
/// at the end, and what to divide them by; NaN where that is no number for number().
constexpr int kSizes = 32;
struct Forms {
  alignas(64) std::array<std::array<std::uint8_t, 16>, kSizes * kSizes> order{};
  std::array<double, kSizes * kSizes> power{};
};
constexpr Forms kForms = [] {
  Forms forms;
  for (double& power : forms.power) power = std::numeric_limits<double>::quiet_NaN();
  for (int size = 1; size <= kLongest; ++size)
    for (int whole = 1; whole <= size; ++whole) {
      const std::size_t form = std::size_t(size * kSizes + whole);
      forms.order[form] = kPlaces[std::size_t(size)][std::size_t(whole)];
      if (whole == size) forms.power[form] = 1;
      if (whole < size - 1) forms.power[form] = kPowers[size - whole - 1];
    }
  return forms;
}();

inline __m512i join(__m128i a, __m128i b, __m128i c, __m128i d) {
  const __m256i low = _mm256_inserti128_si256(_mm256_castsi128_si256(a), b, 1);
  const __m256i high = _mm256_inserti128_si256(_mm256_castsi128_si256(c), d, 1);
  return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
}

inline __m128i load(const void* from) {
  return _mm_loadu_si128(static_cast<const __m128i*>(from));
}

/// number() of four fields; false where one of them is none, or has more than 16 bytes with its sign.
inline bool four_numbers(const char* data, const std::uint32_t* borders, std::size_t each, double* to) {
  const std::uint32_t *one = borders, *two = one + each, *three = two + each, *four = three + each;
  const std::uint32_t size1 = one[1] - one[0], size2 = two[1] - two[0], size3 = three[1] - three[0],
                      size4 = four[1] - four[0];
  if ((size1 | size2 | size3 | size4) >= kSizes) return false;
  const __m512i text =
      join(load(data + one[0]), load(data + two[0]), load(data + three[0]), load(data + four[0]));
  const std::uint64_t points = _mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8('.'));
  const auto form_of = [&](int lane, std::uint32_t size) {
    return size * kSizes + _tzcnt_u32(std::uint32_t(points >> (16 * lane) & 0xffff) | 1u << size);
  };
  const std::uint32_t form1 = form_of(0, size1), form2 = form_of(1, size2), form3 = form_of(2, size3),
                      form4 = form_of(3, size4);
  constexpr std::uint64_t kFirst = 0x0001000100010001;
  const std::uint64_t minus = _mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8('-')) & kFirst;
  const __m512i raw =
      _mm512_mask_sub_epi8(_mm512_setzero_si512(), ~minus, text, _mm512_set1_epi8('0'));  // a sign is a 0
  const std::uint64_t ten = _mm512_cmpgt_epu8_mask(raw, _mm512_set1_epi8(9));
  const __m512i digits =
      _mm512_shuffle_epi8(raw, join(load(kForms.order[form1].data()), load(kForms.order[form2].data()),
                                    load(kForms.order[form3].data()), load(kForms.order[form4].data())));
  const __m512i twos = _mm512_maddubs_epi16(digits, _mm512_set1_epi16(0x010a));
  const __m512i fours = _mm512_madd_epi16(twos, _mm512_set1_epi32(0x00010064));
  const __m512i eights = _mm512_madd_epi16(_mm512_packus_epi32(fours, fours), _mm512_set1_epi32(0x00012710));
  const __m512i all =
      _mm512_add_epi64(_mm512_mul_epu32(eights, _mm512_set1_epi64(100000000)), _mm512_srli_epi64(eights, 32));
  const __m256i integers =
      _mm512_castsi512_si256(_mm512_permutexvar_epi64(_mm512_set_epi64(6, 4, 2, 0, 6, 4, 2, 0), all));
  const __m256d power =
      _mm256_set_pd(kForms.power[form4], kForms.power[form3], kForms.power[form2], kForms.power[form1]);
  const __m256d values = _mm256_div_pd(_mm256_cvtepi64_pd(integers), power);
  // Behind a sign comes a digit; places that are taken hold digits; digits are exact; the form is a number's.
  const std::uint64_t bad = (minus << 1 & ten) | _mm512_cmpgt_epu8_mask(digits, _mm512_set1_epi8(9)) |
                            _mm256_cmpgt_epu64_mask(integers, _mm256_set1_epi64x(std::int64_t(1) << 53)) |
                            _mm256_cmp_pd_mask(values, values, _CMP_UNORD_Q);
  if (bad != 0) return false;
  const auto signs = __mmask8(_pext_u64(minus, kFirst));
  _mm256_storeu_pd(to, _mm256_mask_xor_pd(values, signs, values, _mm256_set1_pd(-0.0)));
  return true;
}

std::size_t numbers(const char* data, const std::uint32_t* borders, std::size_t each, std::size_t count,
                    double* to) {
  for (std::size_t done = 0; done < count; ++done) {
    while (count - done >= 4 && four_numbers(data, borders + each * done, each, to + done)) done += 4;
    if (done == count) break;
    const std::uint32_t* const border = borders + each * done;
    if (!number(data + border[0], data + border[1], to[done])) return done;
  }
  return count;
}

constexpr PlainFields kFields = {find, numbers};

}  // namespace
const PlainFields* const plain_fields_avx512 = &kFields;
#else
const PlainFields* const plain_fields_avx512 = nullptr;
#endif

}  // namespace sluice::lc
