"""Compiles the native core while the package is built; a wheel that has it is for one platform, and for every Python."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class NativeCore(BuildHookInterface[Any]):
    """Compiles the core, and names the platform where that succeeds."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile in place: an editable install reads it there, and a wheel takes it from there."""
        root = Path(self.root)
        subprocess.run([sys.executable, str(root / "scripts" / "build_native.py")], check=True)
        if any((root / "extractor" / "pages").glob("native_core.*")):
            build_data["pure_python"] = False
            build_data["tag"] = f"py3-none-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"
