"""A model of a few thousand weights, so that every step can be run to its end in seconds."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

TRAINING = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TRAINING))
os.environ |= {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", "OMP_NUM_THREADS": "1"}

NAMES = ["Ekeby", "Alma", "Brusa", "Lund", "Tove", "Sten", "Linnea", "Nora"]
TEXTS = ["{0} steht am Fenster.", "Auf {0} sitzt heute die Katze.", "{0} passt in den Flur.", "Wo steht {0}? Im Garten."]


def row(i: int) -> dict:
    name = NAMES[i % len(NAMES)]
    return {
        "prompt": f"Auftrag: Stuhl {name}\nKanal: instagram\nTon: warm\nLänge: kurz\nText:\n",
        "completion": TEXTS[i % len(TEXTS)].format(name),
        "messages": [{"role": "user", "content": f"Stuhl {name}"}],
        "chosen": TEXTS[i % len(TEXTS)].format(name),
        "rejected": f"{name} {name} {name}.",
        "revision": i % 5 == 0,
        "twin": i % 7 == 0,
    }


def write_rows(path: pathlib.Path, rows: list[dict]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows))


def tokenizer():
    from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    tok = Tokenizer(models.BPE(unk_token="<unk>"))
    tok.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    from tokenizers import decoders

    tok.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=400, special_tokens=["<pad>", "<eos>", "<bos>", "<unk>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tok.train_from_iterator([t for i in range(32) for t in (row(i)["prompt"], row(i)["completion"])], trainer)
    tok.post_processor = processors.TemplateProcessing(single="<bos> $A", special_tokens=[("<bos>", tok.token_to_id("<bos>"))])
    fast = PreTrainedTokenizerFast(tokenizer_object=tok, bos_token="<bos>", eos_token="<eos>", pad_token="<pad>", unk_token="<unk>")
    fast.chat_template = "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}"
    return fast


def tiny_gemma(folder: pathlib.Path) -> None:
    import torch
    from transformers import Gemma3ForCausalLM, Gemma3TextConfig

    torch.manual_seed(0)
    tok = tokenizer()
    config = Gemma3TextConfig(vocab_size=len(tok), hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=1, head_dim=16, max_position_embeddings=256, bos_token_id=tok.bos_token_id, eos_token_id=tok.eos_token_id, pad_token_id=tok.pad_token_id)
    Gemma3ForCausalLM(config).save_pretrained(folder)
    tok.save_pretrained(folder)
    (folder / "kept_ids.json").write_text(json.dumps(list(range(len(tok)))))


def tiny_llama(folder: pathlib.Path) -> None:
    """The architecture of the 8B base, small."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    tok = tokenizer()
    config = LlamaConfig(vocab_size=len(tok), hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=256, bos_token_id=tok.bos_token_id, eos_token_id=tok.eos_token_id)
    LlamaForCausalLM(config).save_pretrained(folder)
    tok.save_pretrained(folder)


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A training folder with a tiny model and a split; log beside it."""
    monkeypatch.setenv("HYGGE_TRAINING_DIR", str(tmp_path / "work"))
    monkeypatch.setenv("HYGGE_TRAINING_LOG", str(tmp_path / "log"))
    work = tmp_path / "work"
    import files

    monkeypatch.setattr(files, "WORK", work)
    tiny_gemma(work / "pruned")
    write_rows(work / "split" / "train.jsonl", [row(i) for i in range(32)])
    write_rows(work / "split" / "dev.jsonl", [row(i) for i in range(4)])
    return tmp_path


def start(script: str, *args: str) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-W", "ignore", str(TRAINING / script), *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def step(script: str, *args: str) -> subprocess.CompletedProcess:
    process = start(script, *args)
    out, err = process.communicate(timeout=300)
    return subprocess.CompletedProcess(args, process.returncode, out, err)


def here(kind, *args: str) -> None:
    """A whole run in this process: torch takes seconds to import, and only a kill needs a process of its own."""
    import trainer

    argv, sys.argv = sys.argv, ["run", *args]
    try:
        trainer.train(kind, "")
    finally:
        sys.argv = argv


def log_of(place: pathlib.Path, run: str) -> list[dict]:
    return [json.loads(line) for line in (place / "log" / f"{run}.jsonl").read_text().splitlines()]
