//! Squares, facilities, households, devices.

use super::keep_placement;
use crate::{
    geometry::BBox,
    layer::Layer,
    place::{Device, Facility, Household, Id, Square},
    store::{
        StoreError,
        record::{Record, placement_values, read_placement},
        value::{Row, Value, to_ms},
    },
};

impl Record for Square {
    const TABLE: &'static str = "square";
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "source",
        "name",
        "area_m2",
        "evacuation_site",
        "valid_from",
        "valid_to",
        "geom",
        "placement_version",
        "placement_status",
        "village_id",
        "grid_id",
        "microgrid_id",
        "border_m",
    ];

    fn layer(&self) -> String {
        Layer::Squares.name().to_owned()
    }

    fn id(&self) -> Id {
        self.id
    }

    fn key(&self) -> String {
        self.source.clone()
    }

    fn values(&self) -> Vec<Value> {
        let mut values = vec![
            self.id.into(),
            self.source.as_str().into(),
            self.name.as_str().into(),
            self.area_m2.into(),
            Value::Bool(self.evacuation_site),
            self.valid_from.into(),
            Value::Date(self.valid_to),
            Value::shape(&self.shape),
        ];
        values.extend(placement_values(self.placement.as_ref()));
        values
    }

    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.parse("id")?,
            source: row.text("source")?,
            name: row.text("name")?,
            shape: row.shape("geom")?,
            area_m2: row.real("area_m2")?,
            evacuation_site: row.bool("evacuation_site")?,
            valid_from: row.date("valid_from")?,
            valid_to: row.opt_date("valid_to")?,
            placement: read_placement(row)?,
        })
    }

    fn adopt(&mut self, stored: &Self) {
        self.id = stored.id;
        let moved = self.shape != stored.shape;
        keep_placement(&mut self.placement, stored.placement.as_ref(), moved);
    }

    fn bounds(&self) -> Option<BBox> {
        BBox::around(&self.shape)
    }
}

impl Record for Facility {
    const TABLE: &'static str = "facility";
    const COLUMNS: &'static [&'static str] = &["id", "source", "square_id", "kind", "status", "valid_from", "valid_to", "geom"];

    fn layer(&self) -> String {
        Layer::Facilities.name().to_owned()
    }

    fn id(&self) -> Id {
        self.id
    }

    fn key(&self) -> String {
        self.source.clone()
    }

    fn values(&self) -> Vec<Value> {
        vec![
            self.id.into(),
            self.source.as_str().into(),
            self.square.into(),
            self.kind.word().into(),
            self.status.word().into(),
            self.valid_from.into(),
            Value::Date(self.valid_to),
            Value::location(self.location),
        ]
    }

    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.parse("id")?,
            source: row.text("source")?,
            square: row.parse("square_id")?,
            kind: row.parse("kind")?,
            status: row.parse("status")?,
            location: row.opt_location("geom")?,
            valid_from: row.date("valid_from")?,
            valid_to: row.opt_date("valid_to")?,
        })
    }

    fn adopt(&mut self, stored: &Self) {
        self.id = stored.id;
    }

    fn bounds(&self) -> Option<BBox> {
        self.location.and_then(|location| BBox::around(&location.to_point()))
    }
}

impl Record for Household {
    const TABLE: &'static str = "household";
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "source",
        "persons",
        "lived_in_from",
        "lived_in_to",
        "geom",
        "placement_version",
        "placement_status",
        "village_id",
        "grid_id",
        "microgrid_id",
        "border_m",
    ];

    fn layer(&self) -> String {
        Layer::Households.name().to_owned()
    }

    fn id(&self) -> Id {
        self.id
    }

    fn key(&self) -> String {
        self.source.clone()
    }

    fn values(&self) -> Vec<Value> {
        let mut values = vec![
            self.id.into(),
            self.source.as_str().into(),
            i64::from(self.persons).into(),
            self.lived_in_from.into(),
            Value::Date(self.lived_in_to),
            Value::location(self.location),
        ];
        values.extend(placement_values(self.placement.as_ref()));
        values
    }

    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.parse("id")?,
            source: row.text("source")?,
            location: row.opt_location("geom")?,
            persons: row.opt_count("persons")?.unwrap_or(0),
            lived_in_from: row.date("lived_in_from")?,
            lived_in_to: row.opt_date("lived_in_to")?,
            placement: read_placement(row)?,
        })
    }

    fn adopt(&mut self, stored: &Self) {
        self.id = stored.id;
        let moved = self.location != stored.location;
        keep_placement(&mut self.placement, stored.placement.as_ref(), moved);
    }

    fn bounds(&self) -> Option<BBox> {
        self.location.and_then(|location| BBox::around(&location.to_point()))
    }
}

impl Record for Device {
    const TABLE: &'static str = "device";
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "source",
        "kind",
        "status",
        "last_seen",
        "valid_from",
        "valid_to",
        "geom",
        "placement_version",
        "placement_status",
        "village_id",
        "grid_id",
        "microgrid_id",
        "border_m",
    ];

    fn layer(&self) -> String {
        Layer::Devices.name().to_owned()
    }

    fn id(&self) -> Id {
        self.id
    }

    fn key(&self) -> String {
        self.source.clone()
    }

    fn values(&self) -> Vec<Value> {
        let mut values = vec![
            self.id.into(),
            self.source.as_str().into(),
            self.kind.as_str().into(),
            self.status.word().into(),
            Value::Instant(self.last_seen),
            self.valid_from.into(),
            Value::Date(self.valid_to),
            Value::location(self.location),
        ];
        values.extend(placement_values(self.placement.as_ref()));
        values
    }

    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.parse("id")?,
            source: row.text("source")?,
            kind: row.text("kind")?,
            status: row.parse("status")?,
            location: row.opt_location("geom")?,
            last_seen: row.opt_instant("last_seen")?,
            valid_from: row.date("valid_from")?,
            valid_to: row.opt_date("valid_to")?,
            placement: read_placement(row)?,
        })
    }

    fn adopt(&mut self, stored: &Self) {
        self.id = stored.id;
        let moved = self.location != stored.location;
        keep_placement(&mut self.placement, stored.placement.as_ref(), moved);
    }

    fn normalise(&mut self) {
        self.last_seen = self.last_seen.map(to_ms);
    }

    fn bounds(&self) -> Option<BBox> {
        self.location.and_then(|location| BBox::around(&location.to_point()))
    }
}
