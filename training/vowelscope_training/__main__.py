"""`python -m vowelscope_training train|finish`: what the window and the command line start."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from vowelscope.core.errors import UserError


def main(argv: list[str] | None = None) -> int:
    """Run one subcommand; 0 when it is done, 2 with one sentence when the user can mend it."""
    parser = argparse.ArgumentParser(prog="vowelscope_training")
    commands = parser.add_subparsers(dest="command", required=True)
    train = commands.add_parser("train", help="train as a preset says")
    train.add_argument("corpus", type=Path)
    train.add_argument("--preset", default="vowels-8k")
    train.add_argument("-o", "--out", type=Path, required=True)
    train.add_argument("--steps-scale", type=float, default=1.0)
    train.add_argument("--init", help="what to start from, in the place of the preset's start")
    evaluate = commands.add_parser("evaluate", help="test a finished run, write its model folder")
    evaluate.add_argument("run", type=Path)
    evaluate.add_argument("-o", "--out", type=Path, help="model folder; by default RUN/model")
    evaluate.add_argument("--name", default="")
    evaluate.add_argument("--also", type=Path, action="append", default=[])
    evaluate.add_argument("--storage", choices=("float32", "float16", "int8"))
    options = parser.parse_args(argv)
    try:
        if options.command == "train":
            _train(options)
        else:
            _evaluate(options)
    except UserError as error:
        print(f"vowelscope: {error}", file=sys.stderr)
        return 2
    return 0


def _train(options: argparse.Namespace) -> None:
    from vowelscope_training.config import load_config
    from vowelscope_training.loop import train

    config = load_config(options.preset, options.steps_scale, options.init)
    train(options.corpus, config, options.out)


def _evaluate(options: argparse.Namespace) -> None:
    from vowelscope_training.config import load_run
    from vowelscope_training.pack import pack, table, write_results
    from vowelscope_training.report import write_report

    config, _ = load_run(options.run)
    out = options.out or options.run / "model"
    results = pack(
        options.run,
        out,
        options.name or config.name,
        f"vowelscope train CORPUS --preset {config.name} -o RUN; vowelscope evaluate RUN",
        tuple(options.also),
        options.storage,
        say=lambda line: print(line, file=sys.stderr),
    )
    write_results(options.run, results)
    card = json.loads((out / "model.json").read_text(encoding="utf-8"))
    report = write_report(options.run, card, results)
    print(table(results))
    print(f"report: {report}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
