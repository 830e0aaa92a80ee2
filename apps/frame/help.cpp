#include "apps/frame/help.h"

#include <algorithm>

#include "apps/frame/text.h"

namespace sluice::frame {
namespace {

constexpr std::size_t kColumn = 28;  // where help texts begin

std::string entry(const std::string& head, const std::string& text) {
  std::string lines = wrapped(text, kColumn, 100);
  const std::string start = "  " + head;
  if (start.size() + 2 > kColumn) return start + "\n" + lines;
  return start + lines.substr(start.size());
}

std::string head_of(const Option& option) {
  std::string head = option.names.front().size() == 2 ? "" : "    ";  // long names stand below each other
  head += joined(option.names, ", ");
  return option.value.empty() ? head : head + " " + option.value;
}

std::string help_text(const Option& option) {
  return option.help + (option.environment.empty() ? "" : " [" + option.environment + "]");
}

std::string examples_of(const Command& command) {
  std::string text = command.examples.size() == 1 ? "\nExample:\n" : "\nExample, run as printed:\n";
  for (const std::string& example : command.examples) text += "  $ " + example + "\n";
  return command.examples.empty() ? "" : text;
}

}  // namespace

std::string synopsis(const Command& command) {
  std::string text = "sluice " + command.name;
  for (const Positional& p : command.positionals) text += p.many ? " [" + p.name + "]..." : " " + p.name;
  for (const Option& o : command.options)
    if (o.names.front() == "-o") text += " -o " + o.value;
  return text + " [OPTION]...";
}

std::vector<std::string> groups_of(const Command& command) {
  std::vector<std::string> groups;
  for (const Option& o : command.options)
    if (std::find(groups.begin(), groups.end(), o.group) == groups.end()) groups.push_back(o.group);
  return groups;
}

std::vector<Command> leaves(const std::vector<Command>& commands) {
  std::vector<Command> all;
  for (const Command& c : commands) {
    if (c.kinds.empty()) all.push_back(c);
    for (const Command& kind : c.kinds) all.push_back(kind);
  }
  return all;
}

std::string overview(const std::vector<Command>& commands) {
  std::string text =
      "sluice computes on data that does not fit in memory: on a GPU where there is one, on the CPU\n"
      "where there is none. Files in, files out.\n"
      "\nExample, run as printed:\n"
      "  $ sluice generate matrix --shape 2000x1500 -o X.npy\n"
      "  $ sluice cov X.npy -o C.npy --memory 64M\n"
      "\nCommands:\n";
  for (const Command& c : commands) text += entry(c.name, c.summary);
  text += entry("help COMMAND", "the same as sluice COMMAND --help");
  text += entry("man [COMMAND]", "its man page: sluice man cov | man -l -");
  text += entry("completions SHELL", "completions for bash, zsh or fish: source <(sluice completions bash)");
  text += entry("--version", "version, commit, compiler, CUDA, backends");
  return text;
}

std::string help_of(const Command& command) {
  std::string text = wrapped(command.description, 0, 100) + examples_of(command);
  if (!command.kinds.empty()) {
    text += "\nUsage: sluice " + command.name + " KIND [OPTION]...\n\nKinds:\n";
    for (const Command& kind : command.kinds)
      text += entry(kind.name.substr(kind.name.find(' ') + 1), kind.summary);
    return text + "\n'sluice " + command.name + " KIND --help' lists the options of a kind.\n";
  }
  text += "\nUsage: " + synopsis(command) + "\n";
  for (const Positional& p : command.positionals) text += entry(p.name, p.help);
  for (const std::string& group : groups_of(command)) {
    text += "\n" + group + ":\n";
    for (const Option& o : command.options)
      if (o.group == group) text += entry(head_of(o), help_text(o));
  }
  return text;
}

}  // namespace sluice::frame
