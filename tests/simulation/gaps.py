"""Reads lines "LINE|DER in hexadecimal", in order of notBefore within a line, and says where
a line has no valid certificate between its first one and the time given (seconds)."""
import sys


def parts(der):
    """The elements in DER as (tag, content)."""
    at = 0
    while at < len(der):
        tag, length, at = der[at], der[at + 1], at + 2
        if length & 0x80:
            size = length & 0x7F
            length, at = int.from_bytes(der[at : at + size], "big"), at + size
        yield tag, der[at : at + length]
        at += length


def seconds(tag, text):
    import calendar
    import time

    form = "%y%m%d%H%M%SZ" if tag == 0x17 else "%Y%m%d%H%M%SZ"
    return calendar.timegm(time.strptime(text.decode(), form))


def validity(der):
    (_, certificate), = parts(der)
    (_, tbs), *_ = parts(certificate)
    # [0] version, serialNumber, signature, issuer, validity
    before, after = parts(list(parts(tbs))[4][1])
    return seconds(*before), seconds(*after)


def main():
    end = int(sys.argv[1])
    lines = {}
    for row in sys.stdin:
        name, der = row.rstrip("\n").split("|")
        lines.setdefault(name, []).append(validity(bytes.fromhex(der)))
    certificates = 0
    for name, spans in lines.items():
        certificates += len(spans)
        until = spans[0][0] - 1
        for begin, last in sorted(spans):
            if begin > until + 1:
                print(f"{name}: nothing is valid from {until + 1} to {begin}")
            until = max(until, last)
        if until < end:
            print(f"{name}: nothing is valid from {until + 1} on")
    print(f"{len(lines)} lines, {certificates} certificates")


main()
