# `make demo` shows the synthetic subdistrict, `make test` runs every check. Each step below can be run alone.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help demo build test lint licences test-web test-rust test-e2e test-gdal test-api kill9

with_postgis := scripts/with-postgis
on_geopackage := scripts/with-demo
on_postgis := scripts/with-postgis scripts/with-demo --postgis

# Only from the command line: a DATABASE_URL that happens to be in the environment belongs to something else.
demo_database := $(if $(filter command,$(firstword $(origin DATABASE_URL))),$(DATABASE_URL))

help: ## this list
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

demo: ## the synthetic subdistrict in the browser; DATABASE_URL=postgres://… serves it from PostGIS
	@scripts/requirements demo
	@$(MAKE) --no-print-directory build
	@scripts/demo '$(demo_database)'

build: ## the web app and the binary that holds it
	@scripts/web build
	@scripts/rust build

test: ## everything: installs what it needs, ends with a summary
	@scripts/requirements test
	@scripts/steps \
	  'web app: build=scripts/web build' \
	  'web app: lint=scripts/web lint' \
	  'web app: unit tests=scripts/web test' \
	  'rust: build=scripts/rust build' \
	  'rust: format=scripts/rust format' \
	  'rust: tests on both stores=$(with_postgis) scripts/rust test' \
	  'rust: benches as tests=scripts/rust benches' \
	  'rust: clippy=scripts/rust clippy' \
	  'licences=scripts/licences' \
	  'browser: GeoPackage=$(on_geopackage) scripts/e2e' \
	  'browser: PostGIS=$(on_postgis) scripts/e2e' \
	  'GDAL: GeoPackage=$(on_geopackage) scripts/gdal' \
	  'GDAL: PostGIS=$(on_postgis) scripts/gdal' \
	  'API: GeoPackage=$(on_geopackage) scripts/api' \
	  'API: PostGIS=$(on_postgis) scripts/api'

lint: ## format and lint, Rust and web
	@scripts/web lint
	@scripts/web build
	@scripts/rust format
	@scripts/rust clippy

licences: ## licences, bans and sources of crates and npm packages
	@scripts/licences

test-web: ## the web app's unit tests
	@scripts/web test

test-rust: ## unit, property and integration tests on both stores, doc tests, benches in test mode
	@scripts/web build
	@$(with_postgis) scripts/rust test
	@scripts/rust benches

test-e2e: build ## the leader's tasks in headless Chromium, on both stores
	@$(on_geopackage) scripts/e2e
	@$(on_postgis) scripts/e2e

test-gdal: build ## GDAL reads the live GeoPackage and the exports
	@$(on_geopackage) scripts/gdal
	@$(on_postgis) scripts/gdal

test-api: build ## schemathesis on the OpenAPI document, on both stores
	@$(on_geopackage) scripts/api
	@$(on_postgis) scripts/api

kill9: build ## imports killed at random moments, a full disk, a cut connection
	@scripts/kill9
