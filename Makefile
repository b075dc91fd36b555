# certdrop. `make` builds build/certdrop; `make help` lists the rest.
#
#   make                  the plain build, in build/
#   make SANITIZE=1       with ASan and UBSan, in build-asan/
#   make VARIANT=hooks    with test hooks, in build/hooks/
#   make VARIANT=valgrind with test hooks and without the jail, in build/valgrind/
#
# V=1 shows whole commands. CC, CFLAGS, CPPFLAGS, LDFLAGS, PREFIX and DESTDIR
# may be set as usual.

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
DATADIR ?= $(PREFIX)/share/certdrop
DOCDIR ?= $(PREFIX)/share/doc/certdrop
UNITDIR ?= $(PREFIX)/lib/systemd/system
SYSUSERSDIR ?= $(PREFIX)/lib/sysusers.d
MANDIR ?= $(PREFIX)/share/man
BASHDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHDIR ?= $(PREFIX)/share/zsh/site-functions

PKG_CONFIG ?= pkg-config
GLIB_COMPILE_RESOURCES ?= glib-compile-resources
CFLAGS ?= -O2 -g

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

# ---- Variants ---------------------------------------------------------------

ifdef SANITIZE
VARIANT := asan
endif
VARIANT ?= plain

BUILD_plain := build
BUILD_asan := build-asan
BUILD_hooks := build/hooks
BUILD_valgrind := build/valgrind
BUILD := $(BUILD_$(VARIANT))
ifeq ($(BUILD),)
$(error VARIANT=$(VARIANT) is not known: plain, asan, hooks or valgrind)
endif

fortify := -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3
sanitizers := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

variant_cppflags_plain := $(fortify)
variant_cppflags_asan := -DCERTDROP_SANITIZED
variant_cppflags_hooks := $(fortify) -DCERTDROP_TEST_HOOKS
variant_cppflags_valgrind := -DCERTDROP_TEST_HOOKS -DCERTDROP_NO_SECCOMP
# What instrumented code hides from the compiler's eye is no warning.
variant_cflags_asan := $(sanitizers) -Wno-maybe-uninitialized
variant_ldflags_asan := $(sanitizers)

# ---- Libraries --------------------------------------------------------------

# Each with the Debian package that brings it.
packages := libssl libcrypto libxml-2.0 libarchive libcmark sqlite3 glib-2.0 gio-2.0 gio-unix-2.0 \
  libidn2 libpsl libseccomp zlib gmime-3.0 json-glib-1.0 libical
debian_libssl := libssl-dev
debian_libcrypto := libssl-dev
debian_libxml-2.0 := libxml2-dev
debian_libarchive := libarchive-dev
debian_libcmark := libcmark-dev
debian_sqlite3 := libsqlite3-dev
debian_glib-2.0 := libglib2.0-dev
debian_gio-2.0 := libglib2.0-dev
debian_gio-unix-2.0 := libglib2.0-dev
debian_libidn2 := libidn2-dev
debian_libpsl := libpsl-dev
debian_libseccomp := libseccomp-dev
debian_zlib := zlib1g-dev
debian_gmime-3.0 := libgmime-3.0-dev
debian_json-glib-1.0 := libjson-glib-dev
debian_libical := libical-dev

# These run other makes, or need no library.
without_libraries := clean deb demo check lint bench format help install-packages
goals := $(if $(MAKECMDGOALS),$(filter-out $(without_libraries),$(MAKECMDGOALS)),all)

ifneq ($(goals),)
ifeq ($(shell command -v $(PKG_CONFIG)),)
$(error $(PKG_CONFIG) is missing: apt-get install pkg-config)
endif
missing := $(foreach p,$(packages),$(if $(shell $(PKG_CONFIG) --exists $(p) || echo no),$(p)))
ifneq ($(strip $(missing)),)
$(error missing $(strip $(missing)): apt-get install $(sort $(foreach p,$(missing),$(debian_$(p)))))
endif
# libcsv has no file for pkg-config.
ifeq ($(shell printf '\043include <csv.h>' | $(CC) $(CPPFLAGS) -E -x c - >/dev/null 2>&1 && echo yes),)
$(error missing libcsv: apt-get install libcsv-dev)
endif
ifneq ($(shell $(PKG_CONFIG) --exists 'libcrypto >= 3.0' 'glib-2.0 >= 2.74' || echo no),)
$(error OpenSSL 3.0 and GLib 2.74 or later are needed)
endif
ifeq ($(shell command -v $(GLIB_COMPILE_RESOURCES)),)
$(error $(GLIB_COMPILE_RESOURCES) is missing: apt-get install libglib2.0-dev-bin)
endif
package_cflags := $(shell $(PKG_CONFIG) --cflags $(packages))
package_libs := $(shell $(PKG_CONFIG) --libs $(packages)) -lcsv
endif

# ---- Flags ------------------------------------------------------------------

warnings := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
  -Wold-style-definition -Wformat=2 -Wvla -Wpointer-arith -Wwrite-strings -Wundef -Wcast-align \
  -Wlogical-op -Wduplicated-cond -Wduplicated-branches -Wjump-misses-init -Wdate-time \
  -Wimplicit-fallthrough
hardening := -fstack-protector-strong -fstack-clash-protection -fPIE -fvisibility=hidden
ifneq ($(filter x86_64-% i%86-%,$(shell $(CC) -dumpmachine)),)
hardening += -fcf-protection
endif

all_cppflags := -Isrc -D_GNU_SOURCE \
  -DOPENSSL_NO_DEPRECATED -DOPENSSL_API_COMPAT=30000 \
  -DGLIB_VERSION_MIN_REQUIRED=GLIB_VERSION_2_74 -DGLIB_VERSION_MAX_ALLOWED=GLIB_VERSION_2_74 \
  -DG_LOG_DOMAIN='"certdrop"' $(variant_cppflags_$(VARIANT)) $(package_cflags) $(CPPFLAGS)
all_cflags := -std=gnu17 $(warnings) $(hardening) $(variant_cflags_$(VARIANT)) $(CFLAGS)
all_ldflags := -pie -Wl,-z,relro,-z,now -Wl,-z,noexecstack -Wl,--as-needed \
  $(variant_ldflags_$(VARIANT)) $(LDFLAGS)

ifdef V
say = @:
run :=
else
say = @printf '  %-5s %s\n'
run := @
endif

# ---- What is built from what ------------------------------------------------

sources := $(sort $(shell find src -name '*.c' ! -path 'src/manual/*'))
objects := $(sources:src/%.c=$(BUILD)/obj/%.o)
library := $(BUILD)/libcertdrop.a
manifest := src/certdrop.gresource.xml
resources := $(BUILD)/generated/resources
# The manual pages; their elements come from the schemas, by a program that is run here.
pages := $(patsubst src/manual/%,$(BUILD)/manual/%,$(sort $(wildcard src/manual/*.[1-8])))
page_maker := $(BUILD)/make-page
page_objects := $(patsubst src/%.c,$(BUILD)/obj/%.o,$(sort $(wildcard src/manual/*.c)))
unit_tests := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(sort $(wildcard tests/unit/*.c)))

.PHONY: all unit manual print-flags install uninstall deb demo check lint bench format clean help install-packages FORCE
all: $(BUILD)/certdrop $(if $(filter plain,$(VARIANT)),$(pages))
unit: $(unit_tests)
manual: $(pages)
# For the static analysers.
print-flags:
	$(info -std=gnu17 $(all_cppflags))@:

# A stamp keeps a list; what depends on it is made anew when the list changes.
# It is compared while this file is read, so that a second make does nothing.
stamp_flags := $(CC) $(all_cppflags) $(all_cflags) $(all_ldflags) $(package_libs)
stamp_sources := $(sources)
define stamp
ifneq ($$(stamp_$(1)),$$(file <$(BUILD)/stamp-$(1)))
$(BUILD)/stamp-$(1): FORCE
endif
$(BUILD)/stamp-$(1):
	@$$(shell mkdir -p $$(@D))$$(file >$$@,$$(stamp_$(1)))
endef
ifneq ($(goals),)
$(foreach list,flags sources,$(eval $(call stamp,$(list))))
endif

# Of the objects themselves: from an archive, one of two functions of one name would
# silently win.
$(BUILD)/certdrop: $(objects) $(resources).o $(BUILD)/stamp-sources $(BUILD)/stamp-flags
	$(say) LINK $@
	$(run)$(CC) $(all_cflags) $(all_ldflags) -o $@ $(filter %.o,$^) $(package_libs)

$(library): $(filter-out $(BUILD)/obj/main.o,$(objects)) $(BUILD)/stamp-sources
	$(say) AR $@
	$(run)rm -f $@ && ar rcs $@ $(filter %.o,$^)

$(page_maker): $(page_objects) $(library) $(resources).o $(BUILD)/stamp-flags
	$(say) LINK $@
	$(run)$(CC) $(all_cflags) $(all_ldflags) -o $@ $(page_objects) $(library) $(resources).o \
	  $(package_libs)

$(BUILD)/manual/%: src/manual/% $(page_maker)
	$(say) PAGE $*
	@mkdir -p $(@D)
	$(run)$(page_maker) $< >$@

$(BUILD)/obj/%.o: src/%.c $(BUILD)/stamp-flags
	$(say) CC $*.c
	@mkdir -p $(@D)
	$(run)$(CC) $(all_cppflags) $(all_cflags) -MMD -MP -c -o $@ $<

$(BUILD)/tests/%: tests/unit/%.c $(library) $(resources).o $(BUILD)/stamp-flags
	$(say) TEST $*
	@mkdir -p $(@D)
	$(run)$(CC) $(all_cppflags) $(all_cflags) -MMD -MP $(all_ldflags) -o $@ $< $(library) \
	  $(resources).o $(package_libs)

# Schemas, templates and the pages' style sheet are compiled in.
$(resources).c: $(manifest)
	$(say) RES $@
	@mkdir -p $(@D)
	$(run)$(GLIB_COMPILE_RESOURCES) --sourcedir=. --internal --c-name certdrop --generate-source \
	  --target=$@ $<
	$(run)$(GLIB_COMPILE_RESOURCES) --generate-dependencies --sourcedir=. $< | \
	  sed 's|.*|$@: &\n&:|' >$(@:.c=.d)

$(resources).o: $(resources).c $(BUILD)/stamp-flags
	$(run)$(CC) $(all_cppflags) $(filter-out $(warnings),$(all_cflags)) -c -o $@ $<

ifneq ($(goals),)
-include $(objects:.o=.d) $(page_objects:.o=.d) $(unit_tests:=.d) $(resources).d
endif

# ---- Installation -----------------------------------------------------------

units := $(wildcard src/commands/systemd/*.service src/commands/systemd/*.timer)

# Modes are said, so that they are the same under every umask.
install: all $(pages)
	install -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(DATADIR)/schemas $(DESTDIR)$(DATADIR)/templates \
	  $(DESTDIR)$(DOCDIR) $(DESTDIR)$(UNITDIR)
	install -m 755 $(BUILD)/certdrop $(DESTDIR)$(BINDIR)/certdrop
	install -m 644 $(wildcard schemas/*) $(DESTDIR)$(DATADIR)/schemas
	install -m 644 $(wildcard src/commands/templates/*.xml) $(DESTDIR)$(DATADIR)/templates
	cd inbox/examples && find . -type f ! -name drop.sh \
	  -exec install -D -m 644 '{}' $(abspath $(DESTDIR)$(DATADIR))/examples/'{}' ';'
	install -m 755 inbox/examples/drop.sh $(DESTDIR)$(DATADIR)/examples
	install -m 644 README.md LICENSE $(DESTDIR)$(DOCDIR)
	$(foreach page,$(pages),install -D -m 644 $(page) \
	  $(DESTDIR)$(MANDIR)/man$(patsubst .%,%,$(suffix $(page)))/$(notdir $(page)) && ):
	install -D -m 644 src/commands/completion/certdrop.bash $(DESTDIR)$(BASHDIR)/certdrop
	install -D -m 644 src/commands/completion/certdrop.zsh $(DESTDIR)$(ZSHDIR)/_certdrop
	install -D -m 644 src/commands/systemd/sysusers.conf $(DESTDIR)$(SYSUSERSDIR)/certdrop.conf
	$(foreach unit,$(units),sed 's|@BINDIR@|$(BINDIR)|g; s|@DOCDIR@|$(DOCDIR)|g' $(unit) \
	  >$(BUILD)/$(notdir $(unit)) && \
	  install -m 644 $(BUILD)/$(notdir $(unit)) $(DESTDIR)$(UNITDIR) && ):

uninstall:
	rm -f $(DESTDIR)$(BINDIR)/certdrop $(DESTDIR)$(BASHDIR)/certdrop $(DESTDIR)$(ZSHDIR)/_certdrop \
	  $(DESTDIR)$(SYSUSERSDIR)/certdrop.conf $(foreach unit,$(units),$(DESTDIR)$(UNITDIR)/$(notdir $(unit)))
	rm -f $(foreach page,$(pages),$(DESTDIR)$(MANDIR)/man$(patsubst .%,%,$(suffix $(page)))/$(notdir $(page)))
	rm -rf $(DESTDIR)$(DATADIR) $(DESTDIR)$(DOCDIR)

# ---- Debian package ---------------------------------------------------------

# In a copy of the sources, for the folder here may be an instance at work. `debian/` alone
# is what other ways of packaging need.
deb_folder := build/deb
deb_sources := Makefile README.md LICENSE debian src schemas inbox/README.md inbox/examples \
  outbox/README.md reports/README.md tests/tools/install-packages.sh

deb:
	@tests/tools/install-packages.sh deb
	rm -rf $(deb_folder) && mkdir -p $(deb_folder)/certdrop
	cp -a --parents $(deb_sources) $(deb_folder)/certdrop
	cd $(deb_folder)/certdrop && dpkg-buildpackage --build=binary --no-sign --jobs=auto
	@ls $(deb_folder)/*.deb

# ---- Everything else is a script in tests/ ----------------------------------

demo:
	@tests/tools/demo.sh

check:
	@tests/check.sh

lint:
	@tests/tools/lint.sh

bench:
	@tests/bench/run.sh

format:
	clang-format -i $(shell find src tests/unit tests/tools tests/bench -name '*.[ch]')

install-packages:
	@tests/tools/install-packages.sh build

clean:
	rm -rf build build-asan

help:
	@echo 'make [SANITIZE=1] [V=1]   build certdrop, in build/ (build-asan/)'
	@echo 'make demo                 install what is missing, build, process the examples here'
	@echo 'make check                all tests; the last line is "N passed, N failed"'
	@echo 'make lint                 formatting, static analysis, schemas, scripts, include order'
	@echo 'make bench                against the same work scripted with openssl and zip'
	@echo 'make install uninstall    PREFIX=$(PREFIX), DESTDIR=$(DESTDIR)'
	@echo 'make deb                  a Debian package, in build/deb/'
	@echo 'make unit                 build the unit tests without running them'
	@echo 'make install-packages     the Debian packages that a build needs'
	@echo 'make format clean'
