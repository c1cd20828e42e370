#!/bin/sh
# Proves the CUDA path on this machine, in one command: bench, then the comparison with transformers, then GPU tests.
#
#   benchmarks/gpu.sh [OPTION ...] [FOLDER]      FOLDER gets the results: $OUT or gpu-results unless named
#
#   --models tiny,base,large     which of the published networks, as seeded stand-ins; fathom-nano always
#   --precisions fp16,fp32       for bench; the comparison takes the first
#   --seconds 2                  how long bench times each case
#   --rounds 50                  how often the comparison times each network
#   --device cuda                cpu tries the script itself out where there is no GPU
#
# Needs a python3 (or .venv, or what FATHOM_PYTHON names) with torch, numpy, safetensors, OpenCV, platformdirs, tqdm,
# transformers, pytest and pytest-timeout, and ../shared/reference; no Qt, no PyAV, no network. The figures come
# first, as every size is tuned anew and the tests have many. A step that fails does not stop the next. Exit code:
# how many failed.
set -u

models=tiny,base,large precisions=fp16,fp32 seconds=2 rounds=50 device=cuda folder=
while [ $# -gt 0 ]; do
    case $1 in
        --models | --precisions | --seconds | --rounds | --device)
            [ $# -ge 2 ] || { echo "gpu.sh: $1 needs a value" >&2; exit 64; }
            eval "${1#--}=\$2"
            shift 2
            ;;
        -*) echo "gpu.sh: no option $1; the first lines of this file tell which there are" >&2; exit 64 ;;
        *) folder=$1; shift ;;
    esac
done

here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
folder=${folder:-${OUT:-$here/gpu-results}}
mkdir -p "$folder" && folder=$(CDPATH='' cd -- "$folder" && pwd -P) || exit 73
work=$(mktemp -d) || exit 73
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM
cd "$here" || exit 66

if [ -n "${FATHOM_PYTHON:-}" ]; then
    python=$FATHOM_PYTHON
elif [ -x .venv/bin/python ]; then
    python=.venv/bin/python
else
    python=python3
fi
export FATHOM_HOME="$work/home" PYTHONUNBUFFERED=1
reference=$here/../shared/reference
log=$folder/log.txt
: >"$log"
failed=0

# step NAME COMMAND ...: runs it, shows what it says and keeps it, counts it where it fails.
step() {
    name=$1
    shift
    printf '\n== %s\n' "$name" | tee -a "$log"
    { "$@" 2>&1 </dev/null; echo $? >"$work/code"; } | tee -a "$log"
    [ "$(cat "$work/code")" = 0 ] && return
    failed=$((failed + 1))
    printf '== %s FAILED with %s\n' "$name" "$(cat "$work/code")" | tee -a "$log"
}

# What is missing, in a line; without it nothing else would run.
look_round() {
    [ -f "$reference/make_checkpoint.py" ] || { echo "$reference/make_checkpoint.py is not there: it makes the stand-ins"; return 1; }
    "$python" - "$device" <<'PYTHON'
import importlib.util as find
import sys

packages = "torch numpy safetensors cv2 platformdirs tqdm transformers pytest pytest_timeout"
missing = [name for name in packages.split() if find.find_spec(name) is None]
if missing:
    sys.exit(f"{sys.executable} lacks {', '.join(missing)}: python3 -m pip install what it lacks (cv2: opencv-python)")
import torch

if sys.argv[1].startswith("cuda") and not torch.cuda.is_available():
    sys.exit(f"torch {torch.__version__} finds no CUDA device here (try --device cpu to try the script out)")
PYTHON
}

about_machine() {
    if command -v nvidia-smi >/dev/null; then
        nvidia-smi --query-gpu=name,driver_version,memory.total,clocks.max.sm --format=csv,noheader
    fi
    "$python" -c '
from core.bench import machine
print(*(f"{name}: {value}" for name, value in machine().items()), sep="\n")'
    git log -1 --format='commit: %h %cs' 2>/dev/null || true
}

gpu_tests() {
    # By file: others need what a bare machine lacks already to be collected.
    # shellcheck disable=SC2046 # the names hold no blanks
    "$python" -m pytest -m gpu -W default -q -rs --durations=5 $(grep -rl --include='test_*.py' 'mark\.gpu' tests)
}

# bench SIDE MODEL,...: at one training size; the two share nothing, so one that fails costs the other nothing.
bench() {
    "$python" main.py bench --sizes "$1" --models "$2" --precisions "$precisions" --devices "$device" \
        --seconds "$seconds" --json "$folder/bench-$1.json" --chart "$folder/bench-$1.png"
}

stand_in() {
    "$python" "$reference/make_checkpoint.py" "midas_swin2_$1" --seed 7 \
        --out "$work/swin2-$(echo "$1" | tr _ -).pt"
}

compare() {
    "$python" benchmarks/against_transformers.py --models "$models" --precisions "${precisions%%,*}" \
        --device "$device" --rounds "$rounds" --json "$folder/comparison.json"
}

step 'what is needed' look_round
[ $failed = 0 ] || exit 69
step 'the machine' about_machine
small=fathom-nano large=
for model in $(echo "$models" | tr , ' '); do
    case $model in
        tiny) layout=tiny_256 && small=$small,$work/swin2-tiny-256.pt ;;
        base | large) layout=${model}_384 && large=$large,$work/swin2-$model-384.pt ;;
        *) echo "gpu.sh: --models must be among tiny, base, large, got $model" >&2; exit 64 ;;
    esac
    step "a stand-in for $layout" stand_in "$layout"
done
step 'bench at 256 px' bench 256 "$small"
[ -z "$large" ] || step 'bench at 384 px' bench 384 "${large#,}"
rm -f "$work"/*.pt # large's takes 0.9 GB, and the comparison makes its own
step 'against transformers' compare
step 'wanted and got' "$python" benchmarks/gpu_summary.py "$folder"
step 'GPU tests' gpu_tests
printf '\n%s step(s) failed; results in %s\n' "$failed" "$folder" | tee -a "$log"
exit "$failed"
