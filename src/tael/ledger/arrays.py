"""Whole columns in PostgreSQL's binary form, made by numpy: arrays as parameters and results, rows for COPY.

A column of eight thousand numbers goes out in one call instead of eight thousand.

Source: performance, section 9.
"""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from psycopg.adapt import Buffer, Dumper
from psycopg.postgres import types
from psycopg.pq import Format

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from psycopg import Connection

_INT8: Final = types["int8"]
_UUID: Final = types["uuid"]
_HEAD: Final = struct.Struct(">iiIii")  # dimensions, nulls, element type, length, lower bound
_ELEMENT: Final = np.dtype([("size", ">i4"), ("value", ">i8")])
_UUID_ELEMENT: Final = np.dtype([("size", ">i4"), ("value", "V16")])
COPY_HEAD: Final = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
COPY_TAIL: Final = b"\xff\xff"
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)  # where PostgreSQL's clock starts
_MICROSECOND: Final = timedelta(microseconds=1)


class Int8Array:
    """A column of bigints as one parameter."""

    __slots__ = ("values",)

    def __init__(self, values: Any) -> None:
        """Take anything that numpy makes a column of 64-bit integers from."""
        self.values: NDArray[np.int64] = np.asarray(values, dtype=np.int64)


class _Int8ArrayDumper(Dumper):
    format = Format.BINARY
    oid = _INT8.array_oid

    def dump(self, obj: Int8Array) -> Buffer:
        if not len(obj.values):
            return struct.pack(">iiI", 0, 0, _INT8.oid)
        elements = np.empty(len(obj.values), dtype=_ELEMENT)
        elements["size"] = 8
        elements["value"] = obj.values
        return _HEAD.pack(1, 0, _INT8.oid, len(obj.values), 1) + elements.tobytes()


class UuidArray:
    """A column of 16-byte keys as one parameter."""

    __slots__ = ("values",)

    def __init__(self, values: NDArray[np.void]) -> None:
        """Take a column of dtype "V16"."""
        self.values = values


class _UuidArrayDumper(Dumper):
    format = Format.BINARY
    oid = _UUID.array_oid

    def dump(self, obj: UuidArray) -> Buffer:
        elements = np.empty(len(obj.values), dtype=_UUID_ELEMENT)
        elements["size"] = 16
        elements["value"] = obj.values
        return _HEAD.pack(1, 0, _UUID.oid, len(obj.values), 1) + elements.tobytes()


def teach(connection: Connection) -> None:
    """Let a connection take columns as parameters. Cheap to call again."""
    connection.adapters.register_dumper(Int8Array, _Int8ArrayDumper)
    connection.adapters.register_dumper(UuidArray, _UuidArrayDumper)


def int8_column(raw: bytes | None) -> NDArray[np.int64]:
    """Read a bigint array without nulls, as it came in binary."""
    if raw is None or len(raw) < _HEAD.size:
        return np.empty(0, dtype=np.int64)
    elements: NDArray[Any] = np.frombuffer(raw, dtype=_ELEMENT, offset=_HEAD.size)
    return elements["value"].astype(np.int64)


def copy_rows(rows: NDArray[Any]) -> bytes:
    """Give a whole COPY BINARY stream for rows that are laid out as ``copy_layout`` says."""
    return COPY_HEAD + rows.tobytes() + COPY_TAIL


def copy_layout(columns: list[tuple[str, str, int]]) -> NDArray[Any]:
    """Lay out one COPY BINARY row of fixed widths; give it with its counts and sizes filled in.

    Args:
        columns: name, numpy type ("" for a NULL), width in bytes.
    """
    fields: list[tuple[str, str]] = [("columns", ">i2")]
    for name, kind, _ in columns:
        fields.append((f"{name}_size", ">i4"))
        if kind:
            fields.append((name, kind))
    row = np.zeros(1, dtype=np.dtype(fields))
    row["columns"] = len(columns)
    for name, kind, width in columns:
        row[f"{name}_size"] = width if kind else -1
    return row


def microseconds(moment: datetime) -> int:
    """Give an aware moment as PostgreSQL counts it: microseconds since 2000."""
    return (moment - _EPOCH) // _MICROSECOND
