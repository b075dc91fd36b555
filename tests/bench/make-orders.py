#!/usr/bin/env python3
"""Writes orders, one P-256 certificate each, a file each, into a folder:

    make-orders.py FOLDER FIRST COUNT"""
import pathlib
import sys

folder, first, count = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
for n in range(first, first + count):
    (folder / f"order-{n:07d}.xml").write_text(f"""<order xmlns="urn:certdrop:1" ref="B{n:07d}">
  <product>standard-dv-single</product>
  <payment reference="TX-{n}" amount="298.00" currency="CNY"/>
  <application>
    <domains><domain>n{n}.example.test</domain></domains>
    <applicant><name>Applicant One</name><phone>+86 571 5555 0100</phone><email>applicant@example.test</email><idNumber>330100199001011234</idNumber></applicant>
  </application>
</order>
""", encoding="ascii")
