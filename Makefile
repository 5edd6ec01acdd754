# Two commands: `make run` and `make test`. `make` alone lists the rest.

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)

.PHONY: help run build test test-full bench bench-full clean format generate fmt vet lint generated unit race browser stories

help: ## list these
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: build ## build, and serve on http://127.0.0.1:8080 with demo data under ./var
	@exec ./bin/entregent serve --demo

build: ## build one static binary, ./bin/entregent
	@CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '$(LDFLAGS)' -o bin/entregent ./cmd/entregent

test: ## get what the tests need, then run every part below (at most 15 minutes)
	@scripts/test

test-full: ## the same, long: browser on both engines, long races, faults (at most 60 minutes)
	@ENTREGENT_TEST_FULL=1 scripts/test

fmt vet lint generated unit race browser stories:
	@scripts/test $@

fmt: ## part: Go and templ files are formatted (make format mends)
vet: ## part: go vet
lint: ## part: staticcheck
generated: ## part: generated files are fresh (make generate mends)
unit: ## part: rules, rooms and faces, on SQLite and PostgreSQL (PKG=./internal/contact/... RUN=TestCreate narrow it)
race: ## part: the concurrent packages under the race detector
browser: ## part: screens in Chromium, with axe-core
stories: ## part: the binary from outside

bench: ## measure the product beside its peer (at most 10 minutes; scripts/bench says more; results under ./var/bench)
	@scripts/bench

bench-full: ## the same with 1,000,000 contacts (25 minutes; the first time it fills the base: make it with scripts/bench fill)
	@BENCH_FULL=1 scripts/bench

format: ## format Go and templ files
	@scripts/format

generate: ## write the generated files anew
	@scripts/generate

clean: ## remove what was built and what tests left; ./var stays
	rm -rf bin test/artifacts test/browser/node_modules
