// A dialect whose parts could be taken for each other is refused before a file is opened.
#include "host/formats/csv/dialect.h"

#include <utility>

#include "host/error.h"

namespace sluice::csv {

void check(const Dialect& dialect) {
  const auto refuse = [](const std::string& what) {
    throw Error(ErrorKind::kUsage, "wrong dialect: " + what, "choose another separator, quote or comment");
  };
  const std::pair<char, const char*> parts[] = {{dialect.spaces ? ' ' : dialect.separator, "separator"},
                                                {dialect.quote, "quote"},
                                                {dialect.comment, "comment"},
                                                {dialect.decimal, "decimal point"}};
  for (const auto& [byte, name] : parts) {
    const bool needed = byte != 0 || name == parts[0].second;
    if (needed && (byte == 0 || byte == '\n' || byte == '\r' || static_cast<unsigned char>(byte) >= 0x80))
      refuse(std::string("expected an ASCII character as ") + name + ", found none or a line end");
    if (name != parts[0].second && dialect.spaces && (byte == ' ' || byte == '\t'))
      refuse(std::string("expected a visible ") + name + ", found white space");
    for (const auto& [other, other_name] : parts)
      if (byte != 0 && byte == other && name != other_name)
        refuse(std::string("expected ") + name + " and " + other_name + " to differ, found '" + byte +
               "' twice");
  }
  if (dialect.decimal != '.' && dialect.decimal != ',')
    refuse(std::string("expected '.' or ',' as decimal point, found '") + dialect.decimal + "'");
}

}  // namespace sluice::csv
