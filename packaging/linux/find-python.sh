#!/usr/bin/env bash
# Prints a Python 3.11-3.13 that can make a virtual environment. On Debian, as root or with sudo,
# installs what it lacks.
set -euo pipefail

fits() { # of an age that suits
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null
}
makes_environments() { "$1" -c 'import venv, ensurepip' 2>/dev/null; }

search() {
    for name in ${PYTHON:-} python3 python3.13 python3.12 python3.11 /usr/bin/python3; do
        path=$(command -v "$name" 2>/dev/null) || continue
        fits "$path" || continue
        makes_environments "$path" && { echo "$path"; return 0; }
    done
    return 1
}

search && exit 0

if command -v apt-get >/dev/null; then
    as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        as_root=(sudo)
        [ -t 0 ] || as_root=(sudo -n)
    fi
    echo "Installing python3 and python3-venv" >&2
    {
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y update &&
            "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
                -o DPkg::Lock::Timeout=300 install --no-install-recommends python3 python3-venv
    } </dev/null >&2 || true
    search && exit 0
fi
echo "No Python 3.11, 3.12 or 3.13 with venv was found. On Debian: apt-get install python3-venv;" \
    "elsewhere name one, as in: make run PYTHON=/path/to/python3.12" >&2
exit 1
