//! Records as open formats: GeoJSON (RFC 7946) and CSV, written feature by feature at bounded memory.

mod csv;
mod feature;
mod geojson;
mod schema;

pub use csv::{CsvWriter, Project};
pub use feature::{Feature, GeometryType, Value};
pub use geojson::GeoJsonWriter;
pub use schema::{columns, geometry_type, private_columns};
