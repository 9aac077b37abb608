"""Step 4: weights to an f16 GGUF with the base file's metadata. usage: export_gguf.py RUN [OUT.gguf]

Tokens, scores and types are cut to the kept ids; Gemma's norms are stored as weight + 1, as llama.cpp expects them.
"""

import argparse
import json
import pathlib

import files

TOP = {"embed_tokens.weight": "token_embd.weight", "norm.weight": "output_norm.weight"}
LAYER = {
    "input_layernorm": "attn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output", "self_attn.q_norm": "attn_q_norm", "self_attn.k_norm": "attn_k_norm",
    "post_attention_layernorm": "post_attention_norm", "pre_feedforward_layernorm": "ffn_norm",
    "post_feedforward_layernorm": "post_ffw_norm", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
}  # fmt: skip
# What quantization wrote into the base file says nothing about the new one.
STALE = ("GGUF.", "quantize.", "general.architecture", "general.file_type", "general.quantization_version", "general.name", "general.size_label")


def gguf_name(key: str) -> str:
    key = key.removeprefix("model.")
    if key in TOP:
        return TOP[key]
    _, layer, rest = key.split(".", 2)
    return f"blk.{layer}.{LAYER[rest.removesuffix('.weight')]}.weight"


def run() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run")
    parser.add_argument("out", nargs="?", type=pathlib.Path)
    args = parser.parse_args()
    source, base = files.WORK / args.run, files.WORK / "base.gguf"
    for needed, step in ((source / "model.safetensors", f"finetune.py {args.run}"), (source / "kept_ids.json", "prune.py"), (base, "base.py")):
        if not needed.exists():
            raise files.Fault(f"{needed} is missing. Run training/{step} first.")
    files.need_space(files.WORK, 400)
    target = args.out or files.WORK / f"{args.run}-f16.gguf"
    files.whole(target, lambda part: convert(source, base, part))
    print(f"{target}: {target.stat().st_size / 1e6:.1f} MB, sha256 {files.sha256(target)}")


def convert(source: pathlib.Path, base: pathlib.Path, out: pathlib.Path) -> None:
    import gguf
    import numpy as np
    from safetensors.torch import load_file

    ids = json.loads((source / "kept_ids.json").read_text())
    new = {old: n for n, old in enumerate(ids)}
    writer = gguf.GGUFWriter(out, "gemma3")
    writer.add_name("Hygge")
    for key, field in gguf.GGUFReader(base).fields.items():
        if key.startswith(STALE):
            continue
        value = field.contents()
        if key == "tokenizer.ggml.tokens":
            writer.add_token_list([value[i] for i in ids])
        elif key == "tokenizer.ggml.scores":
            writer.add_token_scores([value[i] for i in ids])
        elif key == "tokenizer.ggml.token_type":
            writer.add_token_types([value[i] for i in ids])
        elif key.startswith("tokenizer.ggml.") and key.endswith("_token_id"):
            if value in new:
                writer.add_key_value(key, new[value], field.types[0])
        elif isinstance(value, list):
            writer.add_array(key, value)
        else:
            writer.add_key_value(key, value, field.types[0])
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    for key, tensor in load_file(source / "model.safetensors").items():
        if key == "lm_head.weight":  # Tied to the embedding.
            continue
        name, values = gguf_name(key), tensor.float().numpy()
        writer.add_tensor(name, values + 1 if "norm" in name else values.astype(np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    files.main(run)
