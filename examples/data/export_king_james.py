#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Prints books of the King James Version, a verse a line, as words of a to z with blanks between.

    apt-get install bible-kjv
    python3 export_king_james.py > king_james.txt
"""
import re
import subprocess

# First and last verse of the stories: they name people, what they are to each other, and places.
BOOKS = ["Ge1:1-Ge50:26", "Ex1:1-Ex40:38", "1Sa1:1-1Sa31:13", "2Sa1:1-2Sa24:25", "1Ki1:1-1Ki22:53",
         "2Ki1:1-2Ki25:30", "Lu1:1-Lu24:53", "Joh1:1-Joh21:25", "Ac1:1-Ac28:31"]

for book in BOOKS:
    verses = subprocess.run(["bible", "-f", book], capture_output=True, text=True, check=True).stdout
    for verse in verses.splitlines():
        text = verse.split(" ", 1)[1].lower().replace("'s", "s")
        print(" ".join(re.findall("[a-z]+", text)))
