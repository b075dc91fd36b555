#!/usr/bin/env python3
"""Drops documents whose every free field is a naughty string:

    make-naughty.py STRINGS LETTER CERTIFICATES INBOX EXPECTED

STRINGS is a list in JSON, LETTER a PNG, CERTIFICATES a folder of archives in PEM to be
uploaded, in order. For each string that a field of one line can hold: an order in a package with
an application, a review, an upload, a revocation of that, and a file that is refused and bears
the string as its name. EXPECTED gets a line of JSON for each: number, text."""
import io
import json
import os
import pathlib
import re
import sys
import zipfile
from xml.sax.saxutils import escape, quoteattr

strings, letter, certificates, inbox, expected = sys.argv[1:]
image = pathlib.Path(letter).read_bytes()
archives = sorted(pathlib.Path(certificates).rglob("*.zip"))
xmlns = 'xmlns="urn:certdrop:1"'


# What XML and the schema's one-line texts can hold, as the schema reads it.
def fits(text):
    return not re.search("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff\ufffe\uffff]", text)


def one_line(text, limit):
    return re.sub("[ \t\r\n]+", " ", re.sub("[ \t\r\n]+", " ", text).strip(" ")[:limit]).strip(" ")


def drop(name, data):
    path = os.path.join(inbox, ".naughty.part")
    pathlib.Path(path).write_bytes(data)
    os.rename(path, os.path.join(os.fsencode(inbox), name))


def file_name(text, number):
    name = text.encode().replace(b"/", b"_").lstrip(b".")[:180]
    while True:
        try:
            name.decode()
            break
        except UnicodeDecodeError:
            name = name[:-1]
    return name + b"-%d.xml" % number


with open(expected, "w", encoding="utf-8") as out:
    for number, text in enumerate(dict.fromkeys(json.load(open(strings, encoding="utf-8")))):
        short, long = one_line(text, 60), one_line(text, 120)
        drop(file_name(text, number), f'<order {xmlns} ref="BAD-{number}"><product>nothing</product></order>'.encode())
        if short == "" or not fits(short + long):
            continue
        person, street, attribute = escape(short), escape(long), quoteattr(long)
        order = f"""<order {xmlns} ref="N-{number}"><product>secure-ov-single</product>
  <payment reference="TX-{number}" amount="800.00" currency="CNY"/>
  <application><domains><domain>www.iana.org</domain></domains>
    <applicant><name>{person}</name><phone>+86 571 5555 0100</phone><email>applicant@example.test</email><idNumber>330100199001011234</idNumber></applicant>
    <company><name>{person}</name><type>private-organization</type><phone>+86 571 5555 0199</phone><organizationId>91330100MA00000000</organizationId>
      <location country="CN" province={attribute} city={attribute}/><address>{street}</address><zip>310000</zip></company>
    <attachments><attachment kind="confirmationLetter" file="letter.png"/></attachments></application></order>"""
        package = io.BytesIO()
        with zipfile.ZipFile(package, "w") as archive:
            archive.writestr("order.xml", order)
            archive.writestr("letter.png", image)
        drop(b"n-%d.zip" % number, package.getvalue())
        decision = "approve" if number % 2 else "reject"
        drop(b"r-%d.xml" % number, f'<review {xmlns} ref="R-{number}" certificate="N-{number}.1" decision="{decision}" reviewer={quoteattr(short)}><comment>{street}</comment></review>'.encode())
        with zipfile.ZipFile(archives[number]) as archive:
            chain, key = (archive.read(name).decode() for name in ("fullchain.pem", "privkey.pem"))
        drop(b"u-%d.xml" % number, f'<upload {xmlns} ref="U-{number}" name={quoteattr(short)}><certificate>{chain}</certificate><privateKey>{key}</privateKey></upload>'.encode())
        out.write(json.dumps({"number": number, "short": short, "long": long}) + "\n")
