"""Step 4 for a big base: a LoRA adapter to an F16 LoRA GGUF. usage: export_lora.py RUN BASE_DIR [OUT.gguf]

llama.cpp's own convert_lora_to_gguf.py does it, from the source that npm node-llama-cpp brings along. The adapter stays
apart from the base: merged into 4 bits, a light finetune is rounded away (model card, section Quantization).
"""

import argparse
import pathlib
import subprocess
import sys

import files

SOURCE = files.ROOT / "data" / "llama.cpp"
BUNDLE = files.ROOT / "node_modules" / "node-llama-cpp" / "llama" / "gitRelease.bundle"


def run() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run")
    parser.add_argument("base", type=pathlib.Path, help="folder of the base's config.json, as finetune.py had it in model=")
    parser.add_argument("out", nargs="?", type=pathlib.Path)
    args = parser.parse_args()
    source, base = files.WORK / args.run, files.WORK / args.base
    if not (source / "adapter_model.safetensors").exists():
        raise files.Fault(f"{source} holds no adapter. Run training/finetune.py {args.run} --set lora=16 merge=false chat=true … first.")
    if not (base / "config.json").exists():
        raise files.Fault(f"{base} holds no model. Name the folder that the adapter was trained on.")
    if not SOURCE.exists():
        if not BUNDLE.exists():
            raise files.Fault(f"{BUNDLE} is missing. Run npm ci first.")
        files.whole(SOURCE, lambda part: subprocess.run(["git", "clone", "--quiet", BUNDLE, part], check=True))
    target = args.out or files.WORK / f"{args.run}-lora-f16.gguf"
    convert = [sys.executable, SOURCE / "convert_lora_to_gguf.py", "--base", base, "--outtype", "f16", source]
    files.whole(target, lambda part: subprocess.run([*convert, "--outfile", part], check=True, capture_output=True))
    print(f"{target}: {target.stat().st_size / 1e6:.1f} MB, sha256 {files.sha256(target)}")


if __name__ == "__main__":
    files.main(run)
