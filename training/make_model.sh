#!/usr/bin/env bash
# The models in the box, from nothing, on a GPU: the prompts out of Debian's packages, aligned; synthetic
# speech; LJ Speech where it is; two corpora; training; test; the model folders.
#
#   training/make_model.sh WORK [LJSPEECH]
#
# WORK      a folder for everything on the way (about 2 GB); a broken run goes on where it stopped
# LJSPEECH  a folder with wavs/ and textgrids/ of LJ Speech, aligned by the Montreal Forced Aligner
# SCALE     times the steps of the presets: SCALE=0.001 is a trial
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
build() {  # class map, name
    "$vowelscope" corpus build "${@:3}" "$work/prompts" "$work/synth" -o "$work/$2.parquet" \
        --classes "$1" --train-only synth --test 0.2 --val 0.03 || [ $? -eq 1 ]  # 1: some were left out
    "$vowelscope" corpus build "$work/flite" --classes "$1" -o "$work/flite-$2.parquet" || [ $? -eq 1 ]
}
train() {  # corpus, preset, run, more options
    "$vowelscope" train "$work/$1.parquet" --preset "$2" --steps-scale "$scale" -o "$work/$3" "${@:4}"
}
model() {  # corpus, run, name
    "$vowelscope" evaluate "$work/$2" --name "$3" --also "$work/flite-$1.parquet" -o "$work/models/$3"
}
scale=${SCALE:-0.996}
build vowels5 vowels ${2:+"$2"}
build voicing voicing ${2:+"$2"}
train vowels vowels-8k-scratch run-8k
scale=${SCALE:-1} train vowels vowels-8k-dilated run-8k-dilated \
    --init "file:$work/run-8k/average.safetensors"
# Its maps follow a grid of their own; strided, the same weights give sound ones (decision 0021).
sed -i 's/"dilated": true/"dilated": false/' "$work/run-8k-dilated/run.json"
model vowels run-8k-dilated vowels5
train vowels vowels-4k-scratch run-4k
model vowels run-4k vowels5-4k
train voicing voicing-4k-scratch run-voicing
model voicing run-voicing voicing-4k
echo "The models are in $work/models; their cards have the results."
