//! The one change log: what was written, in the order in which it was committed.

use super::{
    Source, StoreError,
    backend::Transaction,
    record::parameter_rows,
    value::{Row, Value},
};
use crate::{place::Id, vocabulary::vocabulary};
use chrono::{DateTime, Utc};

vocabulary! {
    /// What was done to a record.
    ChangeOp, "change" {
        Insert => "insert", "新增", "inserted";
        Update => "update", "修改", "updated";
        Delete => "delete", "删除", "deleted";
    }
}

/// One change of one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// From 1 within the area, without gaps, in the order of commits.
    pub seq: i64,
    pub at: DateTime<Utc>,
    pub op: ChangeOp,
    /// The name of the layer; `case-events` stands for all that happened to the case `record`, `area` for the area itself.
    pub layer: String,
    pub record: Id,
    /// Of boundaries: the version that the change made.
    pub version: Option<i64>,
}

/// A change that has no number yet.
pub(super) struct Pending {
    pub op: ChangeOp,
    pub layer: String,
    pub record: Id,
    pub version: Option<i64>,
}

const NEXT_NUMBERS: &str = "UPDATE area SET seq = seq + $2 WHERE area_key = $1 RETURNING seq";

const CHANGES: &str = "SELECT seq, at, op, layer, record_id, version FROM change \
     WHERE area = $1 AND seq > $2 ORDER BY seq LIMIT $3";

const CHANGE_SEQ: &str = "SELECT seq FROM area WHERE area_key = $1";

/// Rows that are written with one statement.
const CHUNK: usize = 500;

/// Numbers `pending` and writes it. The row of the area is held by this transaction until its end, so that numbers follow
/// the order of commits.
pub(super) async fn write(
    transaction: &mut dyn Transaction,
    area: &str,
    at: DateTime<Utc>,
    pending: Vec<Pending>,
) -> Result<(), StoreError> {
    let count = i64::try_from(pending.len()).unwrap_or(i64::MAX);
    let rows = transaction.fetch(NEXT_NUMBERS.into(), vec![area.into(), count.into()]).await?;
    let mut seq = rows.first().ok_or(StoreError::NoArea)?.int("seq")? - count;
    for chunk in pending.chunks(CHUNK) {
        let mut values = Vec::with_capacity(chunk.len() * 7);
        for change in chunk {
            seq += 1;
            values.extend([
                area.into(),
                seq.into(),
                at.into(),
                change.op.word().into(),
                change.layer.as_str().into(),
                change.record.into(),
                Value::Int(change.version),
            ]);
        }
        let rows = parameter_rows(0, chunk.len(), 7);
        let sql = format!("INSERT INTO change (area, seq, at, op, layer, record_id, version) VALUES {rows}");
        transaction.execute(sql.into(), values).await?;
    }
    Ok(())
}

pub(super) async fn read(mut source: Source<'_>, area: &str, after: i64, limit: u32) -> Result<Vec<Change>, StoreError> {
    let rows = source.fetch(CHANGES.into(), vec![area.into(), after.into(), i64::from(limit).into()]).await?;
    rows.iter().map(read_change).collect()
}

pub(super) async fn seq(mut source: Source<'_>, area: &str) -> Result<i64, StoreError> {
    let rows = source.fetch(CHANGE_SEQ.into(), vec![area.into()]).await?;
    rows.first().map_or(Ok(0), |row| row.int("seq"))
}

fn read_change(row: &Row) -> Result<Change, StoreError> {
    Ok(Change {
        seq: row.int("seq")?,
        at: row.instant("at")?,
        op: row.parse("op")?,
        layer: row.text("layer")?,
        record: row.parse("record_id")?,
        version: row.opt_int("version")?,
    })
}
