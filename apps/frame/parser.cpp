// The one file that includes CLI11 (it takes seconds to compile): records in, setters called. Messages are
// our own.
#include "apps/frame/parser.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <list>

#include "apps/frame/suggest.h"
#include "apps/frame/text.h"
#include "host/error.h"

namespace sluice::frame {
namespace {

std::vector<std::string> names_of(const Command& command) {
  std::vector<std::string> names{"--help"};
  for (const Option& o : command.options) names.insert(names.end(), o.names.begin(), o.names.end());
  return names;
}

[[noreturn]] void refuse(const Command& command, const std::string& what) {
  throw Error(ErrorKind::kUsage, what, "'sluice " + command.name + " --help' lists what it takes");
}

void set_checked(const std::string& name, const Option& option, const std::string& value) {
  const auto& choices = option.choices;
  if (!choices.empty() && std::find(choices.begin(), choices.end(), value) == choices.end())
    throw Error(ErrorKind::kUsage, name + ": expected " + either(choices) + ", found '" + value + "'" +
                                       did_you_mean(value, choices));
  option.set(value);
}

/// An option's value that is itself the name of an option: the value was left out.
void check_value_is_there(const Command& command, const Option& option, const std::string& value) {
  const auto names = names_of(command);
  if (value.size() > 1 && value[0] == '-' && std::find(names.begin(), names.end(), value) != names.end())
    refuse(command, option.long_name() + ": expected " + option.value + ", found the option " + value);
}

/// What CLI11 itself refuses: a value that is missing, or one that a switch does not take.
[[noreturn]] void refuse_parse(const Command& command, const CLI::ParseError& error) {
  const std::string what = error.what();
  for (const Option& o : command.options) {
    if (what.find(o.long_name() + ":") == std::string::npos && what.find(o.long_name() + " ") != 0) continue;
    refuse(command, o.value.empty() ? o.long_name() + ": takes no value"
                                    : o.long_name() + ": expected " + o.value + ", found nothing");
  }
  refuse(command, what);
}

}  // namespace

void parse(const Command& command, const std::vector<std::string>& arguments) {
  CLI::App app;
  app.set_help_flag("");
  app.allow_extras();
  std::list<std::string> values;  // CLI11 keeps their addresses
  std::vector<CLI::Option*> options, positionals;
  for (const Option& o : command.options) {
    const std::string names = joined(o.names, ",");
    if (o.value.empty())
      options.push_back(app.add_flag(names));
    else
      options.push_back(app.add_option(names, values.emplace_back())
                            ->multi_option_policy(o.repeats ? CLI::MultiOptionPolicy::Join
                                                            : CLI::MultiOptionPolicy::TakeLast));
  }
  for (const Positional& p : command.positionals)
    positionals.push_back(app.add_option(p.name, values.emplace_back()));
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));  // it takes the last first
  } catch (const CLI::ParseError& error) {
    refuse_parse(command, error);
  }

  std::vector<std::string> extras = app.remaining();
  // CLI11 keeps the mark that ends the options.
  if (const auto mark = std::find(extras.begin(), extras.end(), "--"); mark != extras.end())
    extras.erase(mark);
  for (const std::string& extra : extras)
    if (extra.size() > 1 && extra[0] == '-') {
      const std::string name = extra.substr(0, extra.find('='));
      const std::string near = did_you_mean(name, names_of(command));
      if (near.empty()) refuse(command, "unknown option " + name);
      throw Error(ErrorKind::kUsage, "unknown option " + name + near);
    }
  for (std::size_t i = 0; i < positionals.size(); ++i)
    if (positionals[i]->count() == 0 && !command.positionals[i].many)
      refuse(command, command.positionals[i].name + " is missing: expected " + command.positionals[i].help);
  const bool many = !positionals.empty() && command.positionals.back().many;
  if (!extras.empty() && !many) refuse(command, "one argument too many: '" + extras.front() + "'");

  for (std::size_t i = 0; i < positionals.size(); ++i)
    if (positionals[i]->count() > 0) command.positionals[i].set(positionals[i]->results().front());
  for (const std::string& extra : extras) command.positionals.back().set(extra);
  for (std::size_t i = 0; i < options.size(); ++i) {
    const Option& o = command.options[i];
    if (options[i]->count() > 0) {
      const std::vector<std::string>& given = options[i]->results();
      for (std::size_t v = o.repeats ? 0 : given.size() - 1; v < given.size(); ++v) {
        if (o.value.empty() && given[v] != "true") refuse(command, o.long_name() + ": takes no value");
        check_value_is_there(command, o, given[v]);
        set_checked(o.long_name(), o, given[v]);
      }
    } else if (!o.environment.empty()) {
      const char* value = std::getenv(o.environment.c_str());
      if (value == nullptr || *value == 0) continue;
      set_checked(o.environment, o, value);
      if (o.by_environment != nullptr) *o.by_environment = true;
    }
  }
}

}  // namespace sluice::frame
