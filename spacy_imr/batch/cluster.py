"""The shards of a run on a Ray cluster, through Ray Data. Needs the extra ``ray``.

Every machine sees the same inputs, the same folder of the output and the same model under the same names.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from spacy_imr.batch.ledger import Count, ShardResult
from spacy_imr.batch.plan import Shard
from spacy_imr.batch.run import Run
from spacy_imr.batch.shards import ShardReader


class ShardActor:
    """What runs in an actor: loads the model once and reads the shards it is given."""

    def __init__(self, run: Run) -> None:
        self._reader = ShardReader(run)

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        result = self._reader.read(Shard(**row))
        return {
            "number": result.number,
            "count": asdict(result.count),
            "began": result.began,
            "ended": result.ended,
        }


def read_on_cluster(run: Run, shards: Sequence[Shard], n_process: int) -> Iterator[ShardResult]:
    """Read `shards` in `n_process` actors of the cluster that ``RAY_ADDRESS`` names, or of a new one on this machine.

    Ray starts an actor anew whose machine or process is lost, and hands out again what it had in work; a shard that is
    read twice gives the same files twice.
    """
    import ray
    import ray.data

    if not ray.is_initialized():
        ray.init(log_to_driver=False, logging_level=logging.WARNING)
    ray.data.DataContext.get_current().enable_progress_bars = False
    pieces = ray.data.from_items([asdict(shard) for shard in shards], override_num_blocks=len(shards))
    actor: Any = ShardActor  # Ray's types know functions of a row alone
    done = pieces.map(
        actor,
        fn_constructor_args=(run,),
        compute=ray.data.ActorPoolStrategy(size=n_process),
        num_cpus=1,
    )
    for row in done.iter_rows():
        yield ShardResult(row["number"], Count(**row["count"]), row["began"], row["ended"])
