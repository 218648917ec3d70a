# SPDX-License-Identifier: MIT
"""Writes the files of tests/reference/io with NumPy and nothing of this library.

Entry (i, j) of each array is 10 i + j - 3, except in unsigned.npy (10 i + j). kmeans.safetensors is
a model as a Python program would write it, with two centers, most options left out and no checksum.

With the path of a model that this library saved as its argument, it reads that instead and prints
what it holds."""

import json
import pathlib
import struct
import sys

import numpy

types = {"F64": "<f8", "F32": "<f4", "I64": "<i8", "I32": "<i4", "U8": "|u1"}


def read_model(path):
    """The rules of the safetensors format, each of them checked."""
    content = pathlib.Path(path).read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    text, data = content[8 : 8 + length], content[8 + length :]
    assert len(text) == length and text[:1] == b"{" and length % 8 == 0
    header = json.loads(text)
    metadata = header.pop("__metadata__")
    assert all(isinstance(value, str) for value in metadata.values())
    tensors, due = {}, 0
    for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        begin, end = entry["data_offsets"]
        assert begin == due, f"{name} does not begin where the tensor before ends"
        type_ = numpy.dtype(types[entry["dtype"]])
        assert begin % type_.itemsize == 0, f"{name} is not aligned"
        tensors[name] = numpy.frombuffer(data[begin:end], type_).reshape(entry["shape"])
        due = end
    assert due == len(data)
    return metadata, tensors


def write_model(path, kind, options, tensors):
    metadata = {
        "library": "unlabeled",
        "format_version": "1",
        "kind": kind,
        "scalar": "float64",
        "options": json.dumps(options),
    }
    names = {numpy.dtype(type_): name for name, type_ in types.items()}
    header, data = {"__metadata__": metadata}, b""
    for name, value in tensors.items():
        array = numpy.ascontiguousarray(value)
        bytes_ = array.tobytes()
        header[name] = {
            "dtype": names[array.dtype],
            "shape": list(numpy.shape(value)),
            "data_offsets": [len(data), len(data) + len(bytes_)],
        }
        data += bytes_
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


if len(sys.argv) == 2:
    metadata, tensors = read_model(sys.argv[1])
    print(json.dumps(metadata, indent=2))
    for name, array in tensors.items():
        print(name, array.dtype, array.shape, array.tolist() if array.size < 20 else "")
    sys.exit()

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

write_model(
    folder / "kmeans.safetensors",
    "KMeans",
    {"n_clusters": 2, "seed": 18446744073709551615},
    {
        "cluster_centers": numpy.array([[0.5, -1.0, 2.0], [10.0, 11.0, 12.0]]),
        "cluster_weights": numpy.array([3.0, 2.0]),
        "inertia": numpy.float64(1.25),
        "report.n_iterations": numpy.int64(4),
        "report.objective": numpy.float64(1.25),
        "report.stop": numpy.int32(0),
        "labels": numpy.array([0, 0, 0, 1, 1], dtype=numpy.int32),
    },
)
