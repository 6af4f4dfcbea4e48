# make                  the extension and the client hh-migrate
# make install          both, into the server that PG_CONFIG belongs to; DESTDIR is honoured
# make installcheck     pg_regress and isolation tests, on a running server
# make check            every test, on a private server
# make lint             layout and static analysis
# make valgrind         the regression tests under valgrind, on a private server
# make fuzz             a fuzz target for what reads migrations, for FUZZ_SECONDS (600); needs clang
# make clean

PG_CONFIG ?= pg_config
PARTS = extension migrate

all install clean: %: %-extension %-migrate

$(foreach part,$(PARTS),all-$(part) install-$(part) clean-$(part)):
	+$(MAKE) -C $(lastword $(subst -, ,$@)) $(firstword $(subst -, ,$@)) PG_CONFIG='$(PG_CONFIG)'

installcheck:
	+$(MAKE) -C extension installcheck PG_CONFIG='$(PG_CONFIG)'

check:
	tools/check

fuzz:
	+$(MAKE) -C migrate fuzz PG_CONFIG='$(PG_CONFIG)'

lint valgrind:
	tools/check $@

.PHONY: all install clean installcheck check fuzz lint valgrind \
	$(foreach part,$(PARTS),all-$(part) install-$(part) clean-$(part))
