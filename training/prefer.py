"""Step 3b: preference tuning (DPO). usage: prefer.py RUN --set model=FINETUNED data=FOLDER [key=value ...]

FOLDER's train.jsonl and dev.jsonl hold `prompt`, `chosen` and `rejected`: the reference or a reader's correction against
the model's own draft. The loss is Rafailov et al. 2023 (arXiv 2305.18290) plus `anchor` times the plain loss on the
chosen text, which keeps a small model from unlearning both (RPO, arXiv 2404.19733).
"""

import files
from trainer import Trainer, train


class Prefer(Trainer):
    keys = ("prompt", "chosen", "rejected")

    def __init__(self, run, config):
        super().__init__(run, config)
        items = [*self.items, *self.dev]
        kept = files.WORK / f"{run}.reference.pt"
        if not kept.exists():  # Of the weights it starts from: a resumed run has others by then.
            self.model.eval()
            with self.torch.no_grad():
                values = [self.likelihoods(items[at : at + config.batch])[0].tolist() for at in range(0, len(items), config.batch)]
            self.model.train()
            files.whole(kept, lambda part: self.torch.save([pair for batch in values for pair in batch], part))
        values = self.torch.load(kept, weights_only=True)
        if len(values) != len(items):
            raise files.Fault(f"{kept} is from other data. Delete it, or choose another run name.")
        items = [(*item, tuple(value)) for item, value in zip(items, values)]
        self.items, self.dev = items[: len(self.items)], items[len(self.items) :]

    def encode(self, row):
        return self.prompt(row), self.completion(row["chosen"]), self.completion(row["rejected"])

    def size(self, item):
        return len(item[0]) + max(len(item[1]), len(item[2]))

    def likelihoods(self, batch, noise=False):
        """Log-likelihood of each item's chosen and rejected text, shape (items, 2), and the mean loss on the chosen tokens."""
        torch = self.torch
        pairs = [(item[0], item[side]) for item in batch for side in (1, 2)]
        logits, wanted, row = self.forward(pairs, noise)
        each = -torch.nn.functional.cross_entropy(logits, wanted, reduction="none")
        sums = torch.zeros(len(pairs), device=each.device).index_add(0, row, each)
        return sums.view(-1, 2), -each[row % 2 == 0].mean()

    def loss(self, batch, noise=False):
        now, plain = self.likelihoods(batch, noise)
        before = self.torch.tensor([item[3] for item in batch], device=now.device)
        margin = (now - before) @ self.torch.tensor([1.0, -1.0], device=now.device)
        return -self.torch.nn.functional.logsigmoid(self.config.beta * margin).mean() + self.config.anchor * plain, len(batch)

    def evaluate(self):
        """And the share of dev pairs whose chosen text is the likelier one, before and now."""
        figures = super().evaluate()
        self.model.eval()
        with self.torch.no_grad():
            now = [self.likelihoods([item])[0][0].tolist() for item in self.dev]
        self.model.train()
        share = lambda values: sum(chosen > rejected for chosen, rejected in values) / len(values)  # noqa: E731
        return figures | {"dev/chosen_likelier": share(now), "dev/chosen_likelier_before": share([item[3] for item in self.dev])}

    def save(self):
        super().save()
        (files.WORK / f"{self.run}.reference.pt").unlink(missing_ok=True)


if __name__ == "__main__":
    files.main(lambda: train(Prefer, __doc__))
