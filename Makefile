# `make help` lists the targets. `make demo` and `make test` work on a fresh Debian 12 with git, make
# and the Swift toolchain, as root or with sudo.

PREFIX ?= /usr/local
DESTDIR ?=
SWIFT ?= swift

bin = $(DESTDIR)$(PREFIX)/bin
share = $(DESTDIR)$(PREFIX)/share
release = $(shell $(SWIFT) build -c release --show-bin-path)
swift_files = Package.swift Sources Tests

.PHONY: help demo test build install uninstall bench fuzz lint format check consumer clean setup
.DEFAULT_GOAL := help

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup:
	@scripts/setup.sh

demo: build ## build, then show the edges of a road, and how a small network sees a digit
	$(release)/vizcnn filter --sobel-x samples/lane.jpg
	$(release)/vizcnn activations samples/model.ckpt samples/digit.png
	$(release)/vizcnn kernels samples/model.ckpt

test: setup ## run the whole test suite
	@scripts/test.sh

build: setup ## build the command in release mode
	$(SWIFT) build -c release --product vizcnn

install: build ## install under PREFIX (/usr/local), below DESTDIR
	install -d '$(bin)' '$(share)/man/man1' '$(share)/doc/vizcnn' \
	  '$(share)/bash-completion/completions' '$(share)/zsh/site-functions' \
	  '$(share)/fish/vendor_completions.d'
	install -m 755 '$(release)/vizcnn' '$(bin)/vizcnn'
	for page in Documentation/man/*.1; do \
	  test ! -e "$$page" || install -m 644 "$$page" '$(share)/man/man1/'; \
	done
	for page in LICENSE README.md CHANGELOG.md; do \
	  test ! -e "$$page" || install -m 644 "$$page" '$(share)/doc/vizcnn/'; \
	done
	'$(release)/vizcnn' --generate-completion-script bash \
	  > '$(share)/bash-completion/completions/vizcnn'
	'$(release)/vizcnn' --generate-completion-script zsh > '$(share)/zsh/site-functions/_vizcnn'
	'$(release)/vizcnn' --generate-completion-script fish \
	  > '$(share)/fish/vendor_completions.d/vizcnn.fish'

uninstall: ## remove what install put there
	rm -f '$(bin)/vizcnn' '$(share)/bash-completion/completions/vizcnn' \
	  '$(share)/zsh/site-functions/_vizcnn' '$(share)/fish/vendor_completions.d/vizcnn.fish'
	rm -f '$(share)'/man/man1/vizcnn.1 '$(share)'/man/man1/vizcnn-*.1
	rm -rf '$(share)/doc/vizcnn'

bench: setup ## time the engine against OpenCV in one process
	$(SWIFT) run -c release VizBench

TARGET ?=
RUNS ?= 10000

fuzz: setup ## feed TARGET (as listed in CONTRIBUTING.md) with RUNS (10000) inputs of libFuzzer
	RUNS=$(RUNS) scripts/fuzz.sh $(TARGET)

lint: ## check the format of all Swift files
	$(SWIFT) format lint --strict -p -r $(swift_files)

format: ## bring all Swift files into the format
	$(SWIFT) format -i -p -r $(swift_files)

check: build ## check imports, the commands of the documentation, and that no AVX code leaks
	scripts/check-layering.sh
	scripts/check-readme.sh $(release)/vizcnn
	scripts/check-weak-symbols.sh release

consumer: setup ## build and run a package that depends on the last commit
	scripts/check-consumer.sh

clean: ## remove all that was built
	rm -rf .build
