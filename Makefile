# Everything runs under the Node of node_modules; the machine's own node and npm only install it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
INSTALLED := node_modules/.installed

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' Makefile

.PHONY: demo demo-down
demo: $(INSTALLED) ## cluster, chart, three sites and their cameras; prints the streams and leaves all running
	@node e2e/demo.ts up
demo-down: $(INSTALLED) ## take the demo and its cluster down without a trace
	@node e2e/demo.ts down

.PHONY: test check unit integration e2e
test: $(INSTALLED) ## every suite; ends with "N passed, N failed" and leaves no cluster
	@node tools/test.ts
check: $(INSTALLED) ## types, lint, import directions, generated files, docs
	@node tools/check.ts
unit: $(INSTALLED) ## tests of pure code
	@node tools/test.ts unit
integration: $(INSTALLED) ## tests against a real API server, MediaMTX and FFmpeg
	@node tools/test.ts integration
e2e: $(INSTALLED) ## tests on the local cluster, which they bring up and take down
	@node tools/test.ts e2e

.PHONY: generate
generate: $(INSTALLED) ## make the generated files anew: CRDs, manifests, API types
	@node tools/generate.ts

.PHONY: images cluster-up cluster-down kubeconfig tools
images: $(INSTALLED) ## build the images, and import them where the cluster is up
	@node e2e/cluster/cli.ts images
cluster-up: $(INSTALLED) ## bring up a three-node Kubernetes on this machine, or mend it
	@node e2e/cluster/cli.ts up
cluster-down: $(INSTALLED) ## take the cluster down without a trace
	@node e2e/cluster/cli.ts down
kubeconfig: $(INSTALLED) ## print the kubeconfig's path (with make -s)
	@node e2e/cluster/cli.ts kubeconfig
tools: $(INSTALLED) ## print the folder of kubectl, helm and the others (with make -s)
	@node e2e/cluster/cli.ts tools

.PHONY: bench-scale bench-merge bench-failover bench-compress
bench-scale: $(INSTALLED) ## 200 sites with 1,000 cameras: time to converge, memory, reconcile latency
	@node e2e/bench/scale.ts
bench-merge: $(INSTALLED) ## what joining two legs costs: CPU, delay, memory, beside MediaMTX and the least possible
	@node e2e/bench/merge.ts
bench-failover: $(INSTALLED) ## every fault on Cupola, a plain MediaMTX pair and HAProxy; goes on where it stopped
	@node e2e/bench/failover.ts $(BENCH)
bench-compress: $(INSTALLED) ## what renditions cost beside FFmpeg by hand, what workers' faults cost, a pool under a load
	@node e2e/bench/compress.ts $(BENCH)

# Not `npm ci`: it makes everything anew under programs that may be running from it, and wants packages of every
# platform in the lock file, which not every registry has. Versions and checksums are the lock file's either way.
$(INSTALLED): package-lock.json
	@command -v npm >/dev/null || { echo "installing Debian's nodejs and npm" >&2; \
	  apt-get update -qq >&2; DEBIAN_FRONTEND=noninteractive apt-get install -y -qq nodejs npm >&2; }
	@echo 'installing the npm packages' >&2
	@npm install --no-save --loglevel=error >&2
	@touch $@
