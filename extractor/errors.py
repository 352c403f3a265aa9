"""Exceptions mean that something could not be read; a failed identity is a value, never an exception.

`exit_code` is what a command ends with: 1 a document failed, 2 usage, 4 storage. Two more are no errors of ours: 3 for
contradictions with `check --strict`, 130 when interrupted.
"""

from extractor.contract import Status


class ExtractorError(Exception):
    """Base of every error that a user can mend; its message says what, where, what was expected and what to do."""

    exit_code = 1


class UsageError(ExtractorError):
    """The command cannot be carried out as asked."""

    exit_code = 2


class ConfigError(ExtractorError):
    """A file under `configs/` is not valid."""

    exit_code = 2


class DatasetError(ExtractorError):
    """An output folder is not a dataset of ours, or has been damaged."""

    exit_code = 2


class StorageError(ExtractorError):
    """A folder cannot be read or written: the disk is full, or the system or the network does not let us."""

    exit_code = 4


class DocumentError(ExtractorError):
    """A document could not be read.

    Attributes:
        status: The word that goes into the `documents` dataset: unreadable, encrypted, not_a_document, timeout, memory
            or crash.
    """

    status: Status = "unreadable"

    def __init__(self, message: str, status: Status | None = None) -> None:
        """Take the status of the class where none is given."""
        super().__init__(message)
        self.status = status or self.status


class EncryptedError(DocumentError):
    """The document asks for a user password."""

    status = "encrypted"


class NotADocumentError(DocumentError):
    """The file is of no kind that budgets are published in, or it says it is one thing and is another."""

    status = "not_a_document"


class DamagedError(NotADocumentError):
    """The document's structure is damaged; another program may still make something of it."""


class AmountError(ExtractorError, ValueError):
    """A text is not an amount."""
