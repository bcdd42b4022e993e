//! What the store gives back: whole small layers, and large ones page by page.

use super::{
    Source, Store, StoreError, boundaries,
    record::{Record, parameter_rows},
    records::{ContactRow, TextRow, read_event},
    value::Value,
    writer::CHUNK,
};
use crate::{
    case::{Case, CaseEvent, CaseText, State},
    geometry::BBox,
    layer::Layer,
    people::{Contact, Person, Post},
    place::{Device, Facility, Household, Id, Level, Period, Square},
    round::{Fulfilment, Round, RoundKind},
};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, HashMap};

/// Rows of a page when a whole layer is read.
const PAGE: u32 = 5_000;

/// Where a page ended; the next one begins behind it.
#[derive(Clone, Debug, PartialEq)]
pub struct Cursor {
    at: Option<DateTime<Utc>>,
    id: Id,
    seq: i64,
}

/// Some rows in order, and where to go on; no cursor, no further rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    pub rows: Vec<T>,
    pub next: Option<Cursor>,
}

/// Which cases.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CaseFilter {
    pub kind: Option<String>,
    pub state: Option<State>,
    /// Of submission.
    pub period: Option<Period>,
    /// The boundary version that it was placed in.
    pub version: Option<i64>,
    pub bbox: Option<BBox>,
}

/// Which fulfilments.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FulfilmentFilter {
    pub kind: Option<RoundKind>,
    pub period: Option<Period>,
}

/// A `WHERE` that grows, with its values.
struct Condition {
    sql: String,
    values: Vec<Value>,
}

impl Condition {
    fn of_area(area: &str) -> Self {
        Self { sql: "area = $1".to_owned(), values: vec![area.into()] }
    }

    /// `condition` makes SQL of the number of its first parameter.
    fn and(&mut self, values: Vec<Value>, condition: impl FnOnce(usize) -> String) {
        self.sql.push_str(" AND ");
        self.sql.push_str(&condition(self.values.len() + 1));
        self.values.extend(values);
    }

    fn and_equal(&mut self, column: &str, value: Option<Value>) {
        if let Some(value) = value {
            self.and(vec![value], |n| format!("{column} = ${n}"));
        }
    }

    fn and_period(&mut self, column: &str, period: Option<Period>) {
        if let Some(Period { from, to }) = period {
            self.and(vec![from.into(), to.into()], |n| format!("{column} >= ${n} AND {column} < ${}", n + 1));
        }
    }
}

/// A column that orders records before their id, and how to read it of a record.
type TimeOf<R> = (&'static str, fn(&R) -> DateTime<Utc>);

/// Reads one page of records.
async fn page<R: Record>(
    store: &Store,
    mut condition: Condition,
    time: Option<TimeOf<R>>,
    bbox: Option<BBox>,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Page<R>, StoreError> {
    if let Some(b) = bbox {
        let dialect = store.backend.dialect();
        let values = [b.west, b.south, b.east, b.north].map(Value::from).to_vec();
        condition.and(values, |first| dialect.meets_box(first));
    }
    let order = match time {
        Some((column, _)) => format!("{column}, id"),
        None => "id".to_owned(),
    };
    match (after, time) {
        (Some(Cursor { at: Some(at), id, .. }), Some(_)) => {
            condition.and(vec![(*at).into(), (*id).into()], |n| format!("({order}) > (${n}, ${})", n + 1));
        }
        (Some(Cursor { id, .. }), _) => condition.and(vec![(*id).into()], |n| format!("id > ${n}")),
        (None, _) => {}
    }
    let Condition { sql, mut values } = condition;
    let columns = R::COLUMNS.join(", ");
    let sql = format!("SELECT {columns} FROM {} WHERE {sql} ORDER BY {order} LIMIT ${}", R::TABLE, values.len() + 1);
    values.push(i64::from(limit).into());
    let rows = store.backend.fetch(sql.into(), values).await?;
    let mut records = rows.iter().map(R::read).collect::<Result<Vec<_>, _>>()?;
    let full = u32::try_from(records.len()).is_ok_and(|n| n == limit);
    let next = records.last().filter(|_| full).map(|last| Cursor { at: time.map(|(_, at)| at(last)), id: last.id(), seq: 0 });
    if let Some(bbox) = bbox {
        // A database may round boxes outwards; both must answer the same.
        records.retain(|record| record.bounds().is_some_and(|bounds| bounds.intersects(&bbox)));
    }
    Ok(Page { rows: records, next })
}

async fn all<R: Record>(store: &Store) -> Result<Vec<R>, StoreError> {
    let (mut records, mut after) = (Vec::new(), None);
    loop {
        let condition = Condition::of_area(store.area_key()?);
        let page = page::<R>(store, condition, None, None, after.as_ref(), PAGE).await?;
        records.extend(page.rows);
        after = page.next;
        if after.is_none() {
            return Ok(records);
        }
    }
}

/// Records by one of their keys.
async fn by_keys<R: Record>(store: &Store, keys: &[Id]) -> Result<Vec<R>, StoreError> {
    let mut records = Vec::with_capacity(keys.len());
    for chunk in keys.chunks(CHUNK) {
        let mut values = vec![store.area_key()?.into()];
        values.extend(chunk.iter().map(|&id| Value::from(id)));
        let sql = super::record::select_by_key::<R>(chunk.len());
        for row in store.backend.fetch(sql.into(), values).await? {
            records.push(R::read(&row)?);
        }
    }
    Ok(records)
}

/// Whole layers, by id.
impl Store {
    pub async fn squares(&self) -> Result<Vec<Square>, StoreError> {
        all(self).await
    }

    pub async fn facilities(&self) -> Result<Vec<Facility>, StoreError> {
        all(self).await
    }

    pub async fn households(&self) -> Result<Vec<Household>, StoreError> {
        all(self).await
    }

    pub async fn devices(&self) -> Result<Vec<Device>, StoreError> {
        all(self).await
    }

    /// With names: for the disclosure policy to look at.
    pub async fn persons(&self) -> Result<Vec<Person>, StoreError> {
        all(self).await
    }

    pub async fn posts(&self) -> Result<Vec<Post>, StoreError> {
        all(self).await
    }

    pub async fn rounds(&self) -> Result<Vec<Round>, StoreError> {
        all(self).await
    }
}

/// Large layers, page by page.
impl Store {
    /// Households whose position lies in `bbox`, by id; all of them without it.
    pub async fn households_page(
        &self,
        bbox: Option<BBox>,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<Household>, StoreError> {
        page(self, Condition::of_area(self.area_key()?), None, bbox, after, limit).await
    }

    /// Squares whose box meets `bbox`, by id.
    pub async fn squares_page(
        &self,
        bbox: Option<BBox>,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<Square>, StoreError> {
        page(self, Condition::of_area(self.area_key()?), None, bbox, after, limit).await
    }

    /// By submission and id. A page filtered by `bbox` may hold fewer than `limit` rows and still have a next one.
    pub async fn cases(&self, filter: &CaseFilter, after: Option<&Cursor>, limit: u32) -> Result<Page<Case>, StoreError> {
        let mut condition = Condition::of_area(self.area_key()?);
        condition.and_equal("kind", filter.kind.as_deref().map(Value::from));
        condition.and_equal("state", filter.state.map(|state| state.word().into()));
        condition.and_equal("placement_version", filter.version.map(Value::from));
        condition.and_period("submitted_at", filter.period);
        let time: TimeOf<Case> = ("submitted_at", |case| case.submitted_at);
        page(self, condition, Some(time), filter.bbox, after, limit).await
    }

    /// By time and id.
    pub async fn fulfilments(
        &self,
        filter: &FulfilmentFilter,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<Fulfilment>, StoreError> {
        let mut condition = Condition::of_area(self.area_key()?);
        condition.and_equal("kind", filter.kind.map(|kind| kind.word().into()));
        condition.and_period("at", filter.period);
        let time: TimeOf<Fulfilment> = ("at", |fulfilment| fulfilment.at);
        page(self, condition, Some(time), None, after, limit).await
    }

    /// Events of all cases, by case, then in the order in which they were appended.
    pub async fn case_events(&self, after: Option<&Cursor>, limit: u32) -> Result<Page<CaseEvent>, StoreError> {
        let mut condition = Condition::of_area(self.area_key()?);
        if let Some(Cursor { id, seq, .. }) = after {
            condition.and(vec![(*id).into(), (*seq).into()], |n| format!("(case_id, seq) > (${n}, ${})", n + 1));
        }
        let Condition { sql, mut values } = condition;
        let sql = format!(
            "SELECT case_id, seq, transition, at, actor, version FROM case_event WHERE {sql} ORDER BY case_id, seq LIMIT ${}",
            values.len() + 1
        );
        values.push(i64::from(limit).into());
        let rows = self.backend.fetch(sql.into(), values).await?;
        let full = u32::try_from(rows.len()).is_ok_and(|n| n == limit);
        let next = match rows.last().filter(|_| full) {
            Some(last) => Some(Cursor { at: None, id: last.parse("case_id")?, seq: last.int("seq")? }),
            None => None,
        };
        Ok(Page { rows: rows.iter().map(read_event).collect::<Result<_, _>>()?, next })
    }
}

/// Look-ups, private texts, sums.
impl Store {
    /// Events of some cases, by case, then in the order in which they were appended.
    pub async fn events_of(&self, cases: &[Id]) -> Result<Vec<CaseEvent>, StoreError> {
        let mut events = Vec::new();
        for chunk in cases.chunks(CHUNK) {
            let mut values = vec![self.area_key()?.into()];
            values.extend(chunk.iter().map(|&id| Value::from(id)));
            let sql = format!(
                "SELECT case_id, seq, transition, at, actor, version FROM case_event WHERE area = $1 AND case_id IN {} \
                 ORDER BY case_id, seq",
                parameter_rows(1, 1, chunk.len())
            );
            for row in self.backend.fetch(sql.into(), values).await? {
                events.push(read_event(&row)?);
            }
        }
        Ok(events)
    }

    /// The names behind households: private.
    pub async fn household_contacts(&self, households: &[Id]) -> Result<HashMap<Id, Contact>, StoreError> {
        let rows: Vec<ContactRow> = by_keys(self, households).await?;
        Ok(rows.into_iter().map(|row| (row.household, row.contact)).collect())
    }

    /// What cases say in free text: private.
    pub async fn case_texts(&self, cases: &[Id]) -> Result<HashMap<Id, CaseText>, StoreError> {
        let rows: Vec<TextRow> = by_keys(self, cases).await?;
        Ok(rows.into_iter().map(|row| (row.case, row.text)).collect())
    }

    /// How many records each layer has; of boundaries those in force, of events each one.
    pub async fn counts(&self) -> Result<BTreeMap<Layer, u64>, StoreError> {
        let mut counts = BTreeMap::new();
        for &layer in Layer::ALL {
            let sql = format!("SELECT count(*) AS n FROM {} WHERE area = $1", counted_table(layer));
            let rows = self.backend.fetch(sql.into(), vec![self.area_key()?.into()]).await?;
            let n = rows.first().map_or(Ok(0), |row| row.int("n"))?;
            counts.insert(layer, u64::try_from(n).unwrap_or(0));
        }
        Ok(counts)
    }

    /// From the first to the last submission or fulfilment (one millisecond behind it, since a period excludes its end);
    /// `None` if there are none.
    pub async fn data_span(&self) -> Result<Option<Period>, StoreError> {
        const SPAN: &str = "SELECT min(first) AS first, max(last) AS last FROM (\
             SELECT min(submitted_at) AS first, max(submitted_at) AS last FROM case_file WHERE area = $1 \
             UNION ALL SELECT min(at), max(at) FROM fulfilment WHERE area = $1) AS span";
        let rows = self.backend.fetch(SPAN.into(), vec![self.area_key()?.into()]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let span = row.opt_instant("first")?.zip(row.opt_instant("last")?);
        Ok(span.map(|(from, last)| Period { from, to: last + chrono::TimeDelta::milliseconds(1) }))
    }
}

impl Store {
    /// The last instant that any record knows of; `None` if there are none.
    pub async fn last_instant(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        const LAST: &str = "SELECT max(last) AS last FROM (\
             SELECT max(submitted_at) AS last FROM case_file WHERE area = $1 \
             UNION ALL SELECT max(at) FROM case_event WHERE area = $1 \
             UNION ALL SELECT max(at) FROM fulfilment WHERE area = $1) AS ends";
        let rows = self.backend.fetch(LAST.into(), vec![self.area_key()?.into()]).await?;
        rows.first().map_or(Ok(None), |row| row.opt_instant("last"))
    }
}

/// Table or view, with an alias that carries the condition.
fn counted_table(layer: Layer) -> &'static str {
    match layer {
        Layer::Villages => "villages",
        Layer::Grids => "grids",
        Layer::MicroGrids => "microgrids",
        Layer::Squares => "square",
        Layer::Facilities => "facility",
        Layer::Households => "household",
        Layer::Devices => "device",
        Layer::Persons => "person",
        Layer::Posts => "post",
        Layer::Reports => "reports",
        Layer::CaseEvents => "case_event",
        Layer::Visits => "(SELECT area FROM fulfilment WHERE kind = 'visit') AS f",
        Layer::Activities => "(SELECT area FROM fulfilment WHERE kind = 'activity') AS f",
        Layer::Patrols => "(SELECT area FROM fulfilment WHERE kind = 'patrol') AS f",
    }
}

/// The table of a layer whose records have a source key, and the scope of its keys.
fn sourced_table(layer: Layer) -> Option<(&'static str, Option<(&'static str, &'static str)>)> {
    Some(match layer {
        Layer::Squares => (Square::TABLE, None),
        Layer::Facilities => (Facility::TABLE, None),
        Layer::Households => (Household::TABLE, None),
        Layer::Devices => (Device::TABLE, None),
        Layer::Persons => (Person::TABLE, None),
        Layer::Posts => (Post::TABLE, None),
        Layer::Reports | Layer::CaseEvents => (Case::TABLE, Some(("kind", crate::case::REPORT))),
        Layer::Visits => (Fulfilment::TABLE, Some(("kind", "visit"))),
        Layer::Activities => (Fulfilment::TABLE, Some(("kind", "activity"))),
        Layer::Patrols => (Fulfilment::TABLE, Some(("kind", "patrol"))),
        Layer::Villages | Layer::Grids | Layer::MicroGrids => return None,
    })
}

/// The ids of records by the keys of their source file; keys that are not stored are left out. Boundaries have none: see
/// [`Store::ids_by_code`].
pub(super) async fn ids_by_source(
    mut source: Source<'_>,
    area: &str,
    layer: Layer,
    keys: &[String],
) -> Result<HashMap<String, Id>, StoreError> {
    let mut ids = HashMap::with_capacity(keys.len());
    let Some((table, scope)) = sourced_table(layer) else { return Ok(ids) };
    for chunk in keys.chunks(CHUNK) {
        let mut condition = Condition::of_area(area);
        if let Some((column, value)) = scope {
            condition.and_equal(column, Some(value.into()));
        }
        let values = chunk.iter().map(|key| Value::from(key.as_str())).collect();
        condition.and(values, |first| format!("source IN {}", parameter_rows(first - 1, 1, chunk.len())));
        let sql = format!("SELECT source, id FROM {table} WHERE {}", condition.sql);
        for row in source.fetch(sql.into(), condition.values).await? {
            ids.insert(row.text("source")?, row.parse("id")?);
        }
    }
    Ok(ids)
}

impl Store {
    /// The boundaries of a level in a version, by code and id; those without a code last.
    pub async fn boundaries(&self, level: Level, version: i64) -> Result<Vec<crate::place::Boundary>, StoreError> {
        boundaries::boundaries(self.source(), self.area_key()?, level, version).await
    }
}
