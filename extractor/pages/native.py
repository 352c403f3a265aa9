"""The native core (`native.c`): loops over PDFium's functions, a tenth of the time that ctypes takes for each call.

It is a library with a plain C interface, compiled where this package is built and there is a compiler. Where it is
missing, or was made of another source, all is read by Python alone, with the same result.
"""

from __future__ import annotations

import ctypes
import sys
import zlib
from pathlib import Path

SOURCE = Path(__file__).with_name("native.c")
LIBRARY = SOURCE.with_name(
    "native_core" + (".dll" if sys.platform == "win32" else ".so")
)  # a `native.so` would be imported
_Pointer, _Count = ctypes.c_void_p, ctypes.c_size_t
_FUNCTIONS = {
    "ints_of_each": (_Pointer, _Pointer, _Count, _Pointer),
    "pointers_of_each": (_Pointer, _Pointer, _Count, _Pointer),
    "fours_of_each": (_Pointer, _Pointer, _Count, _Pointer, _Pointer),
    "matrices_of_each": (_Pointer, _Pointer, _Count, _Pointer),
    "twos_of_each": (_Pointer, _Pointer, _Count, _Pointer),
    "pointers_at": (_Pointer, _Pointer, _Pointer, _Count, _Pointer),
    "floats_at": (_Pointer, _Pointer, _Pointer, _Count, _Pointer),
    "doubles_at": (_Pointer, _Pointer, _Pointer, _Count, _Pointer),
    "boxes_at": (_Pointer, _Pointer, _Pointer, _Count, _Pointer, _Pointer),
    "segments_of_clips": (_Pointer, _Pointer, _Count, ctypes.c_int, _Pointer),
    "points_of_each": (_Pointer, _Pointer, _Pointer, _Count, _Pointer),
    "walk_objects": (_Pointer, _Pointer, ctypes.c_int, ctypes.c_int, ctypes.c_int, _Pointer, _Pointer, _Pointer),
}


def checksum() -> int:
    """Return the checksum of the core's source, which its library knows."""
    return zlib.crc32(SOURCE.read_bytes())


def load(library: Path) -> ctypes.PyDLL | None:
    """Load a library of the core; None where there is none, or it was made of another source than is here."""
    try:
        core = ctypes.PyDLL(str(library))  # its calls are too short for letting go of the interpreter to pay
        core.source_checksum.restype = ctypes.c_uint32
        if core.source_checksum() != checksum():
            return None
        for name, kinds in _FUNCTIONS.items():
            getattr(core, name).argtypes = kinds
            getattr(core, name).restype = None
        core.walk_objects.restype = ctypes.c_int64
    except (OSError, AttributeError):
        return None
    return core


core = load(LIBRARY)
