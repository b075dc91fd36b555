#!/usr/bin/env python3
"""Writes a batch of so many items to standard output:

    make-batch.py orders|atomic|refused|backwards COUNT

orders: one file from order to bundle each; atomic: the same, all or nothing; refused: each of
them; backwards: applications before their orders, atomic, so that half of it waits."""
import sys

kind, count = sys.argv[1], int(sys.argv[2])
applicant = (
    "<applicant><name>Applicant One</name><phone>+86 571 5555 0100</phone>"
    "<email>applicant@example.test</email><idNumber>330100199001011234</idNumber></applicant>"
)
payment = '<payment reference="TX" amount="298.00" currency="CNY"/>'


def parts(n):
    return f"<domains><domain>n{n}.example.test</domain></domains>{applicant}"


def order(n, product="standard-dv-single", children=payment):
    return f'<order ref="B{n:07d}"><product>{product}</product>{children}</order>\n'


def application(n):
    return f'<application ref="A{n:07d}" certificate="B{n:07d}.1" action="submit">{parts(n)}</application>\n'


write = sys.stdout.write
atomic = ' atomic="true"' if kind in ("atomic", "backwards") else ""
write(f'<batch xmlns="urn:certdrop:1"{atomic}>\n')
for i in range(1, count + 1):
    if kind == "refused":
        write(order(i, product="no-such-product"))
    elif kind != "backwards":
        write(order(i, children=f"{payment}<application>{parts(i)}</application>"))
    elif i <= count // 2:
        write(application(i))
    else:
        write(order(count + 1 - i))
write("</batch>\n")
