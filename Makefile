# 온집 · Onjip. `make demo` shows everything; `make help` lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON := .venv/bin/python
PYTEST := $(PYTHON) -m pytest
ONJIP  := $(PYTHON) -m onjip
N ?= 3
SEED ?= 1
ONLY ?=

.PHONY: help setup demo up test test-all lint types arrows bench chaos doctor clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 10

setup: ## .venv, pinned packages, web assets; Debian packages only where one is missing
	@scripts/setup

demo: setup ## two whole cases, from the first look to the registered title
	@$(ONJIP) demo

up: setup ## the site, the agencies, everything; Ctrl-C stops it
	@$(ONJIP) up

test: setup ## what must hold before a commit: nothing long, no browser
	@$(PYTEST) -m "not long and not browser" -n 2 --dist loadfile

test-all: setup ## everything; what runs the whole stack one after the other
	@$(PYTEST) -n 2 --dist loadfile --ignore tests/e2e
	@$(PYTEST) -n 1 tests/e2e

lint: setup ## ruff: rules and format
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .

types: setup ## mypy --strict
	@.venv/bin/mypy

arrows: setup ## imports point down only
	@.venv/bin/lint-imports

bench: setup ## every figure beside its bound, as table and out/bench.json (ONLY=law, draw or contract)
	@$(PYTHON) -m onjip.bench $(ONLY)

chaos: setup ## both cases while everything is killed at random, N times (SEED=1, and on)
	@$(PYTHON) -m onjip.demo.chaos $(N) --seed $(SEED)

doctor: ## what is missing or wrong on this machine
	@test -x $(PYTHON) || { echo "먼저 make setup · run make setup first" >&2; exit 1; }
	@$(ONJIP) doctor

clean: ## forget the local stack and every cache (not .venv, not node_modules)
	@scripts/clean
