#compdef certdrop
# Completion of certdrop's command line for zsh: commands, options, kinds of document, IDs.
# Commands, options and kinds are those of the program's own --help.

# The options of a command as _arguments wants them: --json[text], --from=[text]:FILE:_files.
_certdrop_options() {
  certdrop $1 --help 2>/dev/null | sed -nE \
    -e 's/[]:[]/\\&/g' \
    -e 's/^  -[a-zA-Z], /  /' \
    -e 's/^  (--[a-z-]+)=([A-Z]+) +(.*)/\1=[\3]:\2:_files/p' \
    -e 's/^  (--[a-z-]+) +(.*)/\1[\2]/p'
}

# The first 1,000 IDs that begin so, of the pages' own list; not of a very long one.
_certdrop_ids() {
  local list=${opt_args[-C]:-.}/reports/certificates.csv
  local -a ids
  [[ $PREFIX != *[^A-Za-z0-9._-]* && -n $(find $list -size -32M 2>/dev/null) ]] || return 1
  ids=(${(f)"$(grep -m 1000 "^[0-9]*,$PREFIX" $list | cut -d , -f 2)"})
  compadd -a ids
}

_certdrop_command() {
  local -a options
  options=(${(f)"$(_certdrop_options $words[1])"})
  case $words[1] in
  new) _arguments $options "1:kind:($(certdrop new --help 2>/dev/null | sed -n 's/^KIND is one of //p'))" ;;
  show) _arguments $options '1:certificate or order:_certdrop_ids' ;;
  check) _arguments $options '*:document:_files' ;;
  *) _arguments $options ;;
  esac
}

_certdrop() {
  local state
  local -a commands
  local -A opt_args
  _arguments -C \
    '-C[the instance]:folder:_files -/' \
    '--at[take this time for the present]:RFC 3339 time:' \
    '(- *)'{-h,--help}'[print the commands]' \
    '(- *)--version[print the version]' \
    '1:command:->command' '*::argument:->argument'
  case $state in
  command)
    commands=(${(f)"$(certdrop --help 2>/dev/null | sed -nE 's/^  ([a-z]+) +(.*)/\1:\2/p')"})
    _describe -t commands command commands
    ;;
  argument) _certdrop_command ;;
  esac
}

_certdrop "$@"
