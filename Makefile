SHELL := /bin/bash
SWIFT ?= swift
PREFIX ?= /usr/local
LINES ?= 200000
SWIFT_FILES := $(wildcard Package.swift Sources Tests Examples Benchmarks)
RIPOSTE := .build/release/riposte

.DEFAULT_GOAL := help
.PHONY: help demo build program release test docs format lint bench bench-latency bench-runs bench-embedding example record install clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: program ## build and run the demo: a recorded attack, answered
	$(RIPOSTE) demo

build: ## build everything for development
	@Scripts/bootstrap.sh build
	$(SWIFT) build

program:
	@Scripts/bootstrap.sh build
	$(SWIFT) build -c release --product riposte

release: program ## build the program and its helper, optimised: .build/release/riposte, riposte-helper
	$(SWIFT) build -c release --product riposte-helper

# Nothing is printed after `swift test`, so that its closing line is the last one. Not all at once: on a busy machine each
# would wait for all others, and those with a time limit beyond it.
test: ## build and run all tests
	@Scripts/bootstrap.sh build test
	$(SWIFT) build --build-tests
	@[ "$$(id -u)" -eq 0 ] || echo "Not root: the tests that make a network namespace (a real sshd under a real attack) or mount a file system (full disk, loss of power) are left out."
	$(SWIFT) test --skip-build --experimental-maximum-parallelization-width 16

docs: ## check the documentation of public symbols and make its pages: .build/docs/site
	@Scripts/bootstrap.sh build docs
	SWIFT="$(SWIFT)" Scripts/docs.sh

format: ## format the Swift files in place
	$(SWIFT) format --in-place --recursive --parallel $(SWIFT_FILES)

lint: ## check the format of the Swift files
	$(SWIFT) format lint --strict --recursive --parallel $(SWIFT_FILES)

bench: program ## measure Riposte and its peers on LINES=200000 lines of sshd log
	@Scripts/bootstrap.sh bench
	@mkdir -p .build/bench
	Benchmarks/gen_auth.py .build/bench/auth.log $(LINES)
	RIPOSTE="$(abspath $(RIPOSTE))" FOUND=.build/bench Benchmarks/peers.sh .build/bench/auth.log $(PEERS)

bench-latency: program ## measure from a line in a log to the kernel's firewall, beside the peers (root; 6 minutes)
	@Scripts/bootstrap.sh bench
	RIPOSTE="$(abspath $(RIPOSTE))" Benchmarks/latency.sh

bench-runs: ## measure durable runs a second, beside SQLite alone and DBOS (3 minutes)
	@Scripts/bootstrap.sh build bench
	Benchmarks/runs.sh .build/bench

bench-embedding: ## measure a Hummingbird server with and without the middlewares (3 minutes)
	@Scripts/bootstrap.sh build bench
	Benchmarks/embedding.sh

example: ## build the Hummingbird application that embeds Riposte, from its own package
	@Scripts/bootstrap.sh build
	$(SWIFT) build --package-path Examples/HummingbirdApp

record: ## record the demo's attack again: hydra against a real sshd (root)
	@Scripts/bootstrap.sh record
	Scripts/record-sshd-attack.sh

install: ## copy the program and its helper to PREFIX=/usr/local
	@[ -x $(RIPOSTE)-helper ] || $(MAKE) release
	install -D -m 755 $(RIPOSTE) $(DESTDIR)$(PREFIX)/bin/riposte
	install -D -m 755 $(RIPOSTE)-helper $(DESTDIR)$(PREFIX)/bin/riposte-helper

clean: ## remove what was built, and the demo's state
	rm -rf .build .riposte-demo
