# Short names for ./build.sh, which does the work.
.PHONY: help build test run aot bench
help:
	@./build.sh --help
build:
	@./build.sh
test run aot bench:
	@./build.sh --$@
