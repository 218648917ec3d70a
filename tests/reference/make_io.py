# SPDX-License-Identifier: MIT
"""Writes the .npy files of tests/reference/io with NumPy. Entry (i, j) of each is 10 i + j - 3,
except in unsigned.npy (10 i + j)."""

import pathlib

import numpy

folder = pathlib.Path(__file__).parent / "io"
folder.mkdir(exist_ok=True)

x = 10.0 * numpy.arange(3)[:, None] + numpy.arange(4)[None, :] - 3
arrays = {
    "f8": x,
    "f4": x.astype("<f4"),
    "i8": x.astype("<i8"),
    "i4": x.astype("<i4"),
    "unsigned": (x + 3).astype("u1"),
    "f8_fortran": numpy.asfortranarray(x),
    "i4_fortran": numpy.asfortranarray(x.astype("<i4")),
    "f8_big_endian": x.astype(">f8"),
    "i4_big_endian_fortran": numpy.asfortranarray(x.astype(">i4")),
    "one_dimension": x[:, 0],
    "no_rows": x[:0],
    "refused_no_dimension": numpy.array(1.0),
    "refused_three_dimensions": numpy.zeros((2, 2, 2)),
    "refused_complex": x.astype("<c16"),
    "refused_half": x.astype("<f2"),
    "refused_text": numpy.array([["a", "b"]]),
    "refused_structured": numpy.array([(1, 2.0)], dtype=[("a", "<i4"), ("b", "<f8")]),
}
for name, array in arrays.items():
    numpy.save(folder / f"{name}.npy", array)
for version in (2, 3):
    with open(folder / f"version_{version}.npy", "wb") as file:
        numpy.lib.format.write_array(file, x, version=(version, 0))
