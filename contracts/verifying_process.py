"""``python -m contracts.verifying_process CPU_S BYTES``: judges files one after another, for ``contracts.bounded``.

On standard input and output: a length in four bytes, then that many. In come a line of JSON and the file, out comes a
report. A file that needs more CPU or memory than allowed ends the process; what it knew of the file goes with it.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from typing import BinaryIO

from contracts.verify import verify_file
from domain.contracts import VerifyAsk

LENGTH = 4  # bytes
OUT_OF_MEMORY = 3  # exit code


def main(cpu_s: float, memory: int) -> int:
    # Nothing but answers may reach the standard output.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while (request := read_frame(sys.stdin.buffer)) is not None:
        head, _, pdf = request.partition(b"\n")
        ask = VerifyAsk.model_validate_json(head)
        signal.setitimer(signal.ITIMER_PROF, cpu_s)  # the signal's own action, the end, comes inside C code too
        try:
            report = verify_file(
                pdf, ask.trust_pem.encode(), expected_parties_from_embedded=ask.complete, at=ask.at
            )  # fmt: skip
        except MemoryError:
            return OUT_OF_MEMORY
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        write_frame(answers, report.model_dump_json().encode())
    return 0


def read_frame(stream: BinaryIO) -> bytes | None:
    """None at the end of the stream."""
    head = stream.read(LENGTH)
    return stream.read(int.from_bytes(head, "big")) if len(head) == LENGTH else None


def write_frame(stream: BinaryIO, data: bytes) -> None:
    stream.write(len(data).to_bytes(LENGTH, "big") + data)
    stream.flush()


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), int(sys.argv[2])))
