"""The Ray engine, on a cluster of this machine with two workers of which one is killed."""

import pytest

from spacy_imr.batch import errors_path, read_batch, rows
from tests import letters
from tests.pdfs import make_pdf

pytestmark = pytest.mark.slow
LETTERS = 400


@pytest.fixture
def cluster():
    """A head without work and two workers of one core each."""
    import ray
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0})
    workers = [cluster.add_node(num_cpus=1) for _ in range(2)]
    ray.init(address=cluster.address, log_to_driver=False)
    yield cluster, workers
    ray.shutdown()
    cluster.shutdown()


def test_a_cluster_that_loses_a_worker_reads_every_letter_once(cluster, rules_folder, tmp_path):
    nodes, workers = cluster
    folder = tmp_path / "in"
    folder.mkdir()
    texts = [letters.NOTICE_2013, letters.DETERMINATION_2014, letters.DETERMINATION_2016, "no letter"]
    for number in range(LETTERS):
        if number % 8:
            (folder / f"{number:03}.txt").write_text(texts[number % 4], encoding="utf-8")
        else:
            (folder / f"{number:03}.pdf").write_bytes(make_pdf(["The request is not medically necessary."]))
    seen = []

    def kill_one(count, total):
        seen.append(count.inputs)
        if len(seen) == 5:
            nodes.remove_node(workers[0], allow_graceful=False)

    output = tmp_path / "out.jsonl"
    count = read_batch([str(folder)], output, rules_folder, engine="ray", n_process=2, shard_size=4, progress=kill_one)
    assert seen[4] < LETTERS / 2
    assert (count.inputs, count.letters, count.errors) == (LETTERS, LETTERS * 3 // 4, LETTERS // 4)
    assert [int(row["source"][-7:-4]) for row in rows(output)] == [n for n in range(LETTERS) if n % 4 != 3]
    assert [int(row["source"][-7:-4]) for row in rows(errors_path(output))] == list(range(3, LETTERS, 4))
    assert count == read_batch([str(folder)], output, rules_folder, n_process=1, shard_size=4)
