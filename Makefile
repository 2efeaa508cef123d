# Recourse. `make` lists what can be made.
#
# Everything that is fetched or built stays inside this folder: .cache (Go's
# caches, build tools, npm), bin (the program), data (what a demo keeps). To use
# caches that are already there, export GOCACHE or GOMODCACHE.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.NOTPARALLEL:

CACHE := $(CURDIR)/.cache
TOOLS := $(CACHE)/bin

export GOCACHE ?= $(CACHE)/go-build
export GOMODCACHE ?= $(CACHE)/go-mod
# The settings of `go env -w` (a proxy, for instance) are read from where they
# are; Go's counters and everyone's caches go to this folder, not to the home.
export GOENV ?= $(or $(XDG_CONFIG_HOME),$(HOME)/.config)/go/env
export XDG_CONFIG_HOME := $(CACHE)/config
export XDG_CACHE_HOME := $(CACHE)/user
export GOPATH := $(CACHE)/go
export GOBIN := $(TOOLS)
export GOTOOLCHAIN := local
# -modcacherw: `rm -rf` can remove the module cache. -buildvcs=false: the same
# source gives the same program, whoever owns the folder.
export GOFLAGS := -mod=readonly -modcacherw -buildvcs=false
export GOWORK := off
export npm_config_cache := $(CACHE)/npm
export npm_config_update_notifier := false
export RECOURSE_NPM ?= $(CACHE)/npm-checks
export RECOURSE_AXE ?= $(CACHE)/npm-checks/node_modules/axe-core/axe.min.js

TESTFLAGS ?=
FUZZTIME ?= 30s
LONGFUZZTIME ?= 10m

# What `go build` makes each tool from; the versions are in tools/go.mod.
tool.sqlc := github.com/sqlc-dev/sqlc/cmd/sqlc
tool.templ := github.com/a-h/templ/cmd/templ
tool.staticcheck := honnef.co/go/tools/cmd/staticcheck
tool.govulncheck := golang.org/x/vuln/cmd/govulncheck
generators := $(TOOLS)/templ $(TOOLS)/sqlc
checkers := $(TOOLS)/staticcheck $(TOOLS)/govulncheck

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: build
build: ## build bin/recourse and bin/recourse-verify
	@scripts/prerequisites build
	@# While modules are fetched the first time, Go's own packages are compiled.
	@go list -deps ./cmd/recourse >/dev/null 2>&1 & CGO_ENABLED=0 go build -trimpath net/http html/template database/sql encoding/xml; wait
	CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o bin/ ./cmd/recourse ./cmd/recourse-verify

.PHONY: demo
demo: ## start a sandbox registry with made-up people in data/demo
	@scripts/prerequisites demo
	@$(MAKE) --no-print-directory build
	bin/recourse demo --data-dir data/demo

.PHONY: test
test: ## run all tests
	@scripts/prerequisites test
	@scripts/npm
	@# The longest first: begun last, it would run alone and leave a core idle.
	go test -timeout 28m $(TESTFLAGS) ./internal/test/browser ./cmd/recourse ./...

.PHONY: lint
lint: ## format, vet, static checks, generated code, modules, vulnerabilities
	@scripts/prerequisites lint
	@$(MAKE) -s $(generators) $(checkers)
	@scripts/lint

.PHONY: gen
gen: ## write generated code: pages, queries, schema.sql
	@scripts/prerequisites gen
	@$(MAKE) -s $(generators)
	@scripts/generate .
	go test ./internal/app -run '^TestSchemaDump$$' -count 1 -update

.PHONY: bench
bench: ## measure ours against bare PostgreSQL, write bench/results.json
	@scripts/prerequisites bench
	go run ./bench

.PHONY: screens
screens: ## look at every page in a browser, write its pictures to docs/screens
	@scripts/prerequisites test
	@scripts/npm
	RECOURSE_SCREENS=1 go test -timeout 20m -count 1 -run '^TestScreens$$' ./internal/test/browser

.PHONY: fuzz
fuzz: ## fuzz every parser, FUZZTIME each (30s)
	@scripts/prerequisites fuzz
	@scripts/fuzz $(FUZZTIME)

.PHONY: long
long: ## the slow checks: race detector, many rounds, a million rows, LONGFUZZTIME of fuzzing each (10m)
	@scripts/prerequisites long
	@scripts/npm
	@scripts/fuzz $(LONGFUZZTIME)
	RECOURSE_LONG=1 go test -timeout 6h -count 1 -v -run '^Test(Haul|Killed|Deliver_ofNewPersonsFromSixteen)' ./cmd/recourse ./internal/furnish/furnishpg
	RECOURSE_LONG=1 CGO_ENABLED=1 go test -race -timeout 6h -count 1 $(TESTFLAGS) ./...

.PHONY: clean
clean: ## remove what was fetched or built; data/ stays
	rm -rf bin .cache

.PHONY: tools
tools: $(generators) $(checkers)

# No tool needs a C compiler: without cgo sqlc brings its parser as WebAssembly.
$(TOOLS)/%: tools/go.mod tools/go.sum
	@echo "building $* (once)"
	@CGO_ENABLED=0 go build -C tools -trimpath -o $@ $(tool.$*)
	@touch $@
