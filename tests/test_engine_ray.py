"""The Ray engine on a real cluster of two nodes on this machine (needs the extra `ray`)."""

# pyright: reportMissingImports=false
# (Ray is optional)

import json
import os
import signal
import time
from pathlib import Path

import pytest

from tekio.corpus import build_corpus
from tekio.engine import LocalEngine, make_engine
from tekio.errors import InputError
from tekio.offline import open_network
from tekio.recipe.corpus import CorpusConfig

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def engine():
    pytest.importorskip("ray")
    import ray
    from ray.cluster_utils import Cluster

    cluster = Cluster()
    cluster.add_node(num_cpus=1, object_store_memory=80_000_000)
    cluster.add_node(num_cpus=1, object_store_memory=80_000_000)
    try:
        yield make_engine("ray", address=cluster.address)
    finally:
        open_network()
        ray.shutdown()
        cluster.shutdown()


def square(number):
    return number * number


def where(unit):
    import time

    import ray

    time.sleep(0.3)
    return ray.get_runtime_context().get_node_id()


def die_once(unit):
    marker, number = unit
    if number == 2 and not Path(marker).exists():
        Path(marker).write_text("died")
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def refuse(unit):
    raise InputError("no", where=unit)


def call_home(unit):
    import socket

    try:
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    except Exception as error:
        return type(error).__name__
    return "connected"


def test_results_come_in_order_from_both_nodes(engine):
    assert engine.workers == 2
    assert list(engine.map(square, range(20))) == [n * n for n in range(20)]
    nodes, deadline = set(), time.monotonic() + 60
    while len(nodes) < 2 and time.monotonic() < deadline:  # a busy machine starts the second node's worker late
        nodes |= set(engine.map(where, range(8)))
    assert len(nodes) == 2


def test_a_killed_worker_costs_only_its_unit(engine, tmp_path):
    marker = str(tmp_path / "marker")
    assert list(engine.map(die_once, [(marker, n) for n in range(5)])) == [0, 1, 2, 3, 4]
    assert Path(marker).exists()


def test_an_error_of_ours_arrives_as_it_was(engine):
    with pytest.raises(InputError) as caught:
        list(engine.map(refuse, ["a file"]))
    assert caught.value.where == "a file"


def test_workers_have_no_network(engine):
    assert list(engine.map(call_home, [0])) == ["PolicyError"]


def test_a_corpus_has_the_same_bytes_as_on_one_machine(engine, tmp_path):
    texts = [f"{n}月期の売上高は{n * 37}億円、前期比{n}％増でした。" * (n % 4 + 1) for n in range(120)]
    rows = [json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts + texts[:7]]
    (tmp_path / "in.jsonl").write_text("".join(rows), encoding="utf-8")
    plain = {"sources": [{"name": "a", "path": "in.jsonl", "license": "CC0-1.0"}], "shard_bytes": 4000}
    config = CorpusConfig.model_validate(plain, context={"base": tmp_path})
    local = build_corpus(config, tmp_path / "local" / "corpus", seed=17, engine=LocalEngine(1))
    cluster = build_corpus(config, tmp_path / "ray" / "corpus", seed=17, engine=engine)
    assert local.counts["units"] > 3
    assert cluster.artifact == local.artifact
