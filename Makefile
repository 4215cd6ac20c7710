# Short names for ./build.sh, which does the work, and for loading a dictionary into TO=URL, else $DATABASE_URL, else words.db.
BINARY ?= dist/health_ingestion
SOURCE ?= kaikki
FILE ?= data/sources/$(SOURCE)
FORMAT ?= jsonl
TO ?= $(if $(DATABASE_URL),,sqlite:words.db)
target = $(if $(TO),--to $(TO))

.PHONY: help build test run aot bench ingest ingest-fast reprocess
help:
	@./build.sh --help
	@echo
	@echo 'make ingest        load the dictionary FILE=PATH SOURCE=ID FORMAT=jsonl|json into TO=URL, 4 workers'
	@echo 'make ingest-fast   the same with 8 workers and larger batches'
	@echo 'make reprocess     clean the stored records of SOURCE=ID again'
	@echo 'TO is $$DATABASE_URL, else sqlite:words.db, if it is not given.'
build:
	@./build.sh
test run aot bench:
	@./build.sh --$@
ingest:
	$(BINARY) ingest --source $(SOURCE) --file $(FILE) --format $(FORMAT) $(target) --workers 4
ingest-fast:
	$(BINARY) ingest --source $(SOURCE) --file $(FILE) --format $(FORMAT) $(target) --workers 8 --load-batch 20000 --clean-batch 10000 --write-batch 20000
reprocess:
	$(BINARY) reprocess --source $(SOURCE) $(target)
