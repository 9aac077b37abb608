"""Step 3: finetune. usage: finetune.py RUN [--set key=value ...], the keys are those of `Config` in trainer.py

Loss on the completion only. Reads train.jsonl and dev.jsonl of the split (`npm run data:split`), writes RUN/ (weights and
tokenizer) into the training folder and appends what happened to training/log/RUN.jsonl. Started again after a kill it
goes on from the last checkpoint; a finished run is not run again.
"""

import files
from trainer import Trainer, train

if __name__ == "__main__":
    files.main(lambda: train(Trainer, __doc__))
