#!/usr/bin/env python3
"""Writes src/FastIngest/Lexicon/Unicode/NormalizationData.cs from the Unicode Character Database.

usage: tools/normalization_data.py DIR [VERSION]

DIR holds UnicodeData.txt and DerivedNormalizationProps.txt (Debian: the package unicode-data, /usr/share/unicode).
The Unicode version is taken from the head of DerivedNormalizationProps.txt. After a new version: raise the version
of the cleaner Normalize, and bring tests/data/unicode up to it.
"""
import os
import re
import sys

BLOCK = 64
STARTER_NOT_QUICK = 255
TARGET = os.path.join(os.path.dirname(__file__), "..", "src", "FastIngest", "Lexicon", "Unicode", "NormalizationData.cs")


def read(folder):
    ccc, decompositions = {}, {}
    with open(os.path.join(folder, "UnicodeData.txt"), encoding="ascii") as lines:
        for line in lines:
            fields = line.split(";")
            code = int(fields[0], 16)
            if fields[3] != "0":
                ccc[code] = int(fields[3])
            if fields[5] and not fields[5].startswith("<"):
                decompositions[code] = [int(part, 16) for part in fields[5].split()]
    quick, excluded, version = set(), set(), None
    with open(os.path.join(folder, "DerivedNormalizationProps.txt"), encoding="utf-8") as lines:
        for line in lines:
            version = version or re.search(r"DerivedNormalizationProps-([\d.]+)\.txt", line).group(1)
            fields = [part.strip() for part in line.split("#")[0].split(";")]
            if fields[0] and (fields[1] == "Full_Composition_Exclusion" or fields[1] == "NFC_QC"):
                first, _, last = fields[0].partition("..")
                codes = range(int(first, 16), int(last or first, 16) + 1)
                (quick if fields[1] == "NFC_QC" else excluded).update(codes)
    return version, ccc, decompositions, quick, excluded


def rows(values, width):
    line = "       "
    for value in values:
        if len(line) + len(value) + 2 > width:
            yield line
            line = "       "
        line += f" {value},"
    yield line


def main():
    version, ccc, decompositions, quick, excluded = read(sys.argv[1])
    classes = {code: STARTER_NOT_QUICK for code in quick}
    classes.update(ccc)
    blocks, index = [bytes(BLOCK)], []
    for block in range(max(classes) // BLOCK + 1):
        content = bytes(classes.get(block * BLOCK + i, 0) for i in range(BLOCK))
        if content not in blocks:
            blocks.append(content)
        index.append(blocks.index(content))
    while index[-1] == 0:
        index.pop()
    triples = []
    for code in sorted(decompositions):
        first, second = (decompositions[code] + [0])[:2]
        triples += [code, first, second]
    # Singletons and what begins with a mark tell themselves; these are left out by hand.
    by_hand = [c for c in sorted(excluded) if len(decompositions[c]) == 2 and not ccc.get(c) and not ccc.get(decompositions[c][0])]
    tables = [
        ("byte", "ClassIndex", "Of each 64 code points the number of their block in <see cref=\"Classes\"/>; behind the end all are of class 0.", index, str),
        ("byte", "Classes", "Blocks of 64: the canonical combining class; 255 where it is 0 and NFC_Quick_Check is No or Maybe.", b"".join(blocks), str),
        ("int", "Decompositions", "Code point, and the one or two (otherwise 0) that it canonically decomposes to, one step; in order.", triples, "0x{:X}".format),
        ("int", "Excluded", "Those of them that nothing is composed to, though they are pairs of a starter and another; in order.", by_hand, "0x{:X}".format),
    ]
    with open(TARGET, "w", encoding="ascii", newline="\n") as out:
        out.write(f"""// Made by tools/normalization_data.py from the Unicode Character Database {version}; do not edit.
// Copyright 1991-2022 Unicode, Inc., https://www.unicode.org/terms_of_use.html
namespace FastIngest.Lexicon.Unicode;

/// <summary>What normalization form C needs to know of code points; Hangul syllables are computed.</summary>
internal static class NormalizationData
{{
    public const string UnicodeVersion = "{version}";
""")
        for kind, name, summary, values, show in tables:
            out.write(f"\n    /// <summary>{summary}</summary>\n    public static ReadOnlySpan<{kind}> {name} =>\n    [\n")
            out.write("\n".join(rows(map(show, values), 200)))
            out.write("\n    ];\n")
        out.write("}\n")


main()
