#!/usr/bin/env bash
# All steps from pairs to a quantized model: training/all.sh RUN [key=value ... of training/trainer.py]. Each step that is
# done is passed over, so an interrupted run is started again with the same words.
set -euo pipefail
cd "$(dirname "$0")/.."
run=${1:?usage: training/all.sh RUN [key=value ...]}
shift
work=${HYGGE_TRAINING_DIR:-training/runs}
export HYGGE_TRAINING_DIR=$work HF_HUB_OFFLINE=1 HF_HUB_DISABLE_PROGRESS_BARS=1 TRANSFORMERS_VERBOSITY=error
# Threads that spin while they wait lose most where other programs use the cores, too.
export OMP_WAIT_POLICY=passive
python=training/.venv/bin/python
say() { printf '\n== %s\n' "$*"; }

say "packages"
[ -x $python ] || python3 -m venv training/.venv
$python -m pip install --quiet -r training/requirements.txt
say "base"
$python training/base.py
say "split"
[ -f "$work/split/hash.txt" ] || npm run --silent data:split -- --out "$work/split"
say "vocabulary"
[ -d "$work/pruned" ] || $python training/prune.py "$work/split/train.jsonl" "$work/split/dev.jsonl"
say "finetune"
$python training/finetune.py "$run" ${1:+--set "$@"}
say "GGUF"
[ -f "$work/$run-f16.gguf" ] || $python training/export_gguf.py "$run"
npm run --silent model:card -- "$work/$run-f16.gguf" "$run" "$work/split"
say "quantization ladder"
npm run --silent quantize -- --model "$work/$run-f16.gguf" --data "$work/split"
say "evaluation on dev"
npm run --silent eval -- --model "$work/$run-f16.gguf" --side dev
