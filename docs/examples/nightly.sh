#!/bin/sh
# One night: fetch, read, verify. nightly.sh [FOLDER]: it has sources.toml, and gets downloads, data and log.
# What goes wrong is a line each on stderr, which cron sends by mail and systemd keeps in its journal.
set -u
cd "${1:-/srv/budgets}" || exit 4
mkdir -p log || exit 4

extractor fetch sources.toml --into downloads > log/fetch.txt
fetched=$?
[ "$fetched" -le 1 ] || exit "$fetched" # 1: some of it could not be fetched; the rest is there

extractor run downloads --out data --only-new --log-json log/extractor.jsonl --metrics log/extractor.prom > log/run.txt
ran=$?
[ "$ran" -le 1 ] || exit "$ran" # 1: some documents of this night could not be read; the others are there

extractor verify data > log/verify.txt || exit
extractor status data > log/status.txt || exit
extractor check data --json > log/check.json || exit
exit $((fetched | ran))
