"""The worker process: reads one JSON request a line, runs it with the bindings, answers.

Runs as the identity it speaks for. It ends when its input ends, so it never outlives its broker.
"""

import json
import os
import sys
from typing import Any


def main() -> None:
    """Serve requests from standard input until it closes."""
    # Only answers may reach the pipe: whatever else prints goes to standard error.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    _load()  # while nobody waits yet
    for line in sys.stdin:
        answers.write(json.dumps(_answer(json.loads(line))) + "\n")
        answers.flush()


def _load() -> Any:
    # Imported late, so that a machine without the bindings answers with a sentence.
    try:
        from vispa_htcondor.broker import operations
    except ImportError as error:
        return f"HTCondor's Python bindings cannot be loaded: {error}"
    return operations


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    operations = _load()
    if isinstance(operations, str):
        return {"error": operations}
    try:
        operation = operations.OPERATIONS[request["operation"]]
        return {"result": operation(**request["arguments"])}
    except operations.NoAnswer as error:
        return {"error": str(error), "unavailable": True}
    except (operations.NoFolder, operations.NotAllowed, operations.WrongOwner) as error:
        return {"error": str(error)}
    except Exception as error:  # noqa: BLE001 - every failure must reach the caller as a sentence
        return {"error": f"{type(error).__name__}: {error}"}


if __name__ == "__main__":
    main()
