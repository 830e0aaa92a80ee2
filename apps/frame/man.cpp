// Man pages (troff) from the records.
#include "apps/frame/help.h"
#include "apps/frame/text.h"
#include "sluice_version.h"

namespace sluice::frame {
namespace {

/// Text that troff prints as it is.
std::string plain(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool starts = i == 0 || text[i - 1] == '\n';
    if (starts && (text[i] == '.' || text[i] == '\'')) out += "\\&";
    if (text[i] == '\\')
      out += "\\e";
    else if (text[i] == '-')
      out += "\\-";
    else if (text[i] == '\'')
      out += "\\(aq";
    else
      out += text[i];
  }
  return out;
}

std::string page_name(const Command& command) {
  std::string name = "sluice-" + command.name;
  for (char& c : name)
    if (c == ' ') c = '-';
  return name;
}

std::string heading(const std::string& name, const std::string& summary) {
  return ".TH " + plain(name) + " 1 \"\" \"sluice " SLUICE_VERSION "\"\n.SH NAME\n" + plain(name) + " \\- " +
         plain(summary) + "\n";
}

std::string paragraphs(const std::string& text) {
  std::string out;
  for (const char* rest = text.c_str(); *rest != 0;) {
    const std::string all(rest);
    const auto end = all.find("\n\n");
    out += ".PP\n" + plain(all.substr(0, end)) + "\n";
    if (end == std::string::npos) break;
    rest += end + 2;
  }
  return out;
}

std::string examples(const std::vector<std::string>& lines) {
  std::string out = ".SH EXAMPLE\n.nf\n";
  for (const std::string& line : lines) out += plain("$ " + line) + "\n";
  return out + ".fi\n";
}

std::string exit_status() {
  return ".SH EXIT STATUS\n0 done; 1 failed; 2 wrong usage; 3 a check failed; 130 and 143 interrupted, "
         "resumable.\n";
}

}  // namespace

std::string man_of(const Command& command) {
  std::string text = heading(page_name(command), command.summary);
  text += ".SH SYNOPSIS\n" +
          plain(command.kinds.empty() ? synopsis(command) : "sluice " + command.name + " KIND [OPTION]...") +
          "\n.SH DESCRIPTION\n" + paragraphs(command.description);
  for (const Command& kind : command.kinds)
    text += ".TP\n.B " + plain(kind.name) + "\n" + plain(kind.summary) + "\n";
  for (const Positional& p : command.positionals)
    text += ".TP\n.I " + plain(p.name) + "\n" + plain(p.help) + "\n";
  if (!command.options.empty()) text += ".SH OPTIONS\n";
  for (const std::string& group : groups_of(command)) {
    text += ".SS " + plain(group) + "\n";
    for (const Option& o : command.options) {
      if (o.group != group) continue;
      text += ".TP\n\\fB" + plain(joined(o.names, ", ")) + "\\fR";
      text += (o.value.empty() ? "" : " \\fI" + plain(o.value) + "\\fR") + "\n" + plain(o.help) + "\n";
      if (!o.environment.empty()) text += "Environment: " + plain(o.environment) + ".\n";
    }
  }
  return text + examples(command.examples) + exit_status();
}

std::string man_of_all(const std::vector<Command>& commands) {
  std::string text = heading("sluice", "computes on data that does not fit in memory");
  text +=
      ".SH SYNOPSIS\nsluice COMMAND [ARGUMENT]...\n.SH DESCRIPTION\n"
      "Files in, files out: on a GPU where there is one, on the CPU where there is none.\n.SH COMMANDS\n";
  for (const Command& c : leaves(commands))
    text += ".TP\n.B " + plain("sluice " + c.name) + "\n" + plain(c.summary) + "; see " +
            plain(page_name(c)) + "(1).\n";
  return text + exit_status();
}

}  // namespace sluice::frame
