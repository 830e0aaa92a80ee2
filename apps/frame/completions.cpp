// Shell completions from the records: commands, options, and the values of options that have choices.
#include "apps/frame/help.h"
#include "apps/frame/suggest.h"
#include "apps/frame/text.h"
#include "host/error.h"

namespace sluice::frame {
namespace {

std::vector<std::string> first_words(const std::vector<Command>& commands) {
  std::vector<std::string> names;
  for (const Command& c : commands) names.push_back(c.name);
  names.insert(names.end(), {"help", "man", "completions", "--help", "--version"});
  return names;
}

std::vector<std::string> option_names(const Command& command) {
  std::vector<std::string> names{"--help"};
  for (const Option& o : command.options) names.insert(names.end(), o.names.begin(), o.names.end());
  return names;
}

/// Records without choices whose values are worth offering all the same.
std::vector<std::string> values_of(const Option& o) {
  if (o.long_name() == "--device") return {"auto", "cpu", "cuda", "serial", "check"};
  return o.choices;
}

std::string bash(const std::vector<Command>& commands) {
  std::string text =
      "# Completions of sluice for bash: source <(sluice completions bash)\n"
      "_sluice() {\n"
      "  local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}\n"
      "  local command=${COMP_WORDS[1]-} words=''\n"
      "  COMPREPLY=()\n"
      "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
      "    words='" +
      joined(first_words(commands), " ") + "'\n  else\n    case $command in\n";
  std::vector<std::string> names;
  for (const Command& c : commands) {
    names.push_back(c.name);
    text += "      " + c.name + ")\n";
    std::vector<std::string> kinds, options;
    for (const Command& kind : c.kinds) kinds.push_back(kind.name.substr(kind.name.find(' ') + 1));
    text += "        case $before in\n";
    for (const Command& leaf : leaves({c})) {
      for (const Option& o : leaf.options)
        if (!values_of(o).empty())
          text += "          " + joined(o.names, "|") + ") words='" + joined(values_of(o), " ") + "' ;;\n";
      const auto more = option_names(leaf);
      options.insert(options.end(), more.begin(), more.end());
    }
    if (!kinds.empty()) text += "          " + c.name + ") words='" + joined(kinds, " ") + "' ;;\n";
    text += "          *) [[ $current != -* ]] || words='" + joined(options, " ") + "' ;;\n        esac ;;\n";
  }
  text +=
      "      help|man) words='" + joined(names, " ") + "' ;;\n      completions) words='bash zsh fish' ;;\n";
  return text +
         "    esac\n  fi\n"
         "  [ -z \"$words\" ] || mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
         "}\ncomplete -o default -o bashdefault -F _sluice sluice\n";
}

/// Text inside single quotes and brackets of a zsh specification.
std::string zsh_text(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'')
      out += "'\\''";
    else if (c == '[' || c == ']' || c == ':' || c == '\\')
      out += std::string("\\") + c;
    else
      out += c;
  }
  return out;
}

std::string zsh(const std::vector<Command>& commands) {
  std::string text = "#compdef sluice\n# Completions of sluice for zsh: sluice completions zsh > _sluice\n";
  text += "_sluice() {\n  if (( CURRENT == 2 )); then\n    local -a commands=(\n";
  for (const Command& c : commands) text += "      '" + c.name + ":" + zsh_text(c.summary) + "'\n";
  text +=
      "      'help:of a command' 'man:page of a command' 'completions:for a shell'\n    )\n"
      "    _describe command commands\n    return\n  fi\n  case $words[2] in\n";
  for (const Command& c : commands) {
    text += "    " + c.name + ")\n      _arguments '1:command:' \\\n";
    std::string kinds;
    for (const Command& kind : c.kinds) kinds += " " + kind.name.substr(kind.name.find(' ') + 1);
    if (!kinds.empty()) text += "        '2:kind:(" + kinds.substr(1) + ")' \\\n";
    for (const Command& leaf : leaves({c}))
      for (const Option& o : leaf.options)
        for (const std::string& name : o.names) {
          text += "        '" + name + "[" + zsh_text(o.help) + "]";
          const std::vector<std::string> values = values_of(o);
          if (!o.value.empty())
            text += ":" + o.value + ":" + (values.empty() ? "_files" : "(" + joined(values, " ") + ")");
          text += "' \\\n";
        }
    text += "        '*:file:_files' ;;\n";
  }
  return text + "    help|man) _arguments '1:command:' '2:command:(" +
         [&] {
           std::vector<std::string> names;
           for (const Command& c : commands) names.push_back(c.name);
           return joined(names, " ");
         }() +
         ")' ;;\n    completions) _arguments '1:command:' '2:shell:(bash zsh fish)' ;;\n  esac\n}\n"
         "compdef _sluice sluice\n";
}

std::string fish_text(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '\'' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  return "'" + out + "'";
}

std::string fish(const std::vector<Command>& commands) {
  std::string text = "# Completions of sluice for fish: sluice completions fish | source\n";
  const std::string start = "complete -c sluice -n ";
  for (const Command& c : commands)
    text += start + "__fish_use_subcommand -f -a " + c.name + " -d " + fish_text(c.summary) + "\n";
  text += start + "__fish_use_subcommand -f -a 'help man completions'\n";
  text += start + "'__fish_seen_subcommand_from completions' -f -a 'bash zsh fish'\n";
  for (const Command& c : commands) {
    const std::string seen = start + "'__fish_seen_subcommand_from " + c.name + "'";
    for (const Command& kind : c.kinds)
      text +=
          seen + " -a " + kind.name.substr(kind.name.find(' ') + 1) + " -d " + fish_text(kind.summary) + "\n";
    for (const Command& leaf : leaves({c}))
      for (const Option& o : leaf.options) {
        text += seen;
        for (const std::string& name : o.names)
          text += name.size() == 2 ? " -s " + name.substr(1) : " -l " + name.substr(2);
        if (!o.value.empty())
          text += values_of(o).empty() ? " -r" : " -x -a '" + joined(values_of(o), " ") + "'";
        text += " -d " + fish_text(o.help) + "\n";
      }
  }
  return text;
}

}  // namespace

std::string completions(const std::string& shell, const std::vector<Command>& commands) {
  if (shell == "bash") return bash(commands);
  if (shell == "zsh") return zsh(commands);
  if (shell == "fish") return fish(commands);
  throw Error(ErrorKind::kUsage, "completions: expected bash, zsh or fish, found '" + shell + "'" +
                                     did_you_mean(shell, {"bash", "zsh", "fish"}));
}

}  // namespace sluice::frame
