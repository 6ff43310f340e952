"""Whatever goes wrong in a file, or in a part of one, is a row, and the next is read."""

from __future__ import annotations

from tekio.corpus.readers.deadline import TooSlowError
from tekio.corpus.readers.parts import Ended
from tekio.corpus.readers.rows import Rejected, Rows, UnitFile
from tekio.errors import TekioError
from tekio.text.unreadable import UnreadableError


def part_rows(file: UnitFile, uri: str, rows: Rows) -> Rows:
    """The rows of a part of `file`: whatever goes wrong in it, and whatever it costs, is its own row and no other's."""
    opened = file.parts.open()
    try:
        if isinstance(opened, Ended):
            yield Rejected(uri, opened.reason, dict(opened.measured))
        elif opened:
            yield from kept_going(rows, uri)
    finally:
        file.parts.close()


def kept_going(rows: Rows, uri: str, *, whole_file: bool = False) -> Rows:
    """`rows`; whatever is raised for a file's content is its last row. What the recipe or the installation lacks is raised."""
    try:
        yield from rows
    except UnreadableError as error:
        yield Rejected(uri, error.reason, error.measured, whole_file=whole_file)
    except TooSlowError as error:
        yield Rejected(uri, "too_slow", dict(error.measured), whole_file=whole_file)
    except TekioError:
        raise
    except OSError as error:
        measured = {"error": error.strerror or type(error).__name__}
        yield Rejected(uri, "unreadable_file", measured, whole_file=whole_file)
    except MemoryError as error:
        measured = {"error": type(error).__name__, **memory_limit()}
        yield Rejected(uri, "too_much_memory", measured, whole_file=whole_file)
    except RecursionError as error:
        yield Rejected(uri, "too_costly", {"error": type(error).__name__}, whole_file=whole_file)
    except Exception as error:  # noqa: BLE001 - one file that a reader or its library stumbles over never ends a build
        measured = {"error": f"{type(error).__name__}: {str(error)[:200]}".encode("utf-8", "backslashreplace").decode()}
        yield Rejected(uri, "reader_failed", measured, whole_file=whole_file)


def memory_limit() -> dict[str, int]:
    """The address space this process may have, for a row's `measured`."""
    try:
        import resource
    except ImportError:
        return {}
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    return {} if limit == resource.RLIM_INFINITY else {"limit_megabytes": limit >> 20}
