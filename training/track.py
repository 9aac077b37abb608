"""Runs on record: append-only JSONL, one file a run in training/log/, keys as Weights & Biases names them."""

import datetime
import hashlib
import json
import os

import files

FOLDER = files.ROOT / "training" / "log"


def digest(text: str) -> str:
    """First 16 hex digits of the text's sha256."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class Log:
    def __init__(self, run: str):
        folder = FOLDER if "HYGGE_TRAINING_LOG" not in os.environ else files.pathlib.Path(os.environ["HYGGE_TRAINING_LOG"])
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{run}.jsonl"

    def write(self, event: str, **values) -> None:
        """One line, on disk when this returns. A line that a kill cut off is ended first, and readers skip it."""
        line = json.dumps({"event": event, "time": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"), **values}, ensure_ascii=False)
        with self.path.open("ab+") as stream:
            if stream.seek(0, os.SEEK_END) > 0:
                stream.seek(-1, os.SEEK_END)
                if stream.read(1) != b"\n":
                    stream.write(b"\n")
            stream.write(line.encode() + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
