"""Every step on a tiny model: it learns, survives a kill, refuses bad input in one line, and leaves nothing half-written."""

import json
import signal
import time

import pytest
from conftest import here, log_of, row, start, step, tiny_llama

from prefer import Prefer
from trainer import Trainer

import files

SMALL = ["batch=4", "rate=0.01", "warmup=2", "samples=1"]


def test_a_run_learns_and_is_on_record(place):
    here(Trainer, "a", "--set", *SMALL, "epochs=6")
    log = log_of(place, "a")
    losses = [entry["train/loss"] for entry in log if entry["event"] == "step"]
    dev = [entry for entry in log if entry["event"] == "dev"]
    assert losses[-1] < losses[0] / 2
    assert len(dev) == 6 and dev[-1]["dev/loss"] < dev[0]["dev/loss"]
    assert dev[-1]["samples"][0]["prompt"].startswith("Auftrag: Stuhl")
    assert log[0]["event"] == "config" and log[0]["rows"] == 32 and log[0]["data_hash"]
    assert log[-1]["event"] == "done"
    assert (place / "work" / "a" / "model.safetensors").exists()
    assert not list((place / "work").glob("*checkpoint*"))


def test_a_killed_run_goes_on_and_ends_with_the_same_weights(place):
    from safetensors.torch import load_file

    settings = ["--every", "0", "--set", *SMALL, "epochs=5", "neftune=5", "average=0.9"]
    here(Trainer, "whole", *settings)
    process = start("finetune.py", "killed", *settings)
    checkpoint = place / "work" / "killed.checkpoint.pt"
    while not checkpoint.exists() and process.poll() is None:
        time.sleep(0.01)
    time.sleep(0.1)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert not (place / "work" / "killed").exists(), "killed too late to prove anything"
    again = step("finetune.py", "killed", *settings)
    assert again.returncode == 0, again.stderr
    assert "goes on at step" in again.stdout
    whole, killed = (load_file(place / "work" / name / "model.safetensors") for name in ("whole", "killed"))
    assert all((whole[key] == killed[key]).all() for key in whole)


def test_other_settings_dont_go_on_from_a_checkpoint(place):
    process = start("finetune.py", "a", "--every", "0", "--set", *SMALL, "epochs=50")
    while not (place / "work" / "a.checkpoint.pt").exists() and process.poll() is None:
        time.sleep(0.01)
    process.kill()
    process.communicate()
    with pytest.raises(files.Fault, match="other settings or other data.*Delete it"):
        here(Trainer, "a", "--set", *SMALL, "epochs=49")


def test_each_setting_of_the_sweep_changes_the_run(place):
    plain = dict(epochs=1)
    for name, setting in {"lora": "lora=4", "limit": "limit=8", "norevisions": "revisions=false", "notwins": "twins=false"}.items():
        here(Trainer, name, "--set", *SMALL, "epochs=1", setting)
        config = log_of(place, name)[0]
        key, value = setting.split("=")
        assert config[key] == json.loads(value)
        plain[name] = (config["rows"], config["parameters"])
    assert plain["limit"][0] == 8
    assert plain["norevisions"][0] == sum(not row(i)["revision"] for i in range(32))
    assert plain["notwins"][0] == sum(not row(i)["twin"] for i in range(32))
    assert plain["lora"][1] < plain["limit"][1] / 2


def test_preferences_are_learnt_against_the_rejected_text(place):
    here(Trainer, "start", "--set", *SMALL, "epochs=1")
    here(Prefer, "dpo", "--set", *SMALL, "model=start", "epochs=6", "rate=0.003")
    dev = [entry for entry in log_of(place, "dpo") if entry["event"] == "dev"]
    assert dev[-1]["dev/chosen_likelier"] == 1
    assert dev[-1]["dev/loss"] < dev[0]["dev/loss"]


def test_the_recipe_for_a_big_base_makes_an_adapter(place):
    tiny_llama(place / "work" / "llama")
    settings = ["model=llama", "lora=4", "merge=false", "chat=true", "epochs=4", "dtype=bfloat16"]
    here(Trainer, "adapter", "--set", *SMALL, *settings)
    losses = [entry["train/loss"] for entry in log_of(place, "adapter") if entry["event"] == "step"]
    assert losses[-1] < losses[0]
    files = {file.name for file in (place / "work" / "adapter").iterdir()}
    assert {"adapter_model.safetensors", "adapter_config.json"} <= files
    assert "model.safetensors" not in files


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'{"prompt": "a", "completion": "b"}\n{"prompt": "a"\n', ":2: not a JSON object"),
        (b'{"prompt": "a", "completion": "b"}\n\xff\xfe\n', ":2: not UTF-8"),
        (b'{"prompt": "a"}\n', ':1: no text in "completion"'),
        (b"[1]\n", ':1: no text in "prompt"'),
        (b"", "no rows are left"),
    ],
)
def test_bad_rows_are_told_with_file_and_line(place, content, says):
    (place / "work" / "split" / "train.jsonl").write_bytes(content)
    done = step("finetune.py", "a", "--set", *SMALL)
    assert done.returncode == 1
    assert "train.jsonl" in done.stderr and says in done.stderr
    assert done.stderr.count("\n") == 1, "one message, no traceback"
    assert not (place / "work" / "a").exists()


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["finetune.py", "a", "--set", "modle=x"], "no setting 'modle'"),
        (["finetune.py", "a", "--set", "epochs=viele"], "epochs=viele: not a float"),
        (["finetune.py", "a", "--set", "model=nowhere"], "holds no model"),
        (["finetune.py", "a", "--set", "data=nowhere"], "npm run data:split"),
        (["prune.py", "split/train.jsonl"], "Run training/base.py first"),
        (["export_gguf.py", "nowhere"], "finetune.py nowhere"),
    ],
)
def test_what_is_missing_is_named_with_the_step_that_makes_it(place, args, says):
    done = step(*args)
    assert done.returncode == 1
    assert says in done.stderr and done.stderr.count("\n") == 1


def test_a_full_disk_is_told_before_anything_is_written(place, monkeypatch, capsys):
    monkeypatch.setattr(files.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 5 << 20})())
    with pytest.raises(files.Fault, match="5 MB free, 100 MB needed"):
        files.need_space(place / "work", 100)


def test_a_broken_write_leaves_the_old_file(place):
    target = place / "work" / "thing.txt"
    target.write_text("old")

    def fails(part):
        part.write_text("half")
        raise OSError("No space left on device")

    with pytest.raises(OSError, match="No space"):
        files.whole(target, fails)
    assert target.read_text() == "old"
    assert [file.name for file in target.parent.iterdir() if "part" in file.name] == []


def test_a_changed_base_is_refused(place):
    import base
    parts = [place / "one", place / "two"]
    for part in parts:
        part.write_bytes(b"not the base")
    with pytest.raises(files.Fault, match="Install again"):
        files.whole(place / "work" / "base.gguf", lambda target: base.join(parts, target))
    with pytest.raises(files.Fault, match="missing"):
        base.join([*parts, place / "three"], place / "out")
    assert not (place / "work" / "base.gguf").exists()


def test_the_gguf_has_the_trained_weights_and_the_kept_tokens(place):
    import gguf
    import numpy as np
    from safetensors.torch import load_file

    import export_gguf

    work = place / "work"
    tokens = [f"t{i}" for i in range(600)]
    writer = gguf.GGUFWriter(work / "base.gguf", "gemma3")
    writer.add_token_list(tokens)
    writer.add_token_scores([float(-i) for i in range(600)])
    writer.add_token_types([1] * 600)
    writer.add_eos_token_id(5)
    writer.add_uint32("gemma3.block_count", 2)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q4_K_M)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    kept = list(range(1, 2 * len(json.loads((work / "pruned" / "kept_ids.json").read_text())), 2))[:299]
    (work / "pruned" / "kept_ids.json").write_text(json.dumps(kept))
    export_gguf.convert(work / "pruned", work / "base.gguf", work / "out.gguf")
    made = gguf.GGUFReader(work / "out.gguf")
    assert made.fields["tokenizer.ggml.tokens"].contents() == [tokens[i] for i in kept]
    assert made.fields["tokenizer.ggml.eos_token_id"].contents() == kept.index(5)
    assert made.fields["general.file_type"].contents() == gguf.LlamaFileType.MOSTLY_F16
    weights = load_file(work / "pruned" / "model.safetensors")
    tensors = {tensor.name: tensor.data for tensor in made.tensors}
    norm = weights["model.layers.0.input_layernorm.weight"].numpy()
    assert np.allclose(tensors["blk.0.attn_norm.weight"], norm + 1)
    query = weights["model.layers.1.self_attn.q_proj.weight"].numpy()
    assert np.allclose(tensors["blk.1.attn_q.weight"], query, atol=1e-3)
    assert len(tensors) == len([key for key in weights if key != "lm_head.weight"])


def test_a_log_line_that_a_kill_cut_off_spoils_no_other(place):
    import track

    log = track.Log("cut")
    log.write("config", a=1)
    with log.path.open("a") as stream:
        stream.write('{"event": "st')
    log.write("done", b=2)
    lines = log.path.read_text().splitlines()
    assert json.loads(lines[0])["a"] == 1 and json.loads(lines[-1])["b"] == 2
