"""Step 2: cut the vocabulary to German. usage: prune.py [--words 45000] [--out NAME] PAIRS.jsonl ...

Gemma's 262,144 tokens are 168M of its 268M parameters, and German copy needs a seventh of them. Kept are: every token
of the pairs, with and without a space before; the tokens of the most frequent German words (wordfreq, from
spoken and written everyday language); bytes, punctuation and control tokens; and what those are merged from.
Frequency alone, counted on technical text, once dropped "▁Sofa" and "▁kostet", and the model misspelt ever after.

Writes NAME/ (transformers model in fp32, tokenizer, kept_ids.json: new id -> old id) into the training folder.
"""

import argparse
import collections
import json
import pathlib
import string

import files


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", nargs="+", type=pathlib.Path)
    parser.add_argument("--words", type=int, default=45_000, help="most frequent German words whose tokens are kept")
    parser.add_argument("--out", default="pruned")
    return parser.parse_args()


def run() -> None:
    args = arguments()
    source = files.WORK / "base.gguf"
    if not source.exists():
        raise files.Fault(f"{source} is missing. Run training/base.py first.")
    files.need_space(files.WORK, 1500)
    import torch
    from tokenizers import Tokenizer
    from transformers import AutoModelForCausalLM, AutoTokenizer, Gemma3ForCausalLM, Gemma3TextConfig, PreTrainedTokenizerFast
    from wordfreq import top_n_list

    tok = AutoTokenizer.from_pretrained(files.WORK, gguf_file=source.name)

    def tokens_of(texts: list[str]) -> set[int]:
        return {i for at in range(0, len(texts), 1024) for ids in tok(texts[at : at + 1024], add_special_tokens=False).input_ids for i in ids}

    pairs = [row for path in args.pairs for row in files.rows(path, "prompt", "completion")]
    own = [text for row in pairs for text in (row["prompt"], row["completion"])]
    words = top_n_list("de", args.words)
    everyday = [form for word in words for base in (word, word.capitalize()) for form in (base, " " + base)]
    spec = json.loads(tok.backend_tokenizer.to_str())
    vocab: dict[str, int] = spec["model"]["vocab"]
    text = {i: t for t, i in vocab.items()}
    keep = tokens_of(own) | tokens_of([" " + t for t in own]) | tokens_of(everyday) | set(range(4))
    keep |= {vocab[f"<0x{byte:02X}>"] for byte in range(256)} | {vocab[t] for t in ("<start_of_turn>", "<end_of_turn>", "\n", "\n\n")}
    for character in string.printable + "äöüÄÖÜß„“‚‘–—€…°×²½éèàåÅøØ·•":
        keep |= {vocab[t] for t in (character, "▁" + character) if t in vocab}

    merges = [tuple(m) if isinstance(m, list) else tuple(m.split(" ")) for m in spec["model"]["merges"]]
    parts = collections.defaultdict(list)
    for left, right in merges:
        parts[left + right].append((left, right))
    todo = [text[i] for i in keep]
    while todo:  # A kept token must still be reachable by merges: its first way is the one that the tokenizer takes.
        for part in (parts.get(todo.pop()) or [()])[0]:
            if vocab[part] not in keep:
                keep.add(vocab[part])
                todo.append(part)

    ids = sorted(keep)
    new = {text[i]: n for n, i in enumerate(ids)}
    spec["model"] |= {"vocab": new, "merges": [[a, b] for a, b in merges if a in new and b in new and a + b in new]}
    spec["added_tokens"] = [t | {"id": new[t["content"]]} for t in spec["added_tokens"] if t["content"] in new]
    for special in spec["post_processor"]["special_tokens"].values():
        special["ids"] = [new[t] for t in special["tokens"]]
    cut = PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer.from_str(json.dumps(spec)), bos_token="<bos>", eos_token="<eos>", pad_token="<pad>", unk_token="<unk>"
    )
    before, after = (sum(len(x) for x in t(own, add_special_tokens=False).input_ids) for t in (tok, cut))
    broken = [t for t in own if cut.decode(cut(t, add_special_tokens=False).input_ids) != t]
    if broken:
        raise files.Fault(f"{len(broken)} texts don't survive the cut vocabulary, the first: {broken[0]!r}. A fault of this script.")

    full = AutoModelForCausalLM.from_pretrained(files.WORK, gguf_file=source.name, dtype=torch.float32)
    config = full.config.to_dict()
    config.pop("quantization_config", None)  # The weights are dequantized; the key would make transformers refuse them.
    config |= {"vocab_size": len(ids), "rms_norm_eps": 1e-6} | {f"{n}_token_id": new[f"<{n}>"] for n in ("bos", "eos", "pad")}
    state = full.state_dict()
    rows = state["model.embed_tokens.weight"][torch.tensor(ids)].clone()
    state |= {"model.embed_tokens.weight": rows, "lm_head.weight": rows}
    model = Gemma3ForCausalLM(Gemma3TextConfig(**config)).float()
    model.load_state_dict(state)

    def write(part: pathlib.Path) -> None:
        model.save_pretrained(part)
        cut.save_pretrained(part)
        (part / "kept_ids.json").write_text(json.dumps(ids))

    files.whole(files.WORK / args.out, write)
    parameters = sum(p.numel() for p in model.parameters()) / 1e6
    print(f"{len(ids):,} of {len(vocab):,} tokens, {parameters:.1f}M parameters; the pairs take {after / before:.4f} of the tokens they took before")


if __name__ == "__main__":
    files.main(run)
