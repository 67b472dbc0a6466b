"""Times dockhand's dry run against other tools on the same job: bench.py BINARY. See README.md for the settings.

Nothing is timed before its answers were compared. Then whole processes run in turn, round by round, so that whatever else
the machine does meets all of them; figures are medians.
"""

import dataclasses
import datetime
import filecmp
import json
import os
import pathlib
import shutil
import sys
import tempfile

import answers
import generate
import processes
from processes import Cost

HERE = pathlib.Path(__file__).parent
# Times faster than the best peer, by form and number of rows: what must be, and what is aimed at.
FACTORS = {
    ("csv", 2_000_000): (3, 5),
    ("csv.gz", 2_000_000): (2.4, 3.2),
    ("ndjson", 2_000_000): (2.6, 4.5),
    ("xml", 2_000_000): (9, 12),
    ("csv", 100_000): (7, 12),
}
# Most memory of the process in MB: what must be, and what is aimed at.
PEAKS = {"unique keys": (100, 85), "without dedupe": (64, 40)}
PEER_FORMS = {"duckdb": ("csv", "csv.gz", "ndjson"), "polars": ("csv", "csv.gz", "ndjson")}


class Bench:
    def __init__(self, binary: str, folder: pathlib.Path, work: pathlib.Path):
        self.binary, self.folder, self.work = os.path.abspath(binary), folder, work
        self.runs = int(os.environ.get("BENCH_RUNS", "5"))
        self.python, self.packages = processes.python_with_peers(folder / "venv", ["duckdb", "polars", "lxml", "orjson"])
        self.environment = os.environ | {"DOCKHAND_STATE_DIR": str(work / "state")}
        self.results: list[dict] = []
        self.missed: list[str] = []

    def data(self, rows: int, form: str, clean: bool = False) -> pathlib.Path:
        generate.generate(rows, self.folder, [form], clean=clean)
        return generate.path_of(self.folder, rows, form, clean)

    def dockhand(
        self, pipeline: str, source: pathlib.Path, processors: int | None = None, reports: bool = False
    ) -> tuple[dict, Cost]:
        """The outcome that it prints, and what it cost. Its files stay until the next run of any tool.

        `reports` adds the report with its profile of every field, which no peer makes and which is not timed.
        """
        out = self.clear("dockhand" if processors is None else f"dockhand-{processors}")
        kind = pipeline.split("-")[0]
        # Accepted and rejected rows go below the pipeline's folder.
        shutil.copy(HERE / "pipelines" / f"{pipeline}.yaml", out / "pipeline.yaml")
        command = [self.binary, "validate", str(out / "pipeline.yaml"), "--format", "json", "--quiet"]
        command += ["--accepted", "--set", f"source.{kind}.path={source}"]
        if reports:
            command += ["--report", str(out)]
        if ".cp1252." in source.name:
            command += ["--set", "source.csv.encoding=windows-1252"]
        output, cost = processes.run(command, self.environment, good=(0, 1), processors=processors)
        return json.loads(output), cost

    def peer(self, name: str, source: pathlib.Path) -> tuple[pathlib.Path, Cost]:
        out = self.clear(name)
        return out, processes.run([self.python, str(HERE / "peers" / f"{name}_job.py"), str(source), str(out)])[1]

    def clear(self, name: str) -> pathlib.Path:
        out = self.work / name
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir(parents=True)
        return out

    def peers(self, form: str) -> list[str]:
        fast = [name for name, forms in PEER_FORMS.items() if name in self.packages and form in forms]
        return fast + (["python"] if form != "xml" or "lxml" in self.packages else [])

    def compare(self, pipeline: str, source: pathlib.Path, peers: list[str]) -> None:
        outcome, _ = self.dockhand(pipeline, source, reports=True)
        own = answers.of_dockhand(outcome)
        single, _ = self.dockhand(pipeline, source, processors=1, reports=True)
        for key in ("accepted", "rejects"):
            if not filecmp.cmp(outcome[key], single[key], shallow=False):
                sys.exit(f"error: {outcome[key]} is another on one processor")
        for name in peers:
            if wrong := answers.differences(own, answers.of_peer(self.peer(name, source)[0])):
                sys.exit(f"error: dockhand and {name} differ on {source.name}:\n  " + "\n  ".join(wrong))
            shutil.rmtree(self.work / name)
        print(f"\n{source.name}: {source.stat().st_size / 1e6:.0f} MB, {own.read} rows, the same answers: ", end="")
        print(f"{own.accepted} accepted, {own.duplicates} duplicate, problems {sum(own.rejects.values())}")

    def time(self, form: str, rows: int) -> None:
        source, peers = self.data(rows, form), self.peers(form)
        pipeline = form.removesuffix(".gz").split(".")[-1]
        self.compare(pipeline, source, peers)
        costs: dict[str, list[Cost]] = {name: [] for name in ["dockhand", *peers]}
        for turn in range(self.runs):
            costs["dockhand"].append(self.dockhand(pipeline, source)[1])
            for name in peers:
                # The floor is far below the others, and once is enough to see it.
                if name != "python" or turn == 0 or len(peers) == 1:
                    costs[name].append(self.peer(name, source)[1])
                    shutil.rmtree(self.work / name)
        medians = {name: processes.median(each) for name, each in costs.items()}
        self.show(form, rows, costs, medians)

    def show(self, form: str, rows: int, costs: dict[str, list[Cost]], medians: dict[str, Cost]) -> None:
        own = medians["dockhand"].wall_s
        for name, cost in medians.items():
            walls = [each.wall_s for each in costs[name]]
            spread = f"{min(walls):.2f}–{max(walls):.2f}"
            shown = "lxml" if name == "python" and form.startswith("xml") else name
            print(
                f"  {shown:10} {cost.wall_s:8.2f} s  ({spread:>13})  {cost.cpu_s:7.2f} s cpu  {cost.peak_mb:6.0f} MB"
                f"  {cost.wall_s / own:6.2f}x"
            )
        best = min((cost.wall_s for name, cost in medians.items() if name != "dockhand"), default=None)
        factor = None if best is None else best / own
        must, aim = FACTORS.get((form, rows), (None, None))
        if factor is not None:
            self.judge(f"{form}, {rows} rows", f"{factor:.2f}x the best peer", must, aim, factor >= (must or 0), "x")
        self.results.append(
            {
                "form": form, "rows": rows, "factor": factor, "must": must, "aim": aim,
                "tools": {
                    name: {"median": dataclasses.asdict(medians[name]), "runs": [dataclasses.asdict(one) for one in each]}
                    for name, each in costs.items()
                },
            }  # fmt: skip
        )

    def judge(self, what: str, figure: str, must, aim, holds: bool, unit: str) -> None:
        if must is None:
            print(f"  {what}: {figure}")
            return
        print(f"  {what}: {figure}; must {must}{unit}, aim {aim}{unit}{'' if holds else '  MISSED'}")
        if not holds:
            self.missed.append(what)

    def memory(self, what: str, pipeline: str, rows: int, clean: bool) -> None:
        source = self.data(rows, "csv", clean)
        costs = [self.dockhand(pipeline, source)[1] for _ in range(min(self.runs, 3))]
        peak = processes.median(costs).peak_mb
        must, aim = PEAKS[what] if rows >= 2_000_000 else (None, None)
        self.judge(f"peak memory, {what} ({rows} rows)", f"{peak:.0f} MB", must, aim, peak <= (must or peak), " MB")
        self.results.append({"memory": what, "rows": rows, "peak_mb": peak, "must": must, "aim": aim})


def output_folder(folder: pathlib.Path) -> str:
    """Memory, so that no disk is timed, where there is some."""
    shared = "/dev/shm"
    roomy = os.access(shared, os.W_OK) and shutil.disk_usage(shared).free > 4 << 30
    if not roomy:
        print("warning: outputs go to the disk, which takes part in what is timed", file=sys.stderr)
    return shared if roomy else str(folder)


def main() -> None:
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    folder = pathlib.Path(os.environ.get("BENCH_DIR") or os.path.join(cache, "dockhand", "bench"))
    folder.mkdir(parents=True, exist_ok=True)
    sizes = [int(size) for size in os.environ.get("BENCH_ROWS", "100000,2000000").split(",")]
    forms = os.environ.get("BENCH_FORMATS", "csv,csv.gz,ndjson,xml,memory").split(",")
    with tempfile.TemporaryDirectory(prefix="dockhand-bench-", dir=output_folder(folder)) as work:
        bench = Bench(sys.argv[1], folder, pathlib.Path(work))
        # First, since a process counts as its own what this one takes when it starts it, and comparing takes more.
        if "memory" in forms:
            bench.memory("without dedupe", "csv-without-dedupe", max(sizes), clean=False)
            bench.memory("unique keys", "csv", max(sizes), clean=True)
        for rows in sizes:
            for form in forms:
                if form != "memory":
                    bench.time(form, rows)
    stamp = datetime.datetime.now().strftime("%Y%m%d-%H%M%S")
    path = folder / f"results-{stamp}.json"
    path.write_text(json.dumps({"processors": len(os.sched_getaffinity(0)), "results": bench.results}, indent=1))
    print(f"\nall figures: {path}")
    if bench.missed:
        print("missed: " + "; ".join(bench.missed))
        sys.exit(1 if os.environ.get("BENCH_GATE") == "1" else 0)


main()
