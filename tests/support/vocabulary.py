"""What `configs/` says, read once a process: it takes a second, and some modules need it as they are collected."""

from __future__ import annotations

from extractor.vocabulary.config import Config
from extractor.vocabulary.vocabulary import compile_vocabulary

CONFIG = Config.read()
VOCABULARY = compile_vocabulary(CONFIG)
