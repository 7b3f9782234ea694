#!/bin/bash
# Get Debian packages: install them as root, else unpack them into a folder of ours.
#   scripts/debian_packages.sh FOLDER PACKAGE...
set -euo pipefail
folder=$1; shift
if ! command -v apt-get > /dev/null; then
    echo "This machine has no apt-get. Install by hand, on PATH: $*" >&2
    exit 1
fi
if [ "$(id -u)" = 0 ]; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends "$@" > /dev/null
    exit 0
fi
mkdir -p "$folder"/{lists/partial,archives/partial,files}
folder=$(cd "$folder" && pwd)
own=(-o "Dir::State::lists=$folder/lists" -o "Dir::Cache=$folder" -o "Dir::Cache::archives=$folder/archives"
    -o Debug::NoLocking=1 -o "APT::Sandbox::User=$(id -un)")
apt-get "${own[@]}" -qq update
names=$(apt-get "${own[@]}" -s --no-install-recommends install "$@" | awk '/^Inst /{print $2}')
# shellcheck disable=SC2086 # a list of names
(cd "$folder/archives" && apt-get "${own[@]}" -qq download $names)
for package in "$folder"/archives/*.deb; do dpkg -x "$package" "$folder/files"; done
