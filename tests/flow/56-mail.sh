#!/bin/bash
# A configured command sends the mail: each message once after its commit, again later
# where that failed, and what was written before there was a command not at all.
. "$(dirname "$0")/lib.sh"

new_instance
mkdir sent
# send_by ARGUMENT…: the mail command of the configuration; none: no command.
send_by() {
  local argument text=
  for argument; do text+="<argument>$argument</argument>"; done
  sed -i '/<mail>/d' "$INSTANCE/certdrop.xml"
  [ $# = 0 ] || sed -i "s|</configuration>|<mail><command timeoutSeconds=\"2\">$text</command></mail>\\n</configuration>|" "$INSTANCE/certdrop.xml"
}
# What the tests take for sendmail: one file a message.
cat >sendmail <<PY
#!/bin/sh
[ "\$*" = "-t" ] || { echo "called with \$*"; exit 64; }
cat >"$work/sent/.\$\$"
[ ! -e "$work/refuse" ] || { rm "$work/sent/.\$\$"; echo "450 try later"; echo "the queue is full" >&2; exit 75; }
mv "$work/sent/.\$\$" "$work/sent/\$\$.eml"
[ ! -e "$work/kill" ] || { rm "$work/kill"; kill -9 \$PPID; }
PY
chmod +x sendmail
sent() { find sent -name '*.eml' | wc -l; }
# Applications for these names are submitted for review, which is told by mail.
submit() { # REF
  order "$1" standard-dv-single "$(payment_child "$(price standard-dv-single)")
    $(application_child "$(domains "${1,,}.iana.org")$applicant")" | drop "$1.xml"
}
written() { find "$INSTANCE/outbox/mail" -name '*.eml' | wc -l; }
run_day() { run_at "$(at 0 "${2:-0}" "$1")"; }

submit OLD-1
run_day 0
is 'without a command mail is written' "$(written)" 1
send_by "$work/sendmail" -t
run_day 1
expect_status 'a command is configured' 0
is 'what was written before is not sent now' "$(sent)" 0
submit NEW-1
run_day 2
expect_status 'a run sends' 0
is 'what it wrote' "$(sent)" 1
is 'as it lies in the outbox' "$(cmp sent/*.eml "$INSTANCE"/outbox/mail/NEW-1.1+*.eml && echo same)" same
like 'the certificate has it in its history' "$(cat "$INSTANCE/reports/certificate/NEW-1.1.md")" 'Mailed'
run_day 3
is 'once' "$(sent)" 1
review R-1 NEW-1.1 reject '' 'A reason.' | drop review.xml
run_day 3 1
is 'mail of each kind' "$(sent)" 2

touch refuse
submit BAD-1
run_day 4
expect_status 'a command that fails makes the run end with 1' 1
like 'and is said, with what it said last' "$(cat err)" \
  '^outbox/mail/BAD-1.1.*\.eml: was not sent: .*/sendmail ended with status 75: the queue is full \(failure 1 since 2026-11-27T02:00:00Z; '
is_status 'but the rest of the run is done' BAD-1.1 pending-verification
run_at "$(at 1 0 4)"
expect_status 'it is not tried again at once' 0
run_at "$(at 6 0 4)"
expect_status 'but after a while' 1
like 'and counted' "$(cat err)" 'failure 2 since 2026-11-27T02:00:00Z'
run_at "$(at 11 0 4)"
expect_status 'then after a longer one' 0
rm refuse
run_day 5
expect_status 'until it works' 0
is 'then it is sent' "$(sent)" 3
run_day 6
is 'once, too' "$(sent)" 3

# A message whose file is taken away is given up.
touch refuse
submit GONE-1
run_day 7
expect_status 'another one fails' 1
rm "$INSTANCE"/outbox/mail/GONE-1.1+*.eml refuse
run_day 8
expect_status 'its file was taken away' 0
is 'it is not sent any more' "$(sent)" 3
like 'and its history says so' "$(cat "$INSTANCE/reports/certificate/GONE-1.1.md")" 'Mail given up'

# Killed between the sending and its record: at least once, with one and the same ID.
touch kill
submit KILL-1
"$CERTDROP" -C "$INSTANCE" --at "$(at 0 0 9)" run >out 2>err
is 'the run is killed behind the command' $? 137
is 'the mail is sent' "$(sent)" 4
run_day 9
expect_status 'the next run goes on' 0
is 'it is sent again' "$(sent)" 5
is 'as the same message' "$(grep -l KILL-1.1 sent/*.eml | xargs grep -h '^Message-I' | sort -u | wc -l)" 1

# A command that hangs, and one that is not there.
cat >hang <<PY
#!/bin/sh
exec sleep 100
PY
chmod +x hang
send_by "$work/hang"
submit HANG-1
run_day 10
expect_status 'a command that hangs is ended' 1
like 'with the reason' "$(cat err)" 'took longer than 2 s'
send_by "$work/no-such"
run_day 11
expect_status 'one that is not there fails' 1
like 'with the reason' "$(cat err)" 'could not be started: No such file'
send_by
run_day 12
expect_status 'without the command nothing is sent any more' 0
send_by "$work/sendmail" -t
run_day 13
is 'and what waited then is not sent later' "$(sent)" 5

# When everything fails, a run does not try everything.
touch refuse
for n in $(seq 40); do submit "ALL-$n"; done
CERTDROP_THREADS=1 run_day 14
is 'after five failures in a row the others wait' "$(grep -c 'was not sent' err)" 5
rm refuse
CERTDROP_THREADS=4 run_day 15
is 'until it works' "$(sent)" 45
is 'each message once' "$(grep -h '^Message-I' sent/*.eml | sort | uniq -d | wc -l)" 1

# A client and a server that others wrote: to whom it is addressed, there it goes.
cat >server.py <<'PY'
import os, time
from aiosmtpd.controller import Controller
class Keep:
    async def handle_DATA(self, server, session, envelope):
        with open("received", "ab") as file:
            file.write(f"FROM {envelope.mail_from} TO {' '.join(envelope.rcpt_tos)}\n".encode() + envelope.content)
        return "250 OK"
class AnyPort(Controller):
    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()
controller = AnyPort(Keep(), hostname="127.0.0.1", port=0)
controller.start()
with open("port.tmp", "w") as file:
    file.write(str(controller.port))
os.rename("port.tmp", "port")
time.sleep(600)
PY
/usr/bin/python3 server.py 2>server.err &
background=($!)
for _ in $(seq 200); do [ -s port ] || sleep 0.1; done
send_by msmtp --file=/dev/null --host=127.0.0.1 "--port=$(cat port)" --read-envelope-from -t
submit SMTP-1
run_day 16
expect_status 'msmtp sends' 0
like 'from the organisation to the applicant' "$(cat received)" '^FROM certificates@example.test TO applicant@example.test'
like 'what was written' "$(cat received)" '^Subject: SMTP-1.1: your application is being verified'
finish
