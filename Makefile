# make                  the extension and the client hh-migrate
# make install          both, into the server that PG_CONFIG belongs to; DESTDIR is honoured
# make installcheck     pg_regress and isolation tests, on a running server
# make check            every test, on a private server
# make lint             layout and static analysis
# make valgrind         the regression tests under valgrind, on a private server
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

lint valgrind:
	tools/check $@

.PHONY: all install clean installcheck check lint valgrind \
	$(foreach part,$(PARTS),all-$(part) install-$(part) clean-$(part))
