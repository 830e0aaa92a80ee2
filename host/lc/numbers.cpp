// The rules of --id.
#include "host/lc/numbers.h"

#include <algorithm>
#include <string_view>

#include "host/error.h"
#include "host/formats/csv/faults.h"
#include "host/formats/csv/parse.h"
#include "host/formats/names.h"
#include "host/lc/columns.h"

namespace sluice::lc {
namespace {

constexpr std::uint64_t kStep = 1 << 20;  // in which memory is paid for
constexpr std::uint64_t kEntry = 64;

const char* const kAdvice =
    "--id order numbers objects as they come; --id meta:KEY takes a number from the file";

}  // namespace

bool whole_number(const std::string& text, std::int64_t& number) {
  const std::size_t point = text.find('.');
  if (point != std::string::npos && text.find_first_not_of('0', point + 1) != std::string::npos) return false;
  return csv::parse_integer(std::string_view(text).substr(0, point), number) == csv::IntegerResult::kValue;
}

bool number_of_name(const std::string& text, std::int64_t& number) {
  if (whole_number(text, number) && number >= 0 && text[0] != '-') return true;
  double other = 0;
  if (text.find('.') != std::string::npos && csv::parse_float(text, '.', other)) return false;
  std::size_t begin = text.size();
  while (begin > 0 && text[begin - 1] >= '0' && text[begin - 1] <= '9') --begin;
  while (begin + 1 < text.size() && text[begin] == '0') ++begin;
  if (begin == text.size() || text.size() - begin > 18) return false;
  number = 0;
  for (std::size_t i = begin; i < text.size(); ++i) number = number * 10 + (text[i] - '0');
  return true;
}

ObjectNumbers::ObjectNumbers(const ReadOptions& options, Budget& budget, const KnownNames& known)
    : order_(options.id == "order"), key_(key_of(options.id, "meta")), budget_(budget) {
  if (order_ && known)
    known([&](std::int64_t id, std::string name) {
      pay(2 * kEntry + name.size());
      ordered_.emplace(std::move(name), id);
      next_ = std::max(next_, id + 1);
    });
}

// As std::filesystem::path::stem(), which takes ten times as long.
std::string ObjectNumbers::name_of_file(const std::string& path) {
  std::string name = path.substr(path.rfind('/') + 1);
  for (const char* packed : {".gz", ".zst"})
    if (ends_with(name, packed)) name.resize(name.size() - std::string_view(packed).size());
  const std::size_t point = name.rfind('.');
  if (point != std::string::npos && point != 0) name.resize(point);
  if (csv::is_utf8(name)) return name;
  std::string escaped;  // no text otherwise
  for (const char c : name) {
    const char* const digits = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80)
      escaped += c;
    else
      escaped += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
  }
  return escaped;
}

void ObjectNumbers::pay(std::uint64_t bytes) {
  owed_ += bytes;
  if (owed_ < kStep) return;
  shares_.emplace_back(budget_, owed_, "the objects' numbers");
  owed_ = 0;
}

std::int64_t ObjectNumbers::by_order(const std::string& name) {
  const auto [at, made] = ordered_.emplace(name, next_);
  if (made) ++next_, pay(2 * kEntry + name.size());
  return at->second;
}

std::int64_t ObjectNumbers::of_file(const std::vector<std::string>& files, std::uint32_t file,
                                    const std::string& name, const std::string& key) {
  const std::string& path = files[file];
  std::int64_t id = 0;
  if (order_) {
    id = by_order(name);
  } else if (!key_.empty()) {
    if (csv::parse_integer(key, id) != csv::IntegerResult::kValue)
      throw Error(ErrorKind::kInput, path + ": no number: expected a line #" + key_ + ":NUMBER, found " +
                                         (key.empty() ? "none" : "'" + csv::shown(key) + "'"));
  } else if (!number_of_name(name, id)) {
    throw Error(ErrorKind::kInput,
                path + ": no number: expected a name that ends in at most 18 digits, found '" +
                    csv::shown(name) + "'",
                kAdvice);
  }
  pay(kEntry);
  const auto [at, made] = owners_.emplace(id, file);
  if (!made)
    throw Error(
        ErrorKind::kInput,
        path + ": is object " + std::to_string(id) + " as " + files[at->second] +
            " is: expected a number for each file",
        order_ ? "rename one of them: --id order tells objects apart by their files' names" : kAdvice);
  return id;
}

ObjectNumbers::Known ObjectNumbers::of_number(const std::string& path, std::int64_t number) {
  const auto [at, made] = owners_.emplace(number, 0);
  if (made) pay(kEntry);
  if (at->second != 0)
    throw Error(ErrorKind::kInput,
                path + ": object " + std::to_string(number) + " is '" + csv::shown(names_[at->second - 1]) +
                    "' and '" + std::to_string(number) + "': expected one name for a number",
                "--id order numbers objects as they come");
  return {number, made};
}

ObjectNumbers::Known ObjectNumbers::of_text(const std::string& path, const std::string& text) {
  std::int64_t id = 0;
  if (order_) {
    id = by_order(text);
  } else if (whole_number(text, id)) {
    return of_number(path, id);
  } else if (!number_of_name(text, id)) {
    throw Error(
        ErrorKind::kInput,
        path + ": object '" + csv::shown(text) + "' has no number: expected at most 18 digits at its end",
        "--id order numbers objects as they come");
  }
  const auto [at, made] = owners_.emplace(id, std::uint32_t(names_.size() + 1));
  if (made) {
    names_.push_back(text);
    pay(kEntry + sizeof(std::string) + text.size());
  } else if (at->second == 0 || names_[at->second - 1] != text) {
    throw Error(ErrorKind::kInput,
                path + ": object " + std::to_string(id) + " is '" +
                    (at->second == 0 ? std::to_string(id) : csv::shown(names_[at->second - 1])) + "' and '" +
                    csv::shown(text) + "': expected one name for a number",
                "--id order numbers objects as they come");
  }
  return {id, made};
}

}  // namespace sluice::lc
