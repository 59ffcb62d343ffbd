#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "servers/config/command_flags.h"
#include "servers/config/options.h"
#include "servers/config/settings.h"

// Prints a page that an installed server has: its manual page (man 7 groff_man), and the completions of bash and of
// zsh. All of them are made from the table of the settings. Usage: print_page man|bash|zsh
namespace {

using duel::servers::config::CommandFlag;
using duel::servers::config::kCommandFlags;
using duel::servers::config::Setting;
using duel::servers::config::Settings;

// "gin|beego" has the choices gin and beego; "PORT" has none.
std::vector<std::string> choices_of(const std::string& hint) {
  std::vector<std::string> choices;
  if (hint.find('|') == std::string::npos) return choices;
  for (size_t at = 0; at <= hint.size();) {
    const size_t end = std::min(hint.find('|', at), hint.size());
    choices.push_back(hint.substr(at, end - at));
    at = end + 1;
  }
  return choices;
}

bool names_files(const std::string& hint) {
  return hint.find("FILE") != std::string::npos || hint.find("DIRECTORY") != std::string::npos;
}

std::string replaced(std::string_view text, char from, std::string_view to) {
  std::string result;
  for (const char c : text) c == from ? result += to : result += c;
  return result;
}

// A backslash begins an escape, and a plain "-" is a hyphen that cannot be copied into a shell.
std::string roff(std::string_view text) {
  return replaced(replaced(text, '\\', "\\e"), '-', "\\-");
}

std::string default_of(const Setting& setting) {
  return setting.default_text.empty() ? setting.get() : setting.default_text;
}

std::string man_option(std::string_view name, std::string_view hint, std::string_view description) {
  std::string text = ".TP\n.B " + roff(name);
  if (!hint.empty()) text += "=\\fI" + roff(hint) + "\\fR";
  return text + "\n" + roff(description) + ".\n";
}

std::string man_page(const Settings& settings) {
  std::string text =
      ".\\\" Made from servers/config/settings_table.cc by packaging/print_page.cc.\n"
      ".TH DUEL\\-SERVER 1 \"\" \"duel " DUEL_VERSION
      "\" \"User Commands\"\n"
      ".SH NAME\nduel\\-server \\- an HTTP/1.1 server on io_uring with several router styles\n"
      ".SH SYNOPSIS\n.B duel\\-server\n[\\fIOPTION\\fR]...\n"
      ".SH DESCRIPTION\nServes one demo application in the router style that\n.B \\-\\-router\nnames. The first line "
      "that it prints names its addresses. It ends after SIGTERM or SIGINT, when the requests in flight are answered.\n"
      ".PP\nEvery setting has a key in the configuration file and an environment variable: DUEL_ and the key in "
      "capitals, BEEGO_RUNMODE for\n.BR \\-\\-runmode .\nA flag wins over the environment, the environment over the "
      "file, and the file over the default.\n.SH OPTIONS\n";
  for (const CommandFlag& flag : kCommandFlags) {
    const bool has_value = std::strcmp(flag.flag, "--config") == 0;
    text += man_option(flag.flag, has_value ? "FILE" : "", flag.description);
  }
  std::string group;
  for (const Setting& setting : settings.all()) {
    if (setting.group != group) text += ".SS " + roff(group = setting.group) + "\n";
    const std::string shown = default_of(setting);
    text +=
        man_option("--" + setting.flag, setting.hint,
                   setting.description + " (key " + setting.key + (shown.empty() ? "" : ", default " + shown) + ")");
  }
  return text +
         ".SH FILES\n.TP\n.I conf/app.conf\nThe configuration, if it exists in the working directory and\n.B "
         "\\-\\-config\nis not given.\n.TP\n.I /etc/duel/app.conf\nThe configuration of the service\n.BR duel.service "
         ".\n"
         ".SH EXIT STATUS\n0 after SIGTERM or SIGINT, 1 if the server cannot start or fails, 2 if a setting is wrong.\n"
         ".SH SEE ALSO\n.BR duel\\-load (1)\n";
}

std::string bash_completion(const Settings& settings) {
  std::string flags;
  std::string cases;
  for (const CommandFlag& flag : kCommandFlags) {
    flags += std::string(" ") + flag.flag + (std::strcmp(flag.flag, "--config") == 0 ? "=" : "");
  }
  for (const Setting& setting : settings.all()) {
    flags += " --" + setting.flag + "=";
    if (const auto choices = choices_of(setting.hint); !choices.empty()) {
      cases += "    --" + setting.flag + ") COMPREPLY=($(compgen -W '" + replaced(setting.hint, '|', " ") +
               "' -- \"$value\")) ;;\n";
    } else if (names_files(setting.hint)) {
      cases += "    --" + setting.flag + ") COMPREPLY=($(compgen -f -- \"$value\")) ;;\n";
    }
  }
  return "# Made from servers/config/settings_table.cc by packaging/print_page.cc.\n"
         "_duel_server() {\n"
         "  local word=${COMP_WORDS[COMP_CWORD]} flag value\n"
         "  # bash divides --flag=value into three words.\n"
         "  if [[ $word == = ]]; then flag=${COMP_WORDS[COMP_CWORD - 1]} value=\n"
         "  elif [[ ${COMP_WORDS[COMP_CWORD - 1]} == = ]]; then flag=${COMP_WORDS[COMP_CWORD - 2]} value=$word\n"
         "  else\n"
         "    COMPREPLY=($(compgen -W '" +
         flags.substr(1) +
         "' -- \"$word\"))\n"
         "    [[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace\n"
         "    return\n"
         "  fi\n"
         "  case $flag in\n"
         "    --config) COMPREPLY=($(compgen -f -- \"$value\")) ;;\n" +
         cases +
         "  esac\n"
         "}\n"
         "complete -F _duel_server duel-server\n";
}

// In a description of _arguments, brackets and colons have a meaning.
std::string zsh_text(std::string_view text) {
  return replaced(replaced(replaced(replaced(text, '\'', "'\\''"), '[', "\\["), ']', "\\]"), ':', "\\:");
}

std::string zsh_completion(const Settings& settings) {
  std::string text =
      "#compdef duel-server\n# Made from servers/config/settings_table.cc by packaging/print_page.cc.\n_arguments";
  for (const CommandFlag& flag : kCommandFlags) {
    const bool has_value = std::strcmp(flag.flag, "--config") == 0;
    text += std::string(" \\\n  '") + flag.flag + (has_value ? "=" : "") + "[" + zsh_text(flag.description) + "]" +
            (has_value ? ":FILE:_files" : "") + "'";
  }
  for (const Setting& setting : settings.all()) {
    text += " \\\n  '--" + setting.flag + "=[" + zsh_text(setting.description) + "]:" + zsh_text(setting.hint) + ":";
    if (const auto choices = choices_of(setting.hint); !choices.empty()) {
      text += "(" + replaced(setting.hint, '|', " ") + ")";
    } else if (names_files(setting.hint)) {
      text += "_files";
    }
    text += "'";
  }
  return text + "\n";
}

std::string page(std::string_view name, const Settings& settings) {
  if (name == "man") return man_page(settings);
  if (name == "bash") return bash_completion(settings);
  if (name == "zsh") return zsh_completion(settings);
  throw std::invalid_argument("print_page: '" + std::string(name) + "' is no page; give man, bash or zsh");
}

}  // namespace

int main(int argc, char** argv) {
  try {
    duel::servers::config::Options options;
    std::fputs(page(argc == 2 ? argv[1] : "", Settings(options)).c_str(), stdout);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
