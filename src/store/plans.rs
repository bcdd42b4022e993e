//! Drafts of boundaries: each a row and the log of what was done to it. What an entry says is the plan room's; here it is text.
//!
//! Plans are private and no part of the change log: nothing that is published depends on them.

use super::{
    Source, Store, StoreError, Writer,
    value::{Row, Value},
};
use crate::place::Id;
use chrono::{DateTime, Utc};

/// A plan without its log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanRecord {
    pub id: Id,
    pub name: String,
    /// A word of the plan room's.
    pub state: String,
    /// The number of the boundary version that it redraws.
    pub base: i64,
    /// The plan from which it branched off, and after which of its entries.
    pub origin: Option<(Id, i64)>,
    pub created_at: DateTime<Utc>,
    pub created_by: String,
    pub changed_at: DateTime<Utc>,
    /// The number of its last entry; 0 where there is none.
    pub entries: i64,
}

/// What was done to a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryRecord {
    /// From 1 within the plan, without gaps.
    pub seq: i64,
    pub at: DateTime<Utc>,
    pub author: String,
    pub why: Option<String>,
    /// JSON.
    pub body: String,
}

/// An entry that is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEntry {
    pub at: DateTime<Utc>,
    pub author: String,
    pub why: Option<String>,
    pub body: String,
}

/// What of a plan's row follows from its log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanSummary {
    pub name: String,
    pub state: String,
    pub base: i64,
}

const PLANS: &str = "SELECT id, name, state, base, origin_plan, origin_seq, created_at, created_by, changed_at, entries \
     FROM plan WHERE area = $1 ORDER BY created_at, id";

const PLAN: &str = "SELECT id, name, state, base, origin_plan, origin_seq, created_at, created_by, changed_at, entries \
     FROM plan WHERE area = $1 AND id = $2";

const ENTRIES: &str =
    "SELECT seq, at, author, why, body FROM plan_entry WHERE area = $1 AND plan_id = $2 AND seq > $3 ORDER BY seq";

const INSERT_PLAN: &str = "INSERT INTO plan (area, id, name, state, base, origin_plan, origin_seq, created_at, created_by, \
     changed_at, entries) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $8, 0)";

const UPDATE_PLAN: &str = "UPDATE plan SET name = $4, state = $5, base = $6, changed_at = $7, entries = $8 \
     WHERE area = $1 AND id = $2 AND entries = $3";

const INSERT_ENTRY: &str =
    "INSERT INTO plan_entry (area, plan_id, seq, at, author, why, body) VALUES ($1, $2, $3, $4, $5, $6, $7)";

async fn plan(mut source: Source<'_>, area: &str, id: Id) -> Result<Option<PlanRecord>, StoreError> {
    source.fetch(PLAN.into(), vec![area.into(), id.into()]).await?.first().map(read_plan).transpose()
}

async fn entries(mut source: Source<'_>, area: &str, id: Id, after: i64) -> Result<Vec<EntryRecord>, StoreError> {
    source.fetch(ENTRIES.into(), vec![area.into(), id.into(), after.into()]).await?.iter().map(read_entry).collect()
}

fn read_plan(row: &Row) -> Result<PlanRecord, StoreError> {
    Ok(PlanRecord {
        id: row.parse("id")?,
        name: row.text("name")?,
        state: row.text("state")?,
        base: row.int("base")?,
        origin: row.opt_parse("origin_plan")?.zip(row.opt_int("origin_seq")?),
        created_at: row.instant("created_at")?,
        created_by: row.text("created_by")?,
        changed_at: row.instant("changed_at")?,
        entries: row.int("entries")?,
    })
}

fn read_entry(row: &Row) -> Result<EntryRecord, StoreError> {
    Ok(EntryRecord {
        seq: row.int("seq")?,
        at: row.instant("at")?,
        author: row.text("author")?,
        why: row.opt_text("why")?,
        body: row.text("body")?,
    })
}

impl Store {
    /// All plans, the oldest first.
    pub async fn plans(&self) -> Result<Vec<PlanRecord>, StoreError> {
        self.source().fetch(PLANS.into(), vec![self.area_key()?.into()]).await?.iter().map(read_plan).collect()
    }

    pub async fn plan(&self, id: Id) -> Result<Option<PlanRecord>, StoreError> {
        plan(self.source(), self.area_key()?, id).await
    }

    /// The entries of a plan after number `after`, in order.
    pub async fn plan_entries(&self, id: Id, after: i64) -> Result<Vec<EntryRecord>, StoreError> {
        entries(self.source(), self.area_key()?, id, after).await
    }
}

impl Writer {
    /// Founds a plan without entries; `entries` and `changed_at` of `plan` do not count.
    ///
    /// # Errors
    /// [`StoreError::Constraint`] where there is one with its id.
    pub async fn found_plan(&mut self, plan: &PlanRecord) -> Result<(), StoreError> {
        let values = vec![
            self.area.as_str().into(),
            plan.id.into(),
            plan.name.as_str().into(),
            plan.state.as_str().into(),
            plan.base.into(),
            Value::id(plan.origin.map(|origin| origin.0)),
            Value::Int(plan.origin.map(|origin| origin.1)),
            plan.created_at.into(),
            plan.created_by.as_str().into(),
        ];
        self.transaction.execute(INSERT_PLAN.into(), values).await?;
        Ok(())
    }

    /// Adds to the log of a plan whose last entry has number `after`. Returns the number of the last one now.
    ///
    /// # Errors
    /// [`StoreError::PlanMovedOn`] where it has another number: somebody was quicker. [`StoreError::Missing`].
    pub async fn append_to_plan(
        &mut self,
        id: Id,
        after: i64,
        summary: &PlanSummary,
        entries: &[NewEntry],
    ) -> Result<i64, StoreError> {
        let last = after + i64::try_from(entries.len()).unwrap_or(i64::MAX);
        let area = self.area.clone();
        let values = vec![
            area.as_str().into(),
            id.into(),
            after.into(),
            summary.name.as_str().into(),
            summary.state.as_str().into(),
            summary.base.into(),
            self.now.into(),
            last.into(),
        ];
        if self.transaction.execute(UPDATE_PLAN.into(), values).await? == 0 {
            let found = plan(self.source(), &area, id).await?.ok_or(StoreError::Missing { what: "plan", id })?;
            return Err(StoreError::PlanMovedOn { expected: after, found: found.entries });
        }
        for (entry, seq) in entries.iter().zip(after + 1..) {
            let values = vec![
                area.as_str().into(),
                id.into(),
                seq.into(),
                entry.at.into(),
                entry.author.as_str().into(),
                Value::Text(entry.why.clone()),
                entry.body.as_str().into(),
            ];
            self.transaction.execute(INSERT_ENTRY.into(), values).await?;
        }
        Ok(last)
    }
}
