"""Exceptions of the package, with the exit codes of the commands; a failed identity is a value, never an exception.

Exit codes: 1 a document failed, 2 usage, 4 storage. Two more do not come from exceptions: 3 for contradictions with
`check --strict`, 130 for an interrupted command.
"""

import errno

from extractor.contract import Status


class ExtractorError(Exception):
    """Base class of every error that a user can fix; its message says what, where, what was expected and the remedy."""

    exit_code = 1


class UsageError(ExtractorError):
    """The call or command cannot be executed as given."""

    exit_code = 2


class ConfigError(ExtractorError):
    """A file under `configs/` is not valid."""

    exit_code = 2


class DatasetError(ExtractorError):
    """A folder is not a dataset of this package, or is damaged."""

    exit_code = 2


class StorageError(ExtractorError):
    """A folder cannot be read or written: the disk is full, a permission is missing, or the network fails."""

    exit_code = 4


class DocumentError(ExtractorError):
    """A document could not be read.

    Attributes:
        status: The value of `documents.status`: unreadable, encrypted, not_a_document, timeout, memory
            or crash.
    """

    status: Status = "unreadable"

    def __init__(self, message: str, status: Status | None = None) -> None:
        """Set the status: that of the class where none is given."""
        super().__init__(message)
        self.status = status or self.status


class EncryptedError(DocumentError):
    """The document requires a user password."""

    status = "encrypted"


class NotADocumentError(DocumentError):
    """The file is of no supported kind, or its content does not match the kind that it claims."""

    status = "not_a_document"


class DamagedError(NotADocumentError):
    """The document's structure is damaged; another program may still be able to read it."""


class AmountError(ExtractorError, ValueError):
    """A text is not an amount."""


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether an error, or one that it came of, says that no memory was left.

    Libraries say it in other words, by which a whole document would count as a damaged one: lxml by a syntax error that
    is at no line.
    """
    found: BaseException | None = error
    while found is not None:
        no_line = isinstance(found, SyntaxError) and found.lineno == 0
        if isinstance(found, MemoryError) or no_line or (isinstance(found, OSError) and found.errno == errno.ENOMEM):
            return True
        found = found.__cause__ or found.__context__
    return False
