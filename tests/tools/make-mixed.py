#!/usr/bin/env python3
"""Fills a folder with mixed files, good, bad and waiting, and says how each must end.

    make-mixed.py COUNT SEED FOLDER >expected

The same count and seed make the same files. A line of the answer is
`file NAME OUTCOME CODES` or `certificate ID STATUS`, tab-separated, sorted.
Prices are those of the catalogue that `init` writes."""
import io
import os
import pathlib
import random
import struct
import sys
import time
import zipfile
import zlib

count, seed, folder = int(sys.argv[1]), int(sys.argv[2]), pathlib.Path(sys.argv[3])
rng = random.Random(seed)
NS = 'xmlns="urn:certdrop:1"'
PRICE = {"standard-dv-single": "298.00", "secure-ov-single": "800.00", "secure-ov-multi": "1200.00",
         "free-dv-single": "0.00", "standard-dv-wildcard": "998.00"}
APPLICANT = ("<applicant><name>Applicant One</name><phone>+86 571 5555 0100</phone>"
             "<email>applicant@example.test</email><idNumber>330100199001011234</idNumber></applicant>")
COMPANY = ('<company><name>Example Operations</name><type>private-organization</type>'
           '<phone>+86 571 5555 0199</phone><organizationId>91330100MA00000000</organizationId>'
           '<location country="CN" province="Zhejiang" city="Hangzhou"/>'
           '<address>1 Example Road</address><zip>310000</zip></company>')
expected = []


def png():
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 2, 8, 0, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(b"\0\0\0" * 2)) + chunk(b"IEND", b""))


def write(name, content):
    path = folder / ("." + name + ".part")
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    old = time.time() - 60
    os.utime(path, (old, old))
    path.rename(folder / name)


def file(name, content, outcome, codes=""):
    write(name, content)
    expected.append(f"file\t{name}\t{outcome}\t{codes}")


def certificate(name, status):
    expected.append(f"certificate\t{name}\t{status}")


def order(ref, product, children="", ns=NS):
    return f'<order {ns} ref="{ref}"><product>{product}</product>{children}</order>'


def paid(product):
    return f'<payment reference="TX-1" amount="{PRICE[product]}" currency="CNY"/>'


def payment(ref, of, amount, ns=NS):
    return f'<payment {ns} ref="{ref}" order="{of}" reference="TX-{ref}" amount="{amount}" currency="CNY"/>'


def application(ref, of, domain, ns=NS):
    return (f'<application {ns} ref="{ref}" certificate="{of}" action="submit"><domains><domain>{domain}'
            f'</domain></domains>{APPLICANT}</application>')


def bundle(ref, domain, extra=""):
    product = "standard-dv-single"
    return order(ref, product, paid(product) +
                 f"<application><domains><domain>{domain}</domain></domains>{APPLICANT}{extra}</application>")


def package(document, members):
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in [("document.xml", document)] + members:
            z.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), data)
    return memory.getvalue()


def one_file_to_bundle(n, ref):
    extra = rng.choice(["", "<download><format>nginx</format><format>pem</format></download>",
                        '<csr mode="automatic" key="ec-p384"/>', '<csr mode="automatic" key="ed25519"/>'])
    file(f"{n}-bundle.xml", bundle(ref, f"n{n}.example.test", extra), "accepted")
    certificate(f"{ref}.1", "issued")


def for_a_person(n, ref):
    file(f"{n}-person.xml", bundle(ref, f"www{n}.iana.org"), "accepted")
    certificate(f"{ref}.1", "pending-verification")


def unpaid(n, ref):
    file(f"{n}-unpaid.xml", order(ref, "secure-ov-multi"), "accepted")
    certificate(f"{ref}.1", "awaiting-payment")


def free(n, ref):
    file(f"{n}-free.xml", order(ref, "free-dv-single"), "accepted")
    certificate(f"{ref}.1", "paid")


def backwards(n, ref):
    """Application, payment and order in three files, in the wrong order of their names."""
    file(f"{n}-1-application.xml", application(f"{ref}-A", f"{ref}.1", f"n{n}.example.test"), "accepted")
    file(f"{n}-2-payment.xml", payment(f"{ref}-P", ref, PRICE["standard-dv-single"]), "accepted")
    file(f"{n}-3-order.xml", order(ref, "standard-dv-single"), "accepted")
    certificate(f"{ref}.1", "issued")


def reviewed(n, ref):
    document = order(ref, "secure-ov-single", paid("secure-ov-single") +
                     f"<application><domains><domain>ov{n}.iana.org</domain></domains>{APPLICANT}{COMPANY}"
                     '<attachments><attachment kind="confirmationLetter" file="letter.png"/></attachments></application>')
    file(f"{n}-ov.zip", package(document, [("letter.png", png())]), "accepted")
    decision = rng.choice(["approve", "reject", ""])
    if decision:
        file(f"{n}-review.xml", f'<review {NS} ref="{ref}-R" certificate="{ref}.1" decision="{decision}" '
             'reviewer="Reviewer One"/>', "accepted")
    certificate(f"{ref}.1", {"approve": "issued", "reject": "verification-failed", "": "pending-verification"}[decision])


def repeated(n, ref):
    file(f"{n}-a.xml", order(ref, "standard-dv-single"), "accepted")
    file(f"{n}-b.xml", order(ref, "standard-dv-single"), "accepted")
    file(f"{n}-c.xml", order(ref, "secure-ov-single"), "rejected", "reference-used")
    certificate(f"{ref}.1", "awaiting-payment")


def batch(n, ref):
    items = [order(f"{ref}-a", "standard-dv-single", paid("standard-dv-single"), ""),
             payment(f"{ref}-p", f"{ref}-a", "298.00", ""), order(f"{ref}-b", "free-dv-single", "", "")]
    file(f"{n}-batch.xml", f"<batch {NS}>{''.join(items)}</batch>", "partly", "payment-repeated")
    certificate(f"{ref}-a.1", "paid")
    certificate(f"{ref}-b.1", "paid")


def waiting(n, ref):
    file(f"{n}-waiting.xml", application(f"{ref}-A", f"{ref}-NEVER.1", f"n{n}.example.test"), "waiting")


def bad(n, ref):
    product = "standard-dv-single"
    name, content, codes = rng.choice([
        ("product", order(ref, "no-such-product"), "catalog-product"),
        ("amount", order(ref, product, paid(product).replace("298.00", "297.99")), "payment-amount"),
        ("domain", bundle(ref, "a..example.test"), "domain-syntax"),
        ("suffix", bundle(ref, "co.uk"), "domain-public-suffix"),
        ("syntax", order(ref, product)[:-3], "xml-syntax"),
        ("doctype", "<!DOCTYPE order>" + order(ref, product), "xml-doctype"),
        ("value", order(ref, product, "<quantity>many</quantity>"), "xml-value"),
        ("empty", "", "file-empty"),
        ("words", "Dear Sirs,\nplease find enclosed our order.\n", "file-kind"),
        ("package", package("", [])[:30], "package-format"),
        ("reason", f'<revocation {NS} ref="{ref}" certificate="NOBODY.1" reason="7"/>', "xml-value"),
        ("reference", order(f"{ref}.1", product), "reference-form"),
    ])
    file(f"{n}-bad-{name}" + (".zip" if name == "package" else ".xml"), content, "rejected", codes)


makers = [one_file_to_bundle] * 10 + [for_a_person, unpaid, free, backwards, backwards, reviewed, reviewed,
                                      repeated, batch, waiting] + [bad] * 4
number = 0
folder.mkdir(parents=True, exist_ok=True)
while sum(line.startswith("file") for line in expected) < count:
    number += 1
    rng.choice(makers)(f"{number:05d}", f"M{number:05d}x")
print("\n".join(sorted(expected)))
