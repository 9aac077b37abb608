"""Proves exported feedback by training on it: TRL's SFT, DPO and KTO trainers take two steps each on a model of a few
thousand weights, on the CPU, without a download. Usage: trl_two_steps.py FOLDER, with sft.train.jsonl, sft.eval.jsonl
and so on in it. Prints one JSON object of what was seen; raises where a file is not what its trainer takes."""

import json
import os
import pathlib
import sys
import tempfile

os.environ |= {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", "CUDA_VISIBLE_DEVICES": ""}

import torch  # noqa: E402
from datasets import Dataset  # noqa: E402
from tokenizers import Tokenizer, decoders, models, pre_tokenizers  # noqa: E402
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast  # noqa: E402
from trl import DPOConfig, DPOTrainer, KTOConfig, KTOTrainer, SFTConfig, SFTTrainer  # noqa: E402

# A labels prompt is one user turn: contents stand one after the other, as at inference. Of several assistant turns
# (a chat model's example pairs) the last alone is learnt.
TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}"
    "{% if message['role'] == 'assistant' and loop.last %}"
    "{% generation %}{{ message['content'] + eos_token }}{% endgeneration %}"
    "{% else %}{{ message['content'] }}{% endif %}{% endfor %}"
)


def tokenizer() -> PreTrainedTokenizerFast:
    """Every byte is a token."""
    signs = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocab = {token: i for i, token in enumerate(["<bos>", "<eos>", "<pad>", *signs])}
    raw = Tokenizer(models.BPE(vocab=vocab, merges=[]))
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    raw.decoder = decoders.ByteLevel()
    made = PreTrainedTokenizerFast(
        tokenizer_object=raw, bos_token="<bos>", eos_token="<eos>", pad_token="<pad>"
    )
    made.chat_template = TEMPLATE
    return made


def model(size: int) -> LlamaForCausalLM:
    torch.manual_seed(1)
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=size,
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=2,
            max_position_embeddings=1024,
            bos_token_id=0,
            eos_token_id=1,
            pad_token_id=2,
        )
    )


def rows(folder: pathlib.Path, kind: str, side: str) -> list[dict]:
    return [json.loads(line) for line in (folder / f"{kind}.{side}.jsonl").read_text("utf8").splitlines()]


def common(out: str) -> dict:
    return {
        "output_dir": out,
        "max_steps": 2,
        "per_device_train_batch_size": 2,
        "report_to": [],
        "use_cpu": True,
        "bf16": False,
        "logging_steps": 1,
        "save_strategy": "no",
        "max_length": 768,
        "gradient_checkpointing": False,
        "seed": 1,
    }


def trained(trainer) -> dict:
    """Two steps: the weights have moved and the loss is a number."""
    before = {name: weight.detach().clone() for name, weight in trainer.model.named_parameters()}
    result = trainer.train()
    moved = sum(
        not torch.equal(weight.detach(), before[name]) for name, weight in trainer.model.named_parameters()
    )
    assert torch.isfinite(torch.tensor(result.training_loss)), "the loss is no number"
    assert moved > 0, "nothing was learnt"
    return {"steps": trainer.state.global_step, "loss": round(float(result.training_loss), 4)}


def prompt_of(row: dict) -> str:
    turns = row["messages"][:-1] if "messages" in row else row["prompt"]
    return "".join(turn["content"] for turn in turns)


def split(folder: pathlib.Path, kind: str) -> tuple[list[dict], list[dict]]:
    train, evaluation = rows(folder, kind, "train"), rows(folder, kind, "eval")
    both = {prompt_of(row) for row in train} & {prompt_of(row) for row in evaluation}
    assert not both, f"{kind}: briefs on both sides of the split: {both}"
    assert train and evaluation, f"{kind}: a side is empty"
    return train, evaluation


def sft(folder: pathlib.Path, out: str) -> dict:
    tok = tokenizer()
    train, evaluation = split(folder, "sft")
    trainer = SFTTrainer(
        model=model(len(tok)),
        args=SFTConfig(**common(out), assistant_only_loss=True),
        train_dataset=Dataset.from_list(train),
        eval_dataset=Dataset.from_list(evaluation),
        processing_class=tok,
    )
    answers = {row["messages"][-1]["content"] for row in train}
    learnt = 0
    for batch in trainer.get_train_dataloader():
        for ids, labels in zip(batch["input_ids"], batch["labels"], strict=True):
            kept = labels != -100
            said = tok.decode(labels[kept], skip_special_tokens=True)
            assert said in answers, f"the loss is on something else: {said!r}"
            assert labels[kept][-1] == tok.eos_token_id, "the end is not learnt"
            hidden = tok.decode(ids[~kept], skip_special_tokens=True)
            assert said not in hidden and "Auftrag" in hidden, f"the prompt is not masked: {hidden!r}"
            learnt += 1
    assert learnt == len(train)
    return {**trained(trainer), "train": len(train), "eval": len(evaluation), "masked": learnt}


def dpo(folder: pathlib.Path, out: str) -> dict:
    tok = tokenizer()
    train, evaluation = split(folder, "dpo")
    for row in train + evaluation:
        assert row["chosen"] != row["rejected"], f"no preference: {row}"
    trainer = DPOTrainer(
        model=model(len(tok)),
        # Weights that are on no disk: the trainer would look for them there.
        ref_model=model(len(tok)),
        args=DPOConfig(**common(out)),
        train_dataset=Dataset.from_list(train),
        eval_dataset=Dataset.from_list(evaluation),
        processing_class=tok,
    )
    return {**trained(trainer), "train": len(train), "eval": len(evaluation)}


def kto(folder: pathlib.Path, out: str) -> dict:
    tok = tokenizer()
    train, evaluation = split(folder, "kto")
    labels = {row["label"] for row in train}
    assert labels == {True, False}, f"labels: {labels}"
    trainer = KTOTrainer(
        model=model(len(tok)),
        ref_model=model(len(tok)),
        args=KTOConfig(**common(out)),
        train_dataset=Dataset.from_list(train),
        eval_dataset=Dataset.from_list(evaluation),
        processing_class=tok,
    )
    return {**trained(trainer), "train": len(train), "eval": len(evaluation), "up": sum(r["label"] for r in train)}


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    seen = {}
    for kind, run in {"sft": sft, "dpo": dpo, "kto": kto}.items():
        with tempfile.TemporaryDirectory() as out:
            seen[kind] = run(folder, out)
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
