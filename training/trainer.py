"""What finetune.py and prefer.py share: settings, batches, steps, checkpoints, the log. One run is one `Config`."""

import argparse
import dataclasses
import json
import math
import pathlib
import random
import time

import files
import track


@dataclasses.dataclass
class Config:
    """One run. Every value is in the log, so that a run can be told from the next by what it changes."""

    model: str = "pruned"  # folder in the training folder to start from; a path for a base of one's own
    data: str = "split"  # folder with train.jsonl and dev.jsonl in the training folder
    limit: int = 0  # training rows, 0 for all: the fixed proxy of the sweep is the first 1,500 by hash
    epochs: float = 2.0
    rate: float = 1e-4  # highest learning rate
    warmup: int = 20  # steps
    decay: float = 0.5  # last part of the steps over which the rate falls to nothing
    batch: int = 16  # rows a step
    weight_decay: float = 0.01
    dropout: float = 0.0  # on attention weights, and on adapters
    neftune: float = 0.0  # alpha of the noise on embeddings; 0 is none
    average: float = 0.0  # decay of the moving average of weights, which is what is saved then; 0 is none
    lora: int = 0  # rank on all linear layers; 0 trains all weights
    merge: bool = True  # saves base and adapter as one; false saves the adapter alone (export_lora.py)
    chat: bool = False  # the rows' `messages` through the model's chat template, for instruct models
    device: str = "cpu"
    dtype: str = "float32"  # of the frozen weights; what is trained is always float32
    rich: bool = True
    twins: bool = True
    revisions: bool = True
    beta: float = 0.1  # prefer.py: how far the model may move from where it starts
    anchor: float = 0.2  # prefer.py: weight of the plain loss on the chosen text
    seed: int = 1
    samples: int = 8  # greedy drafts of dev briefs in the log after each epoch


def arguments(doc: str) -> tuple[str, Config, float]:
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run")
    parser.add_argument("--set", nargs="*", default=[], metavar="KEY=VALUE")
    parser.add_argument("--every", type=float, default=300, help="seconds between checkpoints")
    args = parser.parse_args()
    config = Config()
    for pair in args.set:
        key, _, value = pair.partition("=")
        known = {field.name: field.type for field in dataclasses.fields(Config)}
        if key not in known:
            raise files.Fault(f"no setting {key!r}. There are {', '.join(known)}.")
        try:
            setattr(config, key, json.loads(value) if known[key] is not str else value)
        except json.JSONDecodeError:
            raise files.Fault(f"{key}={value}: not a {known[key].__name__}.") from None
    return args.run, config, args.every


def select(rows: list[dict], config: Config) -> list[dict]:
    """Training rows of the run: those kinds it wants, and the first `limit` by hash, whatever the order of the file."""
    wanted = [
        row
        for row in rows
        if (config.rich or not row.get("rich")) and (config.twins or not row.get("twin")) and (config.revisions or not row.get("revision"))
    ]
    wanted.sort(key=lambda row: track.digest(row["prompt"] + row["completion"]))
    return wanted[: config.limit] if config.limit else wanted


Pair = tuple[list[int], list[int]]  # tokens of a prompt and of its completion, which ends with the end token


class Trainer:
    """Supervised finetuning; prefer.py overrides what an item is and its loss."""

    keys = ("prompt", "completion")

    def __init__(self, run: str, config: Config):
        self.run, self.config = run, config
        source, data = self.folder(config.model), self.folder(config.data)
        if not (source / "config.json").exists():
            raise files.Fault(f"{source} holds no model. Run training/prune.py first, or set model=.")
        rows = select(list(files.rows(data / "train.jsonl", *self.keys)), config)
        if not rows:
            raise files.Fault(f"{data / 'train.jsonl'}: no rows are left after limit, rich, twins and revisions.")
        self.dev_rows = list(files.rows(data / "dev.jsonl", *self.keys))
        # Imported late: they take seconds, and a wrong word on the command line should be told at once.
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer

        self.torch = torch
        self.tok = AutoTokenizer.from_pretrained(source)
        self.end = self.tok.eos_token_id
        torch.manual_seed(config.seed)
        self.model = AutoModelForCausalLM.from_pretrained(source, dtype=getattr(torch, config.dtype), attention_dropout=config.dropout).to(config.device)
        if config.lora:
            import peft

            adapter = peft.LoraConfig(r=config.lora, lora_alpha=config.lora, lora_dropout=config.dropout, target_modules="all-linear", task_type="CAUSAL_LM")
            self.model = peft.get_peft_model(self.model, adapter)  # Keeps the adapter in fp32 over a bf16 base.
        self.inner = self.model.get_base_model() if config.lora else self.model
        self.items, self.dev = [self.encode(row) for row in rows], [self.encode(row) for row in self.dev_rows]
        self.data_hash = track.digest(json.dumps([[row[key] for key in self.keys] for row in rows], ensure_ascii=False))
        self.trained = [p for p in self.model.parameters() if p.requires_grad]
        self.optimizer = torch.optim.AdamW(self.trained, lr=config.rate, weight_decay=config.weight_decay, betas=(0.9, 0.99), fused=True)
        self.averaged = [p.detach().clone() for p in self.trained] if config.average else []
        self.per_epoch = -(-len(rows) // config.batch)
        self.step, self.steps, self.seconds = 0, max(1, round(config.epochs * self.per_epoch)), 0.0

    def folder(self, name: str) -> pathlib.Path:
        return files.WORK / name  # An absolute path stays what it is.

    # What is learned

    def prompt(self, row: dict) -> list[int]:
        if self.config.chat:
            return self.tok.apply_chat_template(row["messages"], add_generation_prompt=True, return_dict=False)
        return self.tok(row["prompt"]).input_ids

    def completion(self, text: str) -> list[int]:
        return self.tok(text, add_special_tokens=False).input_ids + [self.end]

    def encode(self, row: dict):
        return self.prompt(row), self.completion(row["completion"])

    def size(self, item) -> int:
        return sum(map(len, item))

    def loss(self, batch: list, noise: bool = False):
        """Mean cross-entropy over the completions' tokens (nats), with its number of tokens."""
        logits, wanted, _ = self.forward(batch, noise)
        return self.torch.nn.functional.cross_entropy(logits, wanted), len(wanted)

    def forward(self, batch: list[Pair], noise: bool = False):
        """Logits at the completions' tokens, the tokens themselves, and the row each belongs to."""
        torch, device = self.torch, self.config.device
        size = -(-max(len(p) + len(c) for p, c in batch) // 8) * 8
        ids, labels, mask = torch.zeros(len(batch), size, dtype=torch.long), torch.full((len(batch), size), -100), torch.zeros(len(batch), size, dtype=torch.long)
        for i, (prompt, completion) in enumerate(batch):
            n = len(prompt) + len(completion)
            ids[i, :n], mask[i, :n] = torch.tensor(prompt + completion), 1
            labels[i, len(prompt) : n] = torch.tensor(completion)
        ids, labels, mask = ids.to(device), labels[:, 1:].to(device), mask.to(device)
        embedded = self.inner.get_input_embeddings()(ids)
        if noise and self.config.neftune:
            scale = self.config.neftune / math.sqrt(size * embedded.shape[-1])
            embedded = embedded + torch.empty_like(embedded).uniform_(-scale, scale) * mask[..., None]
        hidden = self.inner.model(inputs_embeds=embedded, attention_mask=mask).last_hidden_state[:, :-1]
        wanted = labels != -100
        # The head runs over the completions alone: at this size it is a fifth of a step.
        return self.inner.lm_head(hidden[wanted]).float(), labels[wanted], wanted.nonzero()[:, 0]

    # How it is learned

    def batches(self, epoch: int) -> list[list[int]]:
        """Item numbers of an epoch's batches: items of like length together, in an order that depends on seed and epoch alone."""
        order = random.Random(f"{self.config.seed} {epoch}")
        numbers = list(range(len(self.items)))
        order.shuffle(numbers)
        batch, found = self.config.batch, []
        for at in range(0, len(numbers), batch * 4):
            some = sorted(numbers[at : at + batch * 4], key=lambda i: self.size(self.items[i]))
            found += [some[i : i + batch] for i in range(0, len(some), batch)]
        order.shuffle(found)
        return found

    def rate(self) -> float:
        falling = max(1, round(self.steps * self.config.decay))
        return self.config.rate * min(1.0, (self.step + 1) / self.config.warmup, (self.steps - self.step) / falling)

    def train_step(self, batch: list[int]) -> float:
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate()
        loss, _ = self.loss([self.items[i] for i in batch], noise=True)
        loss.backward()
        self.torch.nn.utils.clip_grad_norm_(self.trained, 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.step += 1
        for kept, now in zip(self.averaged, self.trained):
            kept.lerp_(now.detach(), 1 - min(self.config.average, self.step / (self.step + 10)))
        return loss.item()

    def swap_average(self) -> None:
        """Exchanges the weights with their moving average; calling it twice changes nothing."""
        for kept, now in zip(self.averaged, self.trained):
            kept.data, now.data = now.data, kept.data

    def evaluate(self) -> dict:
        """Dev loss, and greedy drafts of the first dev briefs to be read."""
        self.model.eval()
        self.swap_average()
        with self.torch.no_grad():
            parts = [self.loss([item]) for item in self.dev]
            drafts = [{"prompt": row["prompt"], "draft": self.draft(row)} for row in self.dev_rows[: self.config.samples]]
        self.swap_average()
        self.model.train()
        return {"dev/loss": sum(loss.item() * n for loss, n in parts) / sum(n for _, n in parts), "samples": drafts}

    def draft(self, row: dict) -> str:
        ids = self.torch.tensor([self.prompt(row)], device=self.config.device)
        out = self.model.generate(input_ids=ids, attention_mask=self.torch.ones_like(ids), max_new_tokens=160, do_sample=False, pad_token_id=self.end, eos_token_id=self.end)
        return self.tok.decode(out[0][ids.shape[1] :], skip_special_tokens=True)

    # What survives a kill

    def checkpoint(self) -> pathlib.Path:
        return files.WORK / f"{self.run}.checkpoint.pt"

    def save_checkpoint(self) -> None:
        state = {
            "config": dataclasses.asdict(self.config), "data": self.data_hash, "step": self.step, "seconds": self.seconds,
            "model": [p.detach() for p in self.trained], "averaged": self.averaged,
            "optimizer": self.optimizer.state_dict(), "rng": self.torch.get_rng_state(),
        }  # fmt: skip
        files.whole(self.checkpoint(), lambda part: self.torch.save(state, part))

    def resume(self) -> None:
        if not self.checkpoint().exists():
            return
        try:
            state = self.torch.load(self.checkpoint(), weights_only=True, map_location=self.config.device)
        except Exception as error:
            raise files.Fault(f"{self.checkpoint()} can't be read ({error}). Delete it to start anew.") from error
        if state["config"] != dataclasses.asdict(self.config) or state["data"] != self.data_hash:
            raise files.Fault(f"{self.checkpoint()} is from other settings or other data. Delete it to start anew, or choose another run name.")
        with self.torch.no_grad():
            for now, then in [*zip(self.trained, state["model"]), *zip(self.averaged, state["averaged"])]:
                now.copy_(then)
        self.optimizer.load_state_dict(state["optimizer"])
        self.torch.set_rng_state(state["rng"].cpu())
        self.step, self.seconds = state["step"], state["seconds"]
        print(f"goes on at step {self.step} of {self.steps}", flush=True)

    def save(self) -> None:
        model = self.model.merge_and_unload() if self.config.lora and self.config.merge else self.model

        def write(part: pathlib.Path) -> None:
            model.save_pretrained(part)
            self.tok.save_pretrained(part)
            kept = self.folder(self.config.model) / "kept_ids.json"
            if kept.exists():
                (part / "kept_ids.json").write_bytes(kept.read_bytes())

        files.whole(files.WORK / self.run, write)
        self.checkpoint().unlink(missing_ok=True)


def train(trainer_of: type[Trainer], doc: str) -> None:
    """The whole run: settings from the command line, steps with progress, log, checkpoint every five minutes, weights."""
    name, config, every = arguments(doc)
    if (files.WORK / name).is_dir():
        print(f"{files.WORK / name} is there already; choose another name for another run")
        return
    files.need_space(files.WORK, 3000)
    trainer, log = trainer_of(name, config), track.Log(name)
    trainer.resume()
    size = sum(p.numel() for p in trainer.trained)
    log.write("config", **dataclasses.asdict(config), data_hash=trainer.data_hash, rows=len(trainer.items), steps=trainer.steps, parameters=size, resumed=trainer.step)
    losses: list[float] = []
    saved = shown = time.monotonic()
    while trainer.step < trainer.steps:
        epoch, at = divmod(trainer.step, trainer.per_epoch)
        for batch in trainer.batches(epoch)[at : at + trainer.steps - trainer.step]:
            started = time.monotonic()
            losses.append(trainer.train_step(batch))
            trainer.seconds += time.monotonic() - started
            if trainer.step % 10 == 0 or trainer.step == trainer.steps:
                log.write("step", **progress(trainer), **{"train/loss": sum(losses) / len(losses), "train/rate": trainer.rate()})
                losses.clear()
            if time.monotonic() - shown > 30:
                left = trainer.seconds / trainer.step * (trainer.steps - trainer.step) / 60
                print(f"step {trainer.step} of {trainer.steps}, about {left:.0f} min left", flush=True)
                shown = time.monotonic()
            if time.monotonic() - saved > every:
                trainer.save_checkpoint()
                saved = time.monotonic()
        figures = trainer.evaluate()
        log.write("dev", **progress(trainer), **figures)
        print(f"epoch {trainer.step / trainer.per_epoch:.2f}: dev loss {figures['dev/loss']:.3f}", flush=True)
        trainer.save_checkpoint()
    trainer.swap_average()
    trainer.save()
    log.write("done", seconds=round(trainer.seconds, 1), weights=files.sha256(files.WORK / name))


def progress(trainer: Trainer) -> dict:
    return {"train/step": trainer.step, "train/epoch": round(trainer.step / trainer.per_epoch, 4), "seconds": round(trainer.seconds, 1)}
