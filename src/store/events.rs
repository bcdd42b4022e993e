//! Events of cases and what follows from them for the case: the log of events is append-only, what the rows of files tell is
//! what their latest version tells.

use super::{
    CasesWritten, StoreError, Writer, Written,
    changes::ChangeOp,
    record::{Record, parameter_rows},
    records::read_event,
    value::{Row, Value, to_ms},
    writer::CHUNK,
};
use crate::{
    case::{Case, CaseEvent, State, Transition, outcome},
    layer::Layer,
    place::Id,
};
use chrono::{DateTime, Utc};
use std::collections::{BTreeSet, HashMap, HashSet};

/// What the row of a case tells of its life, in columns of its own for single transitions.
#[derive(Clone, Debug, PartialEq)]
pub struct RowEvents {
    pub case: Id,
    /// The transitions that the row speaks of, be it by an empty cell.
    pub covers: Vec<Transition>,
    pub events: Vec<CaseEvent>,
}

/// Who tells of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// The log of events, whatever the row says.
    Log,
    /// The row of the case alone.
    Row,
}

impl Origin {
    const fn word(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::Row => "row",
        }
    }
}

/// An event under its number in the case: events are numbered in the order in which they came.
#[derive(Clone, Debug, PartialEq)]
struct Stored {
    seq: i64,
    origin: Origin,
    event: CaseEvent,
}

/// State, and when it was closed.
type Outcome = (State, Option<DateTime<Utc>>);

/// What is written for a chunk of cases.
#[derive(Default)]
struct Batch {
    /// Cases of which all that a row tells is written anew.
    retold: Vec<Id>,
    inserted: Vec<[Value; 8]>,
    /// Events that are the log's from now on, and who acted in them.
    claimed: Vec<(Id, i64, Option<String>)>,
    outcomes: Vec<(Id, Outcome)>,
}

impl Writer {
    /// Appends to each case those events of the log that it does not have yet (the same transition and instant, and the same
    /// actor where both name one), then brings state and closing time of the case in line with all its events. An event
    /// whose actor was not known takes it from the one that names it; one that only the row of the case told of is the log's
    /// from then on.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where a case does not exist.
    pub async fn append_events(&mut self, events: &[CaseEvent]) -> Result<CasesWritten, StoreError> {
        let mut order = Vec::new();
        let mut by_case: HashMap<Id, Vec<CaseEvent>> = HashMap::new();
        for event in events {
            let of_case = by_case.entry(event.case).or_insert_with(|| {
                order.push(event.case);
                Vec::new()
            });
            of_case.push(rounded(event));
        }
        let mut written = CasesWritten::default();
        for cases in order.chunks(CHUNK) {
            self.append_to(cases, &mut by_case, &mut written).await?;
        }
        Ok(written)
    }

    async fn append_to(
        &mut self,
        cases: &[Id],
        new: &mut HashMap<Id, Vec<CaseEvent>>,
        CasesWritten { written, changed }: &mut CasesWritten,
    ) -> Result<(), StoreError> {
        let (mut known, mut batch) = (self.cases_with_events(cases).await?, Batch::default());
        for &id in cases {
            let (case, history) = known.get_mut(&id).ok_or(StoreError::Missing { what: "case", id })?;
            let before = history.len();
            let merged = merge(history, new.remove(&id).unwrap_or_default());
            let (appended, claimed) = (history.len() - before, merged.claimed.len());
            *written += Written { inserted: appended, updated: claimed, unchanged: merged.unchanged };
            for (n, op) in [(appended, ChangeOp::Insert), (claimed, ChangeOp::Update)] {
                if n > 0 {
                    self.log(op, Layer::CaseEvents.name(), id, None).await?;
                    changed.insert(id);
                }
            }
            batch.inserted.extend(history[before..].iter().map(|stored| self.event_values(stored)));
            let claimed = merged.claimed.into_iter().map(|i| (id, history[i].seq, history[i].event.actor.clone()));
            batch.claimed.extend(claimed);
            self.bring_in_line(case, history, &mut batch, changed).await?;
        }
        self.write_batch(batch).await
    }

    /// Of each case: what its row told before of the transitions that it covers is replaced by what it tells now, and what the
    /// log tells stays. Returns the cases that changed. A case stands in `rows` once.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where a case does not exist.
    pub async fn replace_row_events(&mut self, rows: &[RowEvents]) -> Result<HashSet<Id>, StoreError> {
        let mut changed = HashSet::new();
        for rows in rows.chunks(CHUNK) {
            let cases: Vec<Id> = rows.iter().map(|row| row.case).collect();
            let (mut known, mut batch) = (self.cases_with_events(&cases).await?, Batch::default());
            for RowEvents { case: id, covers, events } in rows {
                let (case, history) = known.get_mut(id).ok_or(StoreError::Missing { what: "case", id: *id })?;
                if let Some(op) = retell(history, covers, events.iter().map(rounded).collect()) {
                    self.log(op, Layer::CaseEvents.name(), *id, None).await?;
                    changed.insert(*id);
                    batch.retold.push(*id);
                    let told = history.iter().filter(|stored| stored.origin == Origin::Row);
                    batch.inserted.extend(told.map(|stored| self.event_values(stored)));
                }
                self.bring_in_line(case, history, &mut batch, &mut changed).await?;
            }
            self.write_batch(batch).await?;
        }
        Ok(changed)
    }

    /// State and closing time follow from what is stated and from all events.
    async fn bring_in_line(
        &mut self,
        case: &Case,
        history: &[Stored],
        batch: &mut Batch,
        changed: &mut HashSet<Id>,
    ) -> Result<(), StoreError> {
        let outcome = outcome(case.stated, history.iter().map(|stored| &stored.event));
        if outcome != (case.state, case.closed_at) {
            self.log(ChangeOp::Update, &case.layer(), case.id, None).await?;
            changed.insert(case.id);
            batch.outcomes.push((case.id, outcome));
        }
        Ok(())
    }

    async fn cases_with_events(&mut self, cases: &[Id]) -> Result<HashMap<Id, (Case, Vec<Stored>)>, StoreError> {
        let (case_values, event_values) = (self.of_cases(cases), self.of_cases(cases));
        let ids = parameter_rows(1, 1, cases.len());
        let columns = Case::COLUMNS.join(", ");
        let sql = format!("SELECT {columns} FROM case_file WHERE area = $1 AND id IN {ids}");
        let mut known = HashMap::with_capacity(cases.len());
        for row in self.transaction.fetch(sql.into(), case_values).await? {
            let case = Case::read(&row)?;
            known.insert(case.id, (case, Vec::new()));
        }
        let sql = format!(
            "SELECT case_id, seq, transition, at, actor, version, origin FROM case_event WHERE area = $1 AND case_id IN {ids} \
             ORDER BY case_id, seq"
        );
        for row in self.transaction.fetch(sql.into(), event_values).await? {
            let stored = read_stored(&row)?;
            if let Some((_, history)) = known.get_mut(&stored.event.case) {
                history.push(stored);
            }
        }
        Ok(known)
    }

    /// The area, then the ids.
    fn of_cases(&self, cases: &[Id]) -> Vec<Value> {
        let mut values = vec![Value::from(self.area.as_str())];
        values.extend(cases.iter().map(|&id| Value::from(id)));
        values
    }

    fn event_values(&self, Stored { seq, origin, event }: &Stored) -> [Value; 8] {
        [
            self.area.as_str().into(),
            event.case.into(),
            (*seq).into(),
            event.transition.word().into(),
            event.at.into(),
            Value::word(event.actor.as_deref()),
            Value::Int(event.version),
            origin.word().into(),
        ]
    }

    async fn write_batch(&mut self, batch: Batch) -> Result<(), StoreError> {
        self.forget_rows(&batch.retold).await?;
        self.claim(&batch.claimed).await?;
        self.insert_events(batch.inserted).await?;
        self.update_states(&batch.outcomes).await
    }

    async fn forget_rows(&mut self, cases: &[Id]) -> Result<(), StoreError> {
        if cases.is_empty() {
            return Ok(());
        }
        let (ids, values) = (parameter_rows(1, 1, cases.len()), self.of_cases(cases));
        let sql = format!("DELETE FROM case_event WHERE area = $1 AND case_id IN {ids} AND origin = 'row'");
        self.transaction.execute(sql.into(), values).await?;
        Ok(())
    }

    async fn insert_events(&mut self, rows: Vec<[Value; 8]>) -> Result<(), StoreError> {
        for chunk in rows.chunks(2 * CHUNK) {
            let rows = parameter_rows(0, chunk.len(), 8);
            let sql =
                format!("INSERT INTO case_event (area, case_id, seq, transition, at, actor, version, origin) VALUES {rows}");
            self.transaction.execute(sql.into(), chunk.concat()).await?;
        }
        Ok(())
    }

    async fn claim(&mut self, claimed: &[(Id, i64, Option<String>)]) -> Result<(), StoreError> {
        for chunk in claimed.chunks(CHUNK) {
            let mut values = vec![Value::from(self.area.as_str())];
            for (id, seq, actor) in chunk {
                values.extend([(*id).into(), (*seq).into(), Value::word(actor.as_deref())]);
            }
            let rows = parameter_rows(1, chunk.len(), 3);
            let sql = format!(
                "UPDATE case_event SET actor = v.column3, origin = 'log' FROM (VALUES {rows}) AS v \
                 WHERE case_event.area = $1 AND case_event.case_id = v.column1 AND case_event.seq = v.column2"
            );
            self.transaction.execute(sql.into(), values).await?;
        }
        Ok(())
    }

    async fn update_states(&mut self, changed: &[(Id, Outcome)]) -> Result<(), StoreError> {
        if changed.is_empty() {
            return Ok(());
        }
        let mut values = vec![Value::from(self.area.as_str())];
        for &(id, (state, closed_at)) in changed {
            values.extend([id.into(), state.word().into(), Value::Instant(closed_at)]);
        }
        let rows = parameter_rows(1, changed.len(), 3);
        let sql = format!(
            "UPDATE case_file SET state = v.column2, closed_at = v.column3 FROM (VALUES {rows}) AS v \
             WHERE case_file.area = $1 AND case_file.id = v.column1"
        );
        self.transaction.execute(sql.into(), values).await?;
        Ok(())
    }
}

fn read_stored(row: &Row) -> Result<Stored, StoreError> {
    let origin = match row.text("origin")?.as_str() {
        "row" => Origin::Row,
        _ => Origin::Log,
    };
    Ok(Stored { seq: row.int("seq")?, origin, event: read_event(row)? })
}

fn rounded(event: &CaseEvent) -> CaseEvent {
    CaseEvent { at: to_ms(event.at), ..event.clone() }
}

/// The number of the next event.
fn next_seq(history: &[Stored]) -> i64 {
    history.last().map_or(0, |stored| stored.seq + 1)
}

/// What [`merge`] did besides appending.
#[derive(Debug, Default, PartialEq, Eq)]
struct Merged {
    /// The places of stored events whose actor became known, or which only a row told of so far.
    claimed: Vec<usize>,
    unchanged: usize,
}

/// Appends to the `history` of a case what it does not have yet. A file of reports knows when a case was submitted, and the
/// file of its events also by whom: the same event, whose actor is filled in.
fn merge(history: &mut Vec<Stored>, new: Vec<CaseEvent>) -> Merged {
    let before = history.len();
    let mut merged = Merged::default();
    for event in new {
        let same = |Stored { event: other, .. }: &Stored| {
            let actors = (&other.actor, &event.actor);
            let differ = matches!(actors, (Some(one), Some(another)) if one != another);
            (other.transition, other.at) == (event.transition, event.at) && !differ
        };
        let Some(i) = history.iter().position(same) else {
            history.push(Stored { seq: next_seq(history), origin: Origin::Log, event });
            continue;
        };
        let stored = &mut history[i];
        let names = stored.event.actor.is_none() && event.actor.is_some();
        if names {
            stored.event.actor = event.actor;
        }
        if (names || stored.origin == Origin::Row) && i < before {
            merged.claimed.push(i);
        } else if !names {
            merged.unchanged += 1;
        }
        stored.origin = Origin::Log;
    }
    merged
}

/// Replaces in the `history` of a case what its row told of the transitions in `covers`. Returns what that amounts to; `None` if
/// the row tells what it told.
fn retell(history: &mut Vec<Stored>, covers: &[Transition], new: Vec<CaseEvent>) -> Option<ChangeOp> {
    let key = |event: &CaseEvent| (event.at, event.transition);
    let of = |origin| move |stored: &&Stored| stored.origin == origin;
    let in_log: HashSet<_> = history.iter().filter(of(Origin::Log)).map(|stored| key(&stored.event)).collect();
    let told: Vec<_> = history.iter().filter(of(Origin::Row)).map(|stored| stored.event.clone()).collect();
    let (covered, other): (Vec<_>, Vec<_>) = told.iter().cloned().partition(|event| covers.contains(&event.transition));
    // An event that is told again stays in the version that it happened in.
    let again = |event: CaseEvent| covered.iter().find(|stored| key(stored) == key(&event)).cloned().unwrap_or(event);
    let mut tells = other;
    tells.extend(new.into_iter().filter(|event| !in_log.contains(&key(event))).map(again));
    tells.sort_by_key(key);
    tells.dedup_by_key(|event| key(event));

    let before: BTreeSet<_> = told.iter().map(key).collect();
    let after: BTreeSet<_> = tells.iter().map(key).collect();
    if before == after {
        return None;
    }
    let numbers = next_seq(history)..;
    history.retain(|stored| stored.origin == Origin::Log);
    history.extend(numbers.zip(tells).map(|(seq, event)| Stored { seq, origin: Origin::Row, event }));
    Some(match (after.is_superset(&before), before.is_superset(&after)) {
        (true, _) => ChangeOp::Insert,
        (_, true) => ChangeOp::Delete,
        _ => ChangeOp::Update,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use State::{Closed, Handled, Submitted, Void};

    fn event(transition: State, s: i64, actor: Option<&str>) -> CaseEvent {
        CaseEvent {
            case: Id::derived("case", "1"),
            transition,
            at: DateTime::from_timestamp(s, 0).unwrap(),
            actor: actor.map(str::to_owned),
            version: None,
        }
    }

    fn told(history: &[Stored]) -> Vec<(i64, Origin, State, i64)> {
        history.iter().map(|it| (it.seq, it.origin, it.event.transition, it.event.at.timestamp())).collect()
    }

    #[test]
    fn an_actor_is_filled_in_but_never_changed() {
        let by = |actor| event(Submitted, 0, actor);
        let actors = |history: &[Stored]| history.iter().map(|it| it.event.actor.clone().unwrap()).collect::<Vec<_>>();
        let mut history = Vec::new();
        merge(&mut history, vec![by(None)]);
        assert_eq!(merge(&mut history, vec![by(Some("resident"))]), Merged { claimed: vec![0], unchanged: 0 });
        assert_eq!(actors(&history), ["resident"]);
        let again = merge(&mut history, vec![by(None), by(Some("resident"))]);
        assert_eq!(again, Merged { claimed: vec![], unchanged: 2 });
        assert_eq!(merge(&mut history, vec![by(Some("centre"))]), Merged::default());
        assert_eq!(actors(&history), ["resident", "centre"]);
    }

    #[test]
    fn a_row_takes_back_what_it_alone_told() {
        let covers = [Submitted, Closed, Void];
        let row = |events: &[(State, i64)]| events.iter().map(|&(to, s)| event(to, s, None)).collect::<Vec<_>>();
        let mut history = Vec::new();
        let first = retell(&mut history, &covers, row(&[(Submitted, 1), (Closed, 9)]));
        assert_eq!(
            (first, told(&history)),
            (Some(ChangeOp::Insert), vec![(0, Origin::Row, Submitted, 1), (1, Origin::Row, Closed, 9)])
        );
        assert_eq!(retell(&mut history, &covers, row(&[(Submitted, 1), (Closed, 9)])), None);
        assert_eq!(retell(&mut history, &[Submitted], row(&[(Submitted, 1)])), None, "without a column the closing stays");
        assert_eq!(retell(&mut history, &covers, row(&[(Submitted, 1), (Closed, 5)])), Some(ChangeOp::Update));
        assert_eq!(told(&history), [(2, Origin::Row, Submitted, 1), (3, Origin::Row, Closed, 5)]);
        assert_eq!(retell(&mut history, &covers, row(&[(Submitted, 1)])), Some(ChangeOp::Delete));
        assert_eq!(told(&history), [(4, Origin::Row, Submitted, 1)]);
    }

    #[test]
    fn what_the_log_tells_too_is_never_taken_back() {
        let covers = [Submitted, Closed];
        let mut history = Vec::new();
        retell(&mut history, &covers, vec![event(Submitted, 1, None), event(Closed, 9, None)]);
        let log = vec![event(Handled, 7, None), event(Closed, 9, None)];
        assert_eq!(merge(&mut history, log.clone()), Merged { claimed: vec![1], unchanged: 0 });
        assert_eq!(merge(&mut history, log), Merged { claimed: vec![], unchanged: 2 });
        retell(&mut history, &covers, vec![event(Submitted, 1, None), event(Closed, 5, None)]);
        let log = [(1, Origin::Log, Closed, 9), (2, Origin::Log, Handled, 7)];
        assert_eq!(told(&history), [log[0], log[1], (3, Origin::Row, Submitted, 1), (4, Origin::Row, Closed, 5)]);
        assert_eq!(
            retell(&mut history, &covers, vec![event(Submitted, 1, None), event(Closed, 9, None)]),
            Some(ChangeOp::Delete)
        );
        assert_eq!(told(&history), [log[0], log[1], (5, Origin::Row, Submitted, 1)]);
    }
}
