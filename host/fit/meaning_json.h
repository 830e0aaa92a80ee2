// The part that models and states share: which formula, and what it meant.
#pragma once
#include <string>

#include "host/fit/json_value.h"
#include "host/fit/model.h"

namespace sluice::fit {

void add_meaning(JsonText& json, const Meaning& meaning);
Meaning read_meaning(const JsonFields& fields);

/// Error{kInput} where the object is of another kind or a later schema.
void check_kind(const JsonValue& json, const std::string& path, const std::string& kind, int schema);

}  // namespace sluice::fit
