//! The columns of each layer's files.

use super::GeometryType;
use crate::layer::Layer;

/// What the features of `layer` are on the map.
#[must_use]
pub const fn geometry_type(layer: Layer) -> GeometryType {
    match layer {
        Layer::Villages | Layer::Grids | Layer::MicroGrids | Layer::Squares => GeometryType::MultiPolygon,
        Layer::Facilities | Layer::Households | Layer::Devices | Layer::Reports => GeometryType::Point,
        Layer::Persons | Layer::Posts | Layer::CaseEvents | Layer::Visits | Layer::Activities | Layer::Patrols => {
            GeometryType::None
        }
    }
}

/// Columns that only those who may identify persons get, after the others.
#[must_use]
pub const fn private_columns(layer: Layer) -> &'static [&'static str] {
    match layer {
        Layer::Households | Layer::Persons => &["name", "phone", "address"],
        Layer::Reports => &["text", "reporter", "phone", "address"],
        _ => &[],
    }
}

/// Columns that every reader of the layer gets, in the order of [`super::Feature::values`]. `import` reads these names without a mapping.
#[must_use]
pub const fn columns(layer: Layer) -> &'static [&'static str] {
    match layer {
        Layer::Villages => &["id", "code", "scheme", "name", "aliases", "area_m2", "version"],
        Layer::Grids => {
            &["id", "code", "scheme", "name", "aliases", "kind", "village_id", "village", "village_name", "area_m2", "version"]
        }
        Layer::MicroGrids => &["id", "code", "scheme", "name", "aliases", "grid_id", "grid", "grid_name", "area_m2", "version"],
        Layer::Squares => &[
            "id",
            "source",
            "name",
            "area_m2",
            "evacuation_site",
            "working",
            "grid_id",
            "grid",
            "microgrid_id",
            "microgrid",
            "valid_from",
            "valid_to",
        ],
        Layer::Facilities => &["id", "source", "square", "square_name", "kind", "status", "valid_from", "valid_to"],
        Layer::Households => &[
            "id",
            "source",
            "persons",
            "lived_in_from",
            "lived_in_to",
            "village_id",
            "village",
            "grid_id",
            "grid",
            "microgrid_id",
            "microgrid",
            "placement",
            "border_m",
            "version",
        ],
        Layer::Devices => &[
            "id",
            "source",
            "kind",
            "status",
            "last_seen",
            "valid_from",
            "valid_to",
            "grid_id",
            "grid",
            "microgrid_id",
            "microgrid",
        ],
        Layer::Persons => &["id", "source"],
        Layer::Posts => &["id", "source", "person", "role", "place_id", "place", "from", "to"],
        Layer::Reports => &[
            "id",
            "source",
            "category",
            "channel",
            "state",
            "submitted_at",
            "closed_at",
            "label",
            "village_id",
            "village",
            "grid_id",
            "grid",
            "microgrid_id",
            "microgrid",
            "placement",
            "border_m",
            "version",
        ],
        Layer::CaseEvents => &["case", "transition", "at", "actor", "version"],
        Layer::Visits => &["id", "source", "programme", "household", "at", "outcome", "person"],
        Layer::Activities => &["id", "source", "programme", "square", "at", "outcome", "person", "attendance"],
        Layer::Patrols => &["id", "source", "programme", "grid", "at", "outcome", "person"],
    }
}
