"""Compile the native core (`extractor/pages/native.c`) to where `extractor/pages/native.py` looks for it.

The build of this package does so (`hatch_build.py`). Without a compiler there is no library, and the package reads by
Python alone.
"""

from __future__ import annotations

import os
import sys
import tempfile
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import setuptools  # noqa: F401 - brings the distutils that later Pythons lack

ROOT = Path(__file__).parent.parent


def native_module() -> ModuleType:
    """Return the module that loads the library, from its file: the package has dependencies, which a build has not."""
    spec = spec_from_file_location("native", ROOT / "extractor" / "pages" / "native.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def compile_core(native: ModuleType) -> None:
    """Compile and link the core.

    The library comes to its place at once: processes may run that have the old one open.

    Raises:
        DistutilsError: There is no compiler, or it fails.
        CCompilerError: It cannot compile or link.
    """
    from distutils.ccompiler import new_compiler  # noqa: PLC0415
    from distutils.sysconfig import customize_compiler  # noqa: PLC0415

    compiler = new_compiler()
    customize_compiler(compiler)
    with tempfile.TemporaryDirectory(dir=native.LIBRARY.parent) as scratch:
        source = os.path.relpath(native.SOURCE)  # the object's place is made of it
        objects = compiler.compile([source], scratch, macros=[("SOURCE", f"{native.checksum()}u")])
        made = Path(scratch) / native.LIBRARY.name
        compiler.link_shared_object(objects, str(made))
        made.replace(native.LIBRARY)


def main() -> int:
    native = native_module()
    native.LIBRARY.unlink(missing_ok=True)
    from distutils.errors import CCompilerError, DistutilsError  # noqa: PLC0415

    try:
        compile_core(native)
    except (CCompilerError, DistutilsError, OSError) as error:
        print(f"no native core, all is read by Python, more slowly: {error}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
