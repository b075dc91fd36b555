#!/bin/bash
# Completion of the command line: what bash and zsh offer after some words.
. "$(dirname "$0")/../flow/lib.sh"

# offers WORD…: what bash offers for the last one, sorted, with blanks between.
offers() {
  bash -c '
    . "$1" || exit
    complete -p certdrop | grep -q "^complete -F _certdrop certdrop$" || exit
    shift
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
    _certdrop "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
    printf "%s\n" "${COMPREPLY[@]}" | LC_ALL=C sort | paste -sd " "
  ' bash "$source_dir/src/commands/completion/certdrop.bash" "$CERTDROP" "$@" 2>&1
}

all=$("$CERTDROP" --help | sed -nE 's/^  ([a-z]+) .*/\1/p' | LC_ALL=C sort | paste -sd ' ')
like 'there are commands' "$all" '^check init new '
is 'bash offers all commands' "$(offers '')" "$all"
is 'those that begin so' "$(offers re)" 'report'
is 'the options before a command' "$(offers -)" '--at --version -C'
is 'no command where an option has taken the word before' "$(offers -C '')" ''
is 'commands after such an option' "$(offers -C /tmp v)" 'verify'
is 'after a time, which bash cuts in pieces, too' "$(offers --at 2026-11-23T02 : 00 : 00Z wa)" 'watch'
is 'and after one with a sign of equality' "$(offers --at = 2026-11-23T02 : 00 : 00Z wa)" 'watch'
is 'options of a command' "$(offers check -)" '--help --json'
is 'those that take a value' "$(offers status --w)" '--warning='
is 'options after an argument' "$(offers new order --a)" '--atomic'
is 'a folder that is called as a command is' "$(offers -C run sh)" 'show'
is 'nothing for the value of --from but files' "$(offers new order --from = x)" ''
certdrop new nothing
is 'all kinds of document' "$(offers new '')" "$(sed 's/.*there are: //' err | tr ' ' '\n' | LC_ALL=C sort | paste -sd ' ')"
is 'those that begin so' "$(offers new re)" 'renewal review revocation'

new_instance
for ref in PO-1 PO-2 X-1; do dv_order $ref a.example.test | drop $ref.xml; done
run_at "$(at 1)"
is 'IDs of certificates' "$(offers -C "$INSTANCE" show '')" 'PO-1.1 PO-2.1 X-1.1'
is 'those that begin so' "$(offers -C "$INSTANCE" show X)" 'X-1.1'
is 'what is no ID finds none, and does no harm' "$(offers -C "$INSTANCE" show '[$(touch harm)')" ''
ok 'nothing was run' test ! -e harm
is 'where there is no instance, none' "$(offers -C / show '')" ''

# zsh has no other way than to type into it. A key of ours tells what is in the line then.
cat >typed.zsh <<'ZSH'
zmodload zsh/zpty
export PATH=$2:$PATH TERM=dumb
zpty shell zsh -f -i
cat >$1/settings <<'SETTINGS'
PS1=; unset zle_bracketed_paste; LISTMAX=1000
setopt nolistambiguous
autoload -Uz compinit; compinit -u -D
tell() { print -r -- "LINE<$BUFFER>"; BUFFER=; }
zle -N tell; bindkey '^X' tell
SETTINGS
zpty -w shell "fpath=($1 \$fpath); . $1/settings; cd $3; print REA''DY"
zpty -r -m shell text '*READY*'
zpty -w -n shell "$4"$'\t\C-x'
zpty -r -m shell text '*LINE<*>*'
print -r -- "$text"
zpty -d shell
ZSH
mkdir functions
cp "$source_dir/src/commands/completion/certdrop.zsh" functions/_certdrop
typed() {
  COLUMNS=200 timeout 60 zsh -f typed.zsh "$work/functions" "${CERTDROP%/*}" "$INSTANCE" "$1" 2>&1 |
    tr -d '\r\a' | col -bx | tr -s ' '
}
like 'zsh offers commands with what they do' "$(typed 'certdrop ')" '^check -- say what'
like 'it completes one' "$(typed 'certdrop ver')" 'LINE<certdrop verify ?>'
like 'options with what they do' "$(typed 'certdrop verify --')" '^--json -- print what is found'
like 'kinds' "$(typed 'certdrop new revi')" 'LINE<certdrop new review ?>'
like 'and IDs' "$(typed 'certdrop show X')" 'LINE<certdrop show X-1\.1 ?>'
like 'of an instance that is named' "$(typed "certdrop -C $INSTANCE show PO-2")" 'show PO-2\.1 ?>'
finish
