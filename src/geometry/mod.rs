//! Positions, boxes, datums, coordinate reference systems; areas in m² and distances in m on the ellipsoid.
//!
//! An edge is the straight segment between two stored longitude/latitude vertices, for containment, area and distance
//! alike, so a vertex inserted on it changes nothing.

mod bbox;
mod lonlat;

pub use bbox::BBox;
pub use lonlat::{LonLat, PositionError};

/// EPSG code of what Wangge stores: WGS 84 longitude/latitude (CGCS2000, EPSG:4490, is equal at the metre level).
pub const SRID: i32 = 4326;
