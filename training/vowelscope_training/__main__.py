"""`python -m vowelscope_training …`: what the window and the command line start."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vowelscope.core.errors import UserError
from vowelscope_training.launch import follow_launcher, shared, told_to_launcher
from vowelscope_training.stopping import SIGNALS, PeerLost

if TYPE_CHECKING:
    from vowelscope_training.config import Config


def main(argv: list[str] | None = None) -> int:
    """Run one subcommand; 0 when it is done, 2 with one sentence when the user can mend it."""
    parser = argparse.ArgumentParser(prog="vowelscope_training")
    commands = parser.add_subparsers(dest="command", required=True)
    train = commands.add_parser("train", help="train as a preset says")
    train.add_argument("-o", "--out", type=Path, required=True)
    estimate = commands.add_parser("estimate", help="time some steps of a run and reckon it up")
    for command in (train, estimate):
        _add_choices(command)
    resume = commands.add_parser("resume", help="go on with a run from its last checkpoint")
    resume.add_argument("run", type=Path)
    for command in (train, resume):
        command.add_argument("--gpus")
    for command in (train, resume, estimate):
        command.add_argument("--processes", type=int)
    evaluate = commands.add_parser("evaluate", help="test a finished run, write its model folder")
    evaluate.add_argument("run", type=Path)
    evaluate.add_argument("-o", "--out", type=Path, help="model folder; by default RUN/model")
    evaluate.add_argument("--name", default="")
    evaluate.add_argument("--also", type=Path, action="append", default=[])
    evaluate.add_argument("--storage", choices=("float32", "float16", "int8"))
    _add_tools(commands)
    words = sys.argv[1:] if argv is None else argv
    options = parser.parse_args(words, argparse.Namespace(words=words))
    # As Ctrl-C does: what was begun is put away.
    for number in SIGNALS:
        signal.signal(number, signal.default_int_handler)
    follow_launcher()
    try:
        _COMMANDS[options.command](options)
    except KeyboardInterrupt:
        return 130
    except UserError as error:
        if not told_to_launcher(error):
            print(f"vowelscope: {error}", file=sys.stderr)
        return error.status if isinstance(error, PeerLost) else 2
    return 0


def _add_choices(command: argparse.ArgumentParser) -> None:
    """What a run is made of; given again, with the same folder, it goes on."""
    command.add_argument("corpus", type=Path)
    command.add_argument("--preset", default="vowels-8k")
    command.add_argument("--steps-scale", type=float, default=1.0)
    command.add_argument("--init", help="what to start from, in the place of the preset's start")
    command.add_argument("--batch", type=int)
    command.add_argument("--micro-batch", type=int)
    command.add_argument("--lr-scale", type=float, default=1.0)
    command.add_argument("--architecture")
    command.add_argument("--tensorboard", action=argparse.BooleanOptionalAction)


def _add_tools(commands: Any) -> None:
    """What the window asks before a run; answers are JSON events."""
    presets = commands.add_parser("presets", help="tell the presets, or check some files")
    presets.add_argument("files", type=Path, nargs="*")
    commands.add_parser("devices", help="tell processor and GPUs")
    corpus = commands.add_parser("corpus", help="tell what a corpus holds")
    corpus.add_argument("corpus", type=Path)
    build = commands.add_parser("build", help="build a corpus")
    build.add_argument("folders", type=Path, nargs="+")
    build.add_argument("-o", "--out", type=Path, required=True)
    build.add_argument("--classes", default="vowels5")
    build.add_argument("--split", default="utterance")
    build.add_argument("--seed", type=int, default=1)
    build.add_argument("--test", type=float, default=0.2)
    build.add_argument("--val", type=float, default=0.05)


def _config(options: argparse.Namespace) -> Config:
    from vowelscope_training.config import load_config

    return load_config(
        options.preset,
        options.steps_scale,
        options.init,
        options.batch,
        options.lr_scale,
        options.micro_batch,
        options.architecture,
        options.tensorboard,
    )


def _train(options: argparse.Namespace) -> None:
    if shared(options.words, options.out, options.processes, options.gpus):
        return
    from vowelscope_training.loop import train

    train(options.corpus, _config(options), options.out)


def _resume(options: argparse.Namespace) -> None:
    if shared(options.words, options.run, options.processes, options.gpus):
        return
    from vowelscope_training.config import load_run
    from vowelscope_training.loop import train

    config, corpus = load_run(options.run)
    train(corpus, config, options.run)


def _evaluate(options: argparse.Namespace) -> None:
    from vowelscope_training.config import load_run
    from vowelscope_training.stopping import only_here

    config, _ = load_run(options.run)
    with only_here(options.run):
        _evaluate_here(options, config)


def _evaluate_here(options: argparse.Namespace, config: Config) -> None:
    from vowelscope_training.events import Events
    from vowelscope_training.pack import pack, table, write_results
    from vowelscope_training.report import write_report

    out = options.out or options.run / "model"
    events = Events(options.run, printed=False)

    def say(line: str) -> None:
        print(line, file=sys.stderr)
        events.emit("evaluating", text=line)

    say("testing the network on the held-out part")
    results = pack(
        options.run,
        out,
        options.name or config.name,
        f"vowelscope train CORPUS --preset {config.name}{_other_network(config)} -o RUN; "
        "vowelscope evaluate RUN",
        tuple(options.also),
        options.storage,
        say=say,
    )
    write_results(options.run, results)
    card = json.loads((out / "model.json").read_text(encoding="utf-8"))
    say("writing the report")
    report = write_report(options.run, card, results)
    print(table(results))
    tested = [
        {"set": name, "tokens": sum(scores["counts"].values()), "accuracy": scores["accuracy"]}
        for name, scores in results["sets"].items()
        if "counts" in scores
    ]
    events.emit(
        "evaluated", model=str(out.absolute()), report=str(report.absolute()), tested=tested
    )
    print(f"report: {report}", file=sys.stderr)


def _other_network(config: Config) -> str:
    """The option that the run's command had if its network is not its preset's."""
    from vowelscope.core.errors import ConfigError
    from vowelscope_training.config import load_config

    try:
        preset = load_config(config.name)
    except ConfigError:
        return ""
    same = preset.architecture == config.architecture
    return "" if same else f" --architecture {config.architecture}"


def _estimate(options: argparse.Namespace) -> None:
    from vowelscope_training.estimate import estimate
    from vowelscope_training.tools import say

    found = estimate(
        options.corpus,
        _config(options),
        lambda done, total: say("estimate_progress", done=done, total=total),
        options.processes or 1,
    )
    say("estimate", **found)


def _presets(options: argparse.Namespace) -> None:
    from vowelscope_training.tools import tell_presets

    tell_presets(options.files)


def _devices(_options: argparse.Namespace) -> None:
    from vowelscope_training.tools import tell_devices

    tell_devices()


def _corpus(options: argparse.Namespace) -> None:
    from vowelscope_training.tools import tell_corpus

    tell_corpus(options.corpus)


def _build(options: argparse.Namespace) -> None:
    from vowelscope_training.tools import make_corpus

    make_corpus(options)


_COMMANDS = {
    "train": _train,
    "resume": _resume,
    "evaluate": _evaluate,
    "estimate": _estimate,
    "presets": _presets,
    "devices": _devices,
    "corpus": _corpus,
    "build": _build,
}


if __name__ == "__main__":
    sys.exit(main())
