//! Rounds and their fulfilments.

use crate::{
    layer::Layer,
    place::Id,
    round::{Fulfilment, Round, RoundKind},
    store::{
        StoreError,
        record::Record,
        value::{Row, Value, to_ms},
    },
};

/// A round has no source file: it is known by its id.
impl Record for Round {
    const TABLE: &'static str = "round";
    const COLUMNS: &'static [&'static str] = &["id", "kind", "programme", "recurrence", "place_id"];
    const KEY: &'static str = "id";

    fn layer(&self) -> String {
        "rounds".to_owned()
    }

    fn id(&self) -> Id {
        self.id
    }

    fn key(&self) -> String {
        self.id.to_string()
    }

    fn values(&self) -> Vec<Value> {
        vec![
            self.id.into(),
            self.kind.word().into(),
            self.programme.as_str().into(),
            self.recurrence.as_str().into(),
            Value::id(self.place),
        ]
    }

    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.parse("id")?,
            kind: row.parse("kind")?,
            programme: row.text("programme")?,
            recurrence: row.text("recurrence")?,
            place: row.opt_parse("place_id")?,
        })
    }

    fn adopt(&mut self, _: &Self) {}
}

impl Record for Fulfilment {
    const TABLE: &'static str = "fulfilment";
    const COLUMNS: &'static [&'static str] =
        &["id", "kind", "source", "programme", "place_id", "at", "outcome", "person_id", "attendance", "geom"];
    const SCOPE: Option<&'static str> = Some("kind");

    fn layer(&self) -> String {
        let layer = match self.kind {
            RoundKind::Visit => Layer::Visits,
            RoundKind::Activity => Layer::Activities,
            RoundKind::Patrol => Layer::Patrols,
        };
        layer.name().to_owned()
    }

    fn id(&self) -> Id {
        self.id
    }

    fn key(&self) -> String {
        self.source.clone()
    }

    fn scope(&self) -> Option<String> {
        Some(self.kind.word().to_owned())
    }

    fn values(&self) -> Vec<Value> {
        vec![
            self.id.into(),
            self.kind.word().into(),
            self.source.as_str().into(),
            self.programme.as_str().into(),
            self.place.into(),
            self.at.into(),
            self.outcome.word().into(),
            Value::id(self.person),
            Value::Int(self.attendance.map(i64::from)),
            Value::location(self.location),
        ]
    }

    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.parse("id")?,
            source: row.text("source")?,
            kind: row.parse("kind")?,
            programme: row.text("programme")?,
            place: row.parse("place_id")?,
            at: row.instant("at")?,
            outcome: row.parse("outcome")?,
            person: row.opt_parse("person_id")?,
            location: row.opt_location("geom")?,
            attendance: row.opt_count("attendance")?,
        })
    }

    fn adopt(&mut self, stored: &Self) {
        self.id = stored.id;
    }

    fn normalise(&mut self) {
        self.at = to_ms(self.at);
    }
}
