#!/usr/bin/env bash
# The model in the box, from nothing: the prompts out of Debian's packages, aligned; synthetic
# speech; LJ Speech where it is; one corpus; training; test; the model folder.
#
#   training/make_model.sh WORK [LJSPEECH]
#
# WORK      a folder for everything on the way (about 2 GB); a broken run goes on where it stopped
# LJSPEECH  a folder with wavs/ and textgrids/ of LJ Speech, aligned by the Montreal Forced Aligner
# SCALE     times the steps of the preset: SCALE=0.01 is a trial of some minutes
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
work=${1:?"usage: training/make_model.sh WORK [LJSPEECH]"}
python=.venv/bin/python
vowelscope=.venv/bin/vowelscope
mkdir -p "$work"

[ -d "$work/prompts" ] || "$python" -m vowelscope_training.prepare_prompts -o "$work/prompts"
[ -d "$work/synth" ] || "$python" -m vowelscope_training.synthesise -o "$work/synth" --utterances 60
[ -d "$work/flite" ] || \
    "$python" -m vowelscope_training.synthesise -o "$work/flite" --utterances 10 --seed 99
"$vowelscope" corpus build ${2:+"$2"} "$work/prompts" "$work/synth" -o "$work/vowels.parquet" \
    --train-only synth --test 0.2 --val 0.03 || [ $? -eq 1 ]  # 1: some files were left out
"$vowelscope" corpus build "$work/flite" -o "$work/flite.parquet" || [ $? -eq 1 ]
"$vowelscope" train "$work/vowels.parquet" --preset vowels-8k --steps-scale "${SCALE:-1}" -o "$work/run"
"$vowelscope" evaluate "$work/run" --name vowels5 --also "$work/flite.parquet" -o "$work/model"
echo "The model is in $work/model; its card has the results."
