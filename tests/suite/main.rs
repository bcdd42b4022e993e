//! The integration tests: one binary, so that the library is linked once.

mod architecture;
mod http;
mod http_changes;
mod http_figures;
mod http_limits;
mod http_public;
mod http_stop;
mod http_support;
mod http_viewer;
mod import;
mod import_at_once;
mod import_files;
mod import_order;
mod import_reports;
mod import_support;
mod import_versions;
mod openapi;
mod store_cases;
mod store_crash;
mod store_geopackage;
mod store_halves;
mod store_places;
mod store_plans;
mod store_postgis;
mod store_support;
mod store_writers;
