#!/usr/bin/env bash
# The Debian packages that vowelscope needs: installs what is missing as root or with sudo,
# otherwise names it and goes on.   Usage: system-packages.sh run|test
set -euo pipefail

run_packages=(
    libportaudio2 libasound2-plugins                      # playback
    libegl1 libgl1 libdbus-1-3 libglib2.0-0               # Qt
    libfontconfig1 libfreetype6 fonts-dejavu-core         # text, with the IPA
    libxkbcommon0 libxkbcommon-x11-0 libx11-xcb1          # Qt under X11
    libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0
    libxcb-render-util0 libxcb-shape0 libxcb-shm0 libxcb-sync1 libxcb-xfixes0 libxcb-xkb1
    libwayland-client0 libwayland-cursor0 libwayland-egl1 # Qt under Wayland
)
test_packages=(
    xvfb xauth xdotool openbox    # a screen without a screen, with keys and windows
    pulseaudio pulseaudio-utils   # a sound card without a sound card
    praat                         # the judge of every formant
    flite ffmpeg                  # speech with known labels; formats to read
)

case "${1:-}" in
    run) wanted=("${run_packages[@]}") ;;
    test) wanted=("${run_packages[@]}" "${test_packages[@]}") ;;
    *) echo "usage: $0 run|test" >&2; exit 2 ;;
esac

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    [ "$(uname -s)" = Linux ] || exit 0
    echo "Not a Debian machine. What these Debian packages hold must be there: ${wanted[*]}"
    exit 0
fi

installed() {
    # Debian 13 put "t64" after the names of some libraries. One unknown name makes dpkg-query fail.
    local states
    states=$(dpkg-query -W -f='${db:Status-Status}\n' "$1" "$1t64" 2>/dev/null) || true
    grep -qx installed <<<"$states"
}

missing=()
for package in "${wanted[@]}"; do
    installed "$package" || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
        as_root=(sudo)
    else
        echo "These packages are missing, and only root can install them; going on without:"
        echo "  apt-get install ${missing[*]}"
        exit 0
    fi
fi

echo "Installing ${missing[*]}"
apt() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get -q -y -o DPkg::Lock::Timeout=300 "$@" </dev/null
}
if ! { apt update && apt install --no-install-recommends "${missing[@]}"; } >/tmp/apt-$$.log 2>&1; then
    tail -n 5 /tmp/apt-$$.log
    echo "apt-get could not install all of: ${missing[*]} (going on without; log: /tmp/apt-$$.log)"
    exit 0
fi
rm -f /tmp/apt-$$.log
