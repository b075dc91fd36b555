# shellcheck shell=bash
# Completion of certdrop's command line for bash: commands, options, kinds of document, IDs.
# Commands, options and kinds are those of the program's own --help.

# The words before the one that is completed: sets command, folder and expected, which is
# what the word is the value of. bash cuts words at "=" and ":", which makes none of them look
# like a command.
_certdrop_look() {
  local at
  command='' folder=. expected=''
  for ((at = 1; at < COMP_CWORD; at++)); do
    case ${COMP_WORDS[at]} in
    -C)
      if ((at + 1 == COMP_CWORD)); then expected=folder; fi
      if ((at + 1 < COMP_CWORD)); then folder=${COMP_WORDS[++at]/#\~/$HOME}; fi
      ;;
    --from) expected=from ;;
    =) ;;
    *)
      expected=''
      if [[ -z $command && ${COMP_WORDS[at]} =~ ^[a-z]+$ ]]; then command=${COMP_WORDS[at]}; fi
      ;;
    esac
  done
}

# The options that the help in standard input has, with a "=" where they take a value.
_certdrop_options() {
  sed -nE 's/^  (-[a-zA-Z], )?(--[a-z-]+=?).*/\2/p; s/^  (-[A-Z]|--[a-z]+) .*/\1/p'
}

# The first 1,000 IDs that begin so, of the pages' own list; not of a very long one.
_certdrop_ids() {
  local list=$folder/reports/certificates.csv
  [[ $1 =~ ^[A-Za-z0-9._-]*$ && -n $(find "$list" -size -32M 2>/dev/null) ]] || return
  grep -m 1000 "^[0-9]*,$1" "$list" | cut -d , -f 2
}

_certdrop() {
  local command folder expected program=${1/#\~/$HOME} word=${COMP_WORDS[COMP_CWORD]} words=''
  [[ $word != = ]] || word=''
  _certdrop_look
  COMPREPLY=()
  case $expected in
  folder)
    compopt -o dirnames 2>/dev/null
    return
    ;;
  from)
    compopt -o default 2>/dev/null
    return
    ;;
  esac
  if [[ -z $command && $word == -* ]]; then
    words=$("$program" --help 2>/dev/null | _certdrop_options)
  elif [[ -z $command ]]; then
    words=$("$program" --help 2>/dev/null | sed -nE 's/^  ([a-z]+) .*/\1/p')
  elif [[ $word == -* ]]; then
    words=$("$program" "$command" --help 2>/dev/null | _certdrop_options)
  else
    case $command in
    new) words=$("$program" new --help 2>/dev/null | sed -n 's/^KIND is one of //p') ;;
    show) words=$(_certdrop_ids "$word") ;;
    check) compopt -o default 2>/dev/null ;;
    esac
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
  if [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]]; then compopt -o nospace 2>/dev/null; fi
}

complete -F _certdrop certdrop
