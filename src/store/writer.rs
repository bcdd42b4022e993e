//! One transaction: everything that an import or a publication writes, or nothing of it.

use super::{
    CasesWritten, Source, StoreError, Written,
    backend::{Touched, Transaction},
    changes::{self, ChangeOp, Pending},
    record::{self, NOW_COLUMNS, PLACEMENT_COLUMNS, Record, placement_values},
    records::{ContactRow, TextRow},
    value::to_ms,
};
use crate::{
    case::{Case, CaseText},
    geometry::BBox,
    layer::Layer,
    people::{Contact, Person, Post},
    place::{Device, Facility, Household, Id, Placement, Square},
    round::{Fulfilment, Round},
};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, HashMap};

/// Records that one statement reads or writes: 24 columns of 400 rows stay below the 32,766 parameters of SQLite.
pub(super) const CHUNK: usize = 400;
/// Rows of a table after which its planner statistics are made anew for the first time, within a transaction.
const GROWN: usize = 1_000;
/// Changes that are kept in memory before they are written.
const PENDING: usize = 5_000;

/// What an upsert did to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    Inserted,
    Updated,
    Unchanged,
    /// A later record of the same call has the same key and counts instead.
    Superseded,
}

impl Effect {
    fn op(self) -> Option<ChangeOp> {
        match self {
            Self::Inserted => Some(ChangeOp::Insert),
            Self::Updated => Some(ChangeOp::Update),
            Self::Unchanged | Self::Superseded => None,
        }
    }
}

/// A transaction on one area. Others that want to write there wait until it ends. Dropped without [`Writer::commit`] it
/// leaves nothing behind.
pub struct Writer {
    pub(super) transaction: Box<dyn Transaction>,
    pub(super) area: String,
    /// Of all that this transaction writes.
    pub(super) now: DateTime<Utc>,
    pending: Vec<Pending>,
    touched: BTreeMap<String, Touched>,
    /// By table: rows written so far, and how many make it worth a look by the planner.
    growth: BTreeMap<&'static str, (usize, usize)>,
}

impl Writer {
    pub(super) fn new(transaction: Box<dyn Transaction>, area: String) -> Self {
        Self {
            transaction,
            area,
            now: to_ms(Utc::now()),
            pending: Vec::new(),
            touched: BTreeMap::new(),
            growth: BTreeMap::new(),
        }
    }

    /// Ends the transaction: when this returns, all of it is on disk, its change log included.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        self.flush_changes().await?;
        let touched: Vec<_> = self.touched.into_values().collect();
        self.transaction.commit(&self.area, &touched).await
    }

    pub async fn upsert_squares(&mut self, squares: &[Square]) -> Result<Written, StoreError> {
        self.upsert(squares).await
    }

    /// # Errors
    /// [`StoreError::Constraint`] where a square does not exist.
    pub async fn upsert_facilities(&mut self, facilities: &[Facility]) -> Result<Written, StoreError> {
        self.upsert(facilities).await
    }

    pub async fn upsert_devices(&mut self, devices: &[Device]) -> Result<Written, StoreError> {
        self.upsert(devices).await
    }

    pub async fn upsert_persons(&mut self, persons: &[Person]) -> Result<Written, StoreError> {
        self.upsert(persons).await
    }

    pub async fn upsert_posts(&mut self, posts: &[Post]) -> Result<Written, StoreError> {
        self.upsert(posts).await
    }

    pub async fn upsert_rounds(&mut self, rounds: &[Round]) -> Result<Written, StoreError> {
        self.upsert(rounds).await
    }

    pub async fn upsert_fulfilments(&mut self, fulfilments: &[Fulfilment]) -> Result<Written, StoreError> {
        self.upsert(fulfilments).await
    }

    /// A contact of `None` leaves the stored one alone, an empty one clears it.
    pub async fn upsert_households(&mut self, households: &[(Household, Option<Contact>)]) -> Result<Written, StoreError> {
        let records: Vec<_> = households.iter().map(|(household, _)| household.clone()).collect();
        let mut effects = self.write_records(&records).await?;
        let private = effects.iter().zip(households).enumerate().filter(|(_, ((_, effect), _))| *effect != Effect::Superseded);
        let private = private
            .filter_map(|(i, ((id, _), (_, contact)))| Some((i, ContactRow { household: *id, contact: contact.clone()? })));
        let (positions, rows): (Vec<_>, Vec<_>) = private.unzip();
        self.write_private(&mut effects, &positions, &rows).await?;
        self.log_effects(&records, &effects).await
    }

    /// A text of `None` leaves the stored one alone, an empty one clears it. The state of a case that is stored already follows from its events
    /// ([`Writer::append_events`]), not from here.
    pub async fn upsert_cases(&mut self, cases: &[(Case, Option<CaseText>)]) -> Result<CasesWritten, StoreError> {
        let records: Vec<_> = cases.iter().map(|(case, _)| case.clone()).collect();
        let mut effects = self.write_records(&records).await?;
        let private = effects.iter().zip(cases).enumerate().filter(|(_, ((_, effect), _))| *effect != Effect::Superseded);
        let private = private.filter_map(|(i, ((id, _), (_, text)))| Some((i, TextRow { case: *id, text: text.clone()? })));
        let (positions, rows): (Vec<_>, Vec<_>) = private.unzip();
        self.write_private(&mut effects, &positions, &rows).await?;
        let changed = effects.iter().filter(|(_, effect)| effect.op().is_some()).map(|(id, _)| *id).collect();
        Ok(CasesWritten { written: self.log_effects(&records, &effects).await?, changed })
    }

    pub async fn place_squares(&mut self, placements: &[(Id, Placement)]) -> Result<u64, StoreError> {
        self.place(Square::TABLE, PLACEMENT_COLUMNS, Layer::Squares.name(), placements).await
    }

    /// Returns how many were placed differently before.
    pub async fn place_households(&mut self, placements: &[(Id, Placement)]) -> Result<u64, StoreError> {
        self.place(Household::TABLE, PLACEMENT_COLUMNS, Layer::Households.name(), placements).await
    }

    pub async fn place_devices(&mut self, placements: &[(Id, Placement)]) -> Result<u64, StoreError> {
        self.place(Device::TABLE, PLACEMENT_COLUMNS, Layer::Devices.name(), placements).await
    }

    /// Reports, as far as they are placed anew at all: a report keeps the version that it was assigned in.
    pub async fn place_cases(&mut self, placements: &[(Id, Placement)]) -> Result<u64, StoreError> {
        self.place(Case::TABLE, PLACEMENT_COLUMNS, Layer::Reports.name(), placements).await
    }

    /// Where the latest version places reports, beside the version that they were assigned in.
    pub async fn place_cases_now(&mut self, placements: &[(Id, Placement)]) -> Result<u64, StoreError> {
        self.place(Case::TABLE, NOW_COLUMNS, Layer::Reports.name(), placements).await
    }

    pub(super) fn source(&mut self) -> Source<'_> {
        Source::Within(self.transaction.as_mut())
    }

    pub(super) async fn log(&mut self, op: ChangeOp, layer: &str, record: Id, version: Option<i64>) -> Result<(), StoreError> {
        self.pending.push(Pending { op, layer: layer.to_owned(), record, version });
        self.touch(layer, None, false);
        if self.pending.len() >= PENDING { self.flush_changes().await } else { Ok(()) }
    }

    async fn flush_changes(&mut self) -> Result<(), StoreError> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let pending = std::mem::take(&mut self.pending);
        changes::write(self.transaction.as_mut(), &self.area, self.now, pending).await
    }

    pub(super) fn touch(&mut self, layer: &str, added: Option<BBox>, moved: bool) {
        let touched = self.touched.entry(layer.to_owned()).or_insert_with(|| Touched {
            layer: layer.to_owned(),
            added: None,
            moved: false,
        });
        touched.moved |= moved;
        touched.added = match (touched.added, added) {
            (Some(a), Some(b)) => Some(a.union(&b)),
            (a, b) => a.or(b),
        };
    }

    async fn upsert<R: Record>(&mut self, records: &[R]) -> Result<Written, StoreError> {
        let effects = self.write_records(records).await?;
        self.log_effects(records, &effects).await
    }

    /// Counts and logs. `effects`: one for each record.
    async fn log_effects<R: Record>(&mut self, records: &[R], effects: &[(Id, Effect)]) -> Result<Written, StoreError> {
        let mut written = Written::default();
        for (record, &(id, effect)) in records.iter().zip(effects) {
            match effect {
                Effect::Inserted => written.inserted += 1,
                Effect::Updated => written.updated += 1,
                Effect::Unchanged => written.unchanged += 1,
                Effect::Superseded => {}
            }
            if let Some(op) = effect.op() {
                self.log(op, &record.layer(), id, None).await?;
            }
        }
        Ok(written)
    }

    /// Writes the private rows of the records at `positions`; a record whose private part alone is new counts as updated.
    async fn write_private<R: Record>(
        &mut self,
        effects: &mut [(Id, Effect)],
        positions: &[usize],
        rows: &[R],
    ) -> Result<(), StoreError> {
        let written = self.write_records(rows).await?;
        for (&position, (_, effect)) in positions.iter().zip(written) {
            let of_record = &mut effects[position].1;
            if *of_record == Effect::Unchanged && effect.op().is_some() {
                *of_record = Effect::Updated;
            }
        }
        Ok(())
    }

    /// Inserts what is new, overwrites what differs, leaves the rest. Returns, for each record, the id under which it is kept
    /// and what was done; logs nothing.
    pub(super) async fn write_records<R: Record>(&mut self, records: &[R]) -> Result<Vec<(Id, Effect)>, StoreError> {
        let mut effects: Vec<_> = records.iter().map(|record| (record.id(), Effect::Superseded)).collect();
        let mut last = HashMap::with_capacity(records.len());
        for (i, record) in records.iter().enumerate() {
            last.insert((record.scope(), record.key()), i);
        }
        let mut by_scope: BTreeMap<Option<String>, Vec<usize>> = BTreeMap::new();
        for (i, record) in records.iter().enumerate() {
            let scope = record.scope();
            if last.get(&(scope.clone(), record.key())) == Some(&i) {
                by_scope.entry(scope).or_default().push(i);
            }
        }
        for (scope, indices) in by_scope {
            for chunk in indices.chunks(CHUNK) {
                self.write_chunk(scope.as_deref(), records, chunk, &mut effects).await?;
            }
        }
        Ok(effects)
    }

    async fn write_chunk<R: Record>(
        &mut self,
        scope: Option<&str>,
        records: &[R],
        chunk: &[usize],
        effects: &mut [(Id, Effect)],
    ) -> Result<(), StoreError> {
        let mut values = vec![self.area.as_str().into()];
        values.extend(scope.map(Into::into));
        values.extend(chunk.iter().map(|&i| records[i].key().as_str().into()));
        let rows = self.transaction.fetch(record::select_by_key::<R>(chunk.len()).into(), values).await?;
        let stored = rows.iter().map(|row| R::read(row).map(|record| (record.key(), record)));
        let stored: HashMap<String, R> = stored.collect::<Result<_, _>>()?;

        let (mut values, mut count) = (Vec::new(), 0);
        for &i in chunk {
            let mut new = records[i].clone();
            new.normalise();
            let before = stored.get(&new.key());
            if let Some(before) = before {
                new.adopt(before);
            }
            effects[i] = match before {
                Some(before) if *before == new => (new.id(), Effect::Unchanged),
                Some(_) => (new.id(), Effect::Updated),
                None if new.is_blank() => (new.id(), Effect::Unchanged),
                None => (new.id(), Effect::Inserted),
            };
            if effects[i].1 != Effect::Unchanged {
                let moved = before.is_some_and(|before| before.bounds() != new.bounds());
                self.touch(&new.layer(), new.bounds(), moved);
                values.push(self.area.as_str().into());
                values.extend(new.values());
                count += 1;
            }
        }
        if count > 0 {
            self.transaction.execute(record::upsert::<R>(count).into(), values).await?;
            let (rows, next) = self.growth.entry(R::TABLE).or_insert((0, GROWN));
            *rows += count;
            if *rows >= *next {
                *next *= 8;
                self.transaction.has_grown(R::TABLE).await?;
            }
        }
        Ok(())
    }

    async fn place(
        &mut self,
        table: &str,
        columns: [&str; 6],
        layer: &str,
        placements: &[(Id, Placement)],
    ) -> Result<u64, StoreError> {
        let mut changed = 0;
        for chunk in placements.chunks(CHUNK) {
            let mut values = vec![self.area.as_str().into()];
            for (id, placement) in chunk {
                values.push((*id).into());
                values.extend(placement_values(Some(placement)));
            }
            let mut ids = Vec::new();
            for row in self.transaction.fetch(record::place(table, columns, chunk.len()).into(), values).await? {
                ids.push(row.parse::<Id>("id")?);
            }
            // The order of RETURNING is the database's own.
            ids.sort_unstable();
            for id in ids {
                self.log(ChangeOp::Update, layer, id, None).await?;
                changed += 1;
            }
        }
        Ok(changed)
    }
}
