# Ward's targets. `make help` lists them.
GO      ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
FUZZ    ?= 5s

.PHONY: help assets demo demo-analyze build check test lint fuzz bench cover setup screenshots refresh-registry clean

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: build ## a simulated hospital in the browser; nothing real is needed, nothing is left behind
	./bin/ward demo

demo-analyze: build ## the main job on a small simulated ward in the terminal: capture in, worklist out
	./bin/ward simulate --force --out dist/demo
	./bin/ward analyze --feeds dist/demo/feeds --assets dist/demo/assets.csv dist/demo/ward.pcap

assets: ## the front-end files of web/ui/package-lock.json, from npm
	./scripts/assets

build: assets ## build bin/ward (static, no cgo)
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "-s -w -X main.version=$(VERSION)" -o bin/ward ./cmd/ward

check: assets lint ## the quick loop: format, vet, staticcheck, quick tests
	$(GO) test -short ./...

test: setup assets lint ## everything: installs what the tests need, then all tests, races and a short fuzz of each parser
	./scripts/test

lint:
	./scripts/lint

fuzz: ## fuzz every parser for FUZZ each (make fuzz FUZZ=1m)
	./scripts/fuzz $(FUZZ)

bench: build ## ratios to Suricata, nDPI, argus, tshark and cpe2cve in the same run
	./scripts/setup-bench
	$(GO) run ./bench

cover: ## coverage of the pure packages
	$(GO) test -short -coverprofile=cover.out ./... && $(GO) tool cover -func=cover.out | tail -1

setup: ## install what the tests need (Debian packages, Go modules, npm packages)
	./scripts/setup

screenshots: assets ## the pictures of docs/images, from the demonstration in a real browser
	./scripts/screenshots

refresh-registry: ## renew the IEEE registry from Debian's package ieee-data
	$(GO) generate ./asset/fingerprint

clean: ## remove what was built
	rm -rf bin dist cover.out
