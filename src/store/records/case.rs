//! Cases, their events and their private texts.

use super::keep_placement;
use crate::{
    case::{Case, CaseEvent, CaseText, REPORT, State},
    geometry::BBox,
    layer::Layer,
    place::Id,
    store::{
        StoreError,
        record::{NOW_COLUMNS, Record, placement_values, read_placement, read_placement_in},
        value::{Row, Value, to_ms},
    },
};

impl Record for Case {
    const TABLE: &'static str = "case_file";
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "kind",
        "source",
        "category",
        "channel",
        "submitted_at",
        "stated",
        "state",
        "closed_at",
        "label",
        "geom",
        "placement_version",
        "placement_status",
        "village_id",
        "grid_id",
        "microgrid_id",
        "border_m",
        "now_version",
        "now_status",
        "now_village_id",
        "now_grid_id",
        "now_microgrid_id",
        "now_border_m",
    ];
    const SCOPE: Option<&'static str> = Some("kind");

    fn layer(&self) -> String {
        if self.kind == REPORT { Layer::Reports.name().to_owned() } else { self.kind.clone() }
    }

    fn id(&self) -> Id {
        self.id
    }

    fn key(&self) -> String {
        self.source.clone()
    }

    fn scope(&self) -> Option<String> {
        Some(self.kind.clone())
    }

    fn values(&self) -> Vec<Value> {
        let mut values = vec![
            self.id.into(),
            self.kind.as_str().into(),
            self.source.as_str().into(),
            self.category.as_str().into(),
            Value::word(self.channel.as_deref()),
            self.submitted_at.into(),
            Value::word(self.stated.map(State::word)),
            self.state.word().into(),
            Value::Instant(self.closed_at),
            Value::word(self.label.as_deref()),
            Value::location(self.location),
        ];
        values.extend(placement_values(self.placement.as_ref()));
        values.extend(placement_values(self.now.as_ref()));
        values
    }

    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.parse("id")?,
            kind: row.text("kind")?,
            source: row.text("source")?,
            category: row.text("category")?,
            channel: row.opt_text("channel")?,
            location: row.opt_location("geom")?,
            submitted_at: row.instant("submitted_at")?,
            stated: row.opt_parse("stated")?,
            state: row.parse("state")?,
            closed_at: row.opt_instant("closed_at")?,
            label: row.opt_text("label")?,
            placement: read_placement(row)?,
            now: read_placement_in(row, NOW_COLUMNS)?,
        })
    }

    /// The state of a stored case follows from its events and what is stated ([`crate::case::outcome`]), not from the file alone.
    fn adopt(&mut self, stored: &Self) {
        self.id = stored.id;
        self.state = stored.state;
        self.closed_at = stored.closed_at;
        let moved = self.location != stored.location;
        keep_placement(&mut self.placement, stored.placement.as_ref(), moved);
        keep_placement(&mut self.now, stored.now.as_ref(), moved);
    }

    fn normalise(&mut self) {
        self.submitted_at = to_ms(self.submitted_at);
        self.closed_at = self.closed_at.map(to_ms);
    }

    fn bounds(&self) -> Option<BBox> {
        self.location.and_then(|location| BBox::around(&location.to_point()))
    }
}

/// What a case says in free text.
#[derive(Clone, PartialEq)]
pub(in crate::store) struct TextRow {
    pub case: Id,
    pub text: CaseText,
}

impl Record for TextRow {
    const TABLE: &'static str = "case_private";
    const COLUMNS: &'static [&'static str] = &["case_id", "text", "reporter", "phone", "address"];
    const KEY: &'static str = "case_id";

    fn layer(&self) -> String {
        Layer::Reports.name().to_owned()
    }

    fn id(&self) -> Id {
        self.case
    }

    fn key(&self) -> String {
        self.case.to_string()
    }

    fn values(&self) -> Vec<Value> {
        let CaseText { text, reporter, phone, address } = self.text.clone();
        vec![self.case.into(), Value::Text(text), Value::Text(reporter), Value::Text(phone), Value::Text(address)]
    }

    fn read(row: &Row) -> Result<Self, StoreError> {
        let text = CaseText {
            text: row.opt_text("text")?,
            reporter: row.opt_text("reporter")?,
            phone: row.opt_text("phone")?,
            address: row.opt_text("address")?,
        };
        Ok(Self { case: row.parse("case_id")?, text })
    }

    fn adopt(&mut self, _: &Self) {}

    fn is_blank(&self) -> bool {
        self.text == CaseText::default()
    }
}

pub(in crate::store) fn read_event(row: &Row) -> Result<CaseEvent, StoreError> {
    Ok(CaseEvent {
        case: row.parse("case_id")?,
        transition: row.parse("transition")?,
        at: row.instant("at")?,
        actor: row.opt_text("actor")?,
        version: row.opt_int("version")?,
    })
}
