"""Files that are whole or not there: written under another name, then renamed. Hashes, JSONL, free space."""

import hashlib
import json
import os
import pathlib
import shutil
import sys
from collections.abc import Callable, Iterator

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORK = pathlib.Path(os.environ.get("HYGGE_TRAINING_DIR", ROOT / "training" / "runs"))


class Fault(Exception):
    """Says what is wrong and what to do; printed without a traceback."""


def main(run: Callable[[], None]) -> None:
    """Runs a command line's main function: a Fault is one line on stderr and exit code 1."""
    try:
        run()
    except Fault as fault:
        sys.exit(f"{pathlib.Path(sys.argv[0]).name}: {fault}")


def sha256(path: pathlib.Path) -> str:
    """Hex digest of a file, or of a folder's files by name."""
    digest = hashlib.sha256()
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    for file in files:
        with file.open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def need_space(folder: pathlib.Path, megabytes: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free >> 20
    if free < megabytes:
        raise Fault(f"{folder}: {free} MB free, {megabytes} MB needed. Free some, or set HYGGE_TRAINING_DIR to a folder on another disk.")


def whole(target: pathlib.Path, write: Callable[[pathlib.Path], None]) -> None:
    """`write(path)` makes a file or folder at `path`; only a finished one ever has the name `target`."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    remove(part)
    try:
        write(part)
        old = target.with_name(f".{target.name}.{os.getpid()}.old")
        if target.is_dir():
            target.rename(old)
        os.replace(part, target)
        remove(old)
    finally:
        remove(part)


def remove(path: pathlib.Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def rows(path: pathlib.Path, *keys: str) -> Iterator[dict]:
    """Objects of a JSONL file, each with the text fields `keys`. Raises Fault with file, line and fix."""
    if not path.is_file():
        raise Fault(f"{path} is missing. Make it with `npm run data:split -- --out {path.parent}`.")
    for number, line in enumerate(path.read_bytes().split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line.decode("utf-8"))
        except UnicodeDecodeError:
            raise Fault(f"{path}:{number}: not UTF-8. Save the file as UTF-8.") from None
        except json.JSONDecodeError as error:
            raise Fault(f"{path}:{number}: not a JSON object ({error}). Mend or delete the line.") from None
        for key in keys:
            if not isinstance(row, dict) or not isinstance(row.get(key), str):
                raise Fault(f"{path}:{number}: no text in \"{key}\". Mend or delete the line.")
        yield row
