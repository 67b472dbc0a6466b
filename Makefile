# `make` alone lists what there is.
SHELL := /usr/bin/env bash
.DEFAULT_GOAL := help
.PHONY: help setup build release demo test sim canaries lint fmt schema bench soak-budget thresholds
.PHONY: thresholds-accept fuzz clean kills dirty

BUILD ?= swift build -j 2
# With Swift's own libraries inside and, where there are archives of them, those in C, which starts faster and takes less
# memory than libraries that are loaded, and runs where they are not installed; without the names of all that is in them for
# others to find, which nobody does and every start looks through. The program itself is not moved at random in memory, as
# its stacks, heaps and what is loaded are: 160,000 pointers would have to be corrected at every start, a quarter of its
# time. Leave `-no-pie` out where that is wanted all the same.
RELEASE = scripts/static_libraries .build/static && $(BUILD) -c release --static-swift-stdlib \
	--pkg-config-path "$(CURDIR)/.build/static" -Xlinker -no-pie -Xlinker --no-export-dynamic

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Install missing system packages (libxml2, zlib, SQLite headers)
	@scripts/setup

build: setup ## Build everything, debug
	$(BUILD)

release: setup ## Build the dockhand binary, optimised
	$(RELEASE) --product dockhand

demo: build ## Move the sample CRM into a local Salesdock and show the balance
	@scripts/demo

test: setup ## Build and run every test
	$(BUILD) --build-tests
	swift test --skip-build
	python3 -m unittest discover -q -s scripts/expected -p 'test_*.py'
	python3 samples/generate.py --check

SEEDS ?= 1000
SEED ?= 1

sim: setup ## Simulate runs in worlds where everything goes wrong: SEEDS=1000 SEED=1
	$(RELEASE) --product dockhand-sim
	.build/release/dockhand-sim $(SEEDS) $(SEED)

canaries: build ## Break the protocol rule by rule; the simulation must notice (half an hour)
	scripts/canaries

kills: release ## Kill runs at random and at every sync, thousands of creates, faults on (half an hour)
	python3 scripts/kills/sync_kills.py
	python3 scripts/kills/random_kills.py

dirty: release ## Validate five million rows with a thousand planted errors; memory, places, size (10 minutes)
	scripts/dirty

lint: ## Check formatting, pipelines, documentation links
	@scripts/lint

fmt: ## Format the Swift sources
	swift format -i -r Package.swift Sources Tests

schema: build ## Write pipelines/pipeline.schema.json anew
	.build/debug/dockhand schema > pipelines/pipeline.schema.json

bench: release ## Time the dry run against DuckDB, Polars and others
	@scripts/bench

soak-budget: build ## Four processes on one token in real time, nine minutes: is the limit kept and used?
	scripts/soak_budget

thresholds: release ## Count the instructions of a dry run; fails when there are more than were accepted
	@scripts/thresholds

thresholds-accept: release ## Accept the counts of today
	@scripts/thresholds --accept

fuzz: setup ## Look for input that breaks the readers, with libFuzzer (FUZZ_SECONDS=60)
	@scripts/fuzz

clean: ## Remove build products and what the demo made
	rm -rf .build .build-fuzz demo out
