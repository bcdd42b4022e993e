//! Events of cases: append-only, and what follows from them for the case.

use super::{
    CasesWritten, StoreError, Writer,
    changes::ChangeOp,
    record::{Record, parameter_rows},
    records::read_event,
    value::{Value, to_ms},
    writer::CHUNK,
};
use crate::{
    case::{Case, CaseEvent, State, outcome},
    layer::Layer,
    place::Id,
};
use chrono::{DateTime, Utc};
use std::collections::HashMap;

/// State, and when it was closed.
type Outcome = (State, Option<DateTime<Utc>>);

impl Writer {
    /// Appends to each case those events that it does not have yet (the same transition and instant, and the same
    /// actor where both name one), then brings state and closing time of the case in line with all its events. An event
    /// whose actor was not known takes it from the one that names it.
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
            of_case.push(CaseEvent { at: to_ms(event.at), ..event.clone() });
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
        CasesWritten { written, changed: touched }: &mut CasesWritten,
    ) -> Result<(), StoreError> {
        let mut known = self.cases_with_events(cases).await?;
        let (mut rows, mut named, mut changed) = (Vec::new(), Vec::new(), Vec::new());
        for &id in cases {
            let (case, history) = known.get_mut(&id).ok_or(StoreError::Missing { what: "case", id })?;
            let before = history.len();
            let merged = merge(history, new.remove(&id).unwrap_or_default());
            let (appended, events) = (history.len() - before, Layer::CaseEvents.name());
            written.inserted += appended;
            written.updated += merged.named.len();
            written.unchanged += merged.unchanged;
            if appended > 0 || !merged.named.is_empty() {
                touched.insert(id);
            }
            if appended > 0 {
                self.log(ChangeOp::Insert, events, id, None).await?;
            }
            if !merged.named.is_empty() {
                self.log(ChangeOp::Update, events, id, None).await?;
            }
            rows.extend(history.iter().enumerate().skip(before).map(|(i, event)| self.event_values(i, event)));
            named.extend(merged.named.into_iter().map(|i| (id, i, history[i].actor.clone())));
            let outcome = outcome(case.stated, history);
            if outcome != (case.state, case.closed_at) {
                self.log(ChangeOp::Update, &case.layer(), id, None).await?;
                touched.insert(id);
                changed.push((id, outcome));
            }
        }
        self.name_actors(&named).await?;
        self.insert_events(rows).await?;
        self.update_states(&changed).await
    }

    async fn cases_with_events(&mut self, cases: &[Id]) -> Result<HashMap<Id, (Case, Vec<CaseEvent>)>, StoreError> {
        let values = || {
            let mut values = vec![Value::from(self.area.as_str())];
            values.extend(cases.iter().map(|&id| Value::from(id)));
            values
        };
        let ids = parameter_rows(1, 1, cases.len());
        let columns = Case::COLUMNS.join(", ");
        let sql = format!("SELECT {columns} FROM case_file WHERE area = $1 AND id IN {ids}");
        let (case_values, event_values) = (values(), values());
        let mut known = HashMap::with_capacity(cases.len());
        for row in self.transaction.fetch(sql.into(), case_values).await? {
            let case = Case::read(&row)?;
            known.insert(case.id, (case, Vec::new()));
        }
        let sql = format!(
            "SELECT case_id, transition, at, actor, version FROM case_event WHERE area = $1 AND case_id IN {ids} \
             ORDER BY case_id, seq"
        );
        for row in self.transaction.fetch(sql.into(), event_values).await? {
            let event = read_event(&row)?;
            if let Some((_, history)) = known.get_mut(&event.case) {
                history.push(event);
            }
        }
        Ok(known)
    }

    /// Events of a case are numbered from 0 in the order in which they came.
    fn event_values(&self, seq: usize, event: &CaseEvent) -> [Value; 7] {
        [
            self.area.as_str().into(),
            event.case.into(),
            event_seq(seq),
            event.transition.word().into(),
            event.at.into(),
            Value::word(event.actor.as_deref()),
            Value::Int(event.version),
        ]
    }

    async fn insert_events(&mut self, rows: Vec<[Value; 7]>) -> Result<(), StoreError> {
        for chunk in rows.chunks(2 * CHUNK) {
            let rows = parameter_rows(0, chunk.len(), 7);
            let sql = format!("INSERT INTO case_event (area, case_id, seq, transition, at, actor, version) VALUES {rows}");
            self.transaction.execute(sql.into(), chunk.concat()).await?;
        }
        Ok(())
    }

    async fn name_actors(&mut self, named: &[(Id, usize, Option<String>)]) -> Result<(), StoreError> {
        for chunk in named.chunks(CHUNK) {
            let mut values = vec![Value::from(self.area.as_str())];
            for (id, seq, actor) in chunk {
                values.extend([(*id).into(), event_seq(*seq), Value::word(actor.as_deref())]);
            }
            let rows = parameter_rows(1, chunk.len(), 3);
            let sql = format!(
                "UPDATE case_event SET actor = v.column3 FROM (VALUES {rows}) AS v \
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

fn event_seq(seq: usize) -> Value {
    i64::try_from(seq).unwrap_or(i64::MAX).into()
}

/// What [`merge`] did besides appending.
#[derive(Debug, Default, PartialEq, Eq)]
struct Merged {
    /// Stored events whose actor became known.
    named: Vec<usize>,
    unchanged: usize,
}

/// Appends to the `history` of a case what it does not have yet. A file of reports knows when a case was submitted, and the
/// file of its events also by whom: the same event, whose actor is filled in.
fn merge(history: &mut Vec<CaseEvent>, new: Vec<CaseEvent>) -> Merged {
    let stored = history.len();
    let mut merged = Merged::default();
    for event in new {
        let same = |other: &CaseEvent| {
            let actors = (&other.actor, &event.actor);
            let differ = matches!(actors, (Some(one), Some(another)) if one != another);
            (other.transition, other.at) == (event.transition, event.at) && !differ
        };
        match history.iter().position(same) {
            None => history.push(event),
            Some(i) if history[i].actor.is_none() && event.actor.is_some() => {
                history[i].actor = event.actor;
                if i < stored {
                    merged.named.push(i);
                }
            }
            Some(_) => merged.unchanged += 1,
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_actor_is_filled_in_but_never_changed() {
        let by = |actor: Option<&str>| CaseEvent {
            case: Id::derived("case", "1"),
            transition: State::Submitted,
            at: DateTime::UNIX_EPOCH,
            actor: actor.map(str::to_owned),
            version: None,
        };
        let mut stored = vec![by(None)];
        assert_eq!(merge(&mut stored, vec![by(Some("resident"))]), Merged { named: vec![0], unchanged: 0 });
        assert_eq!(stored, [by(Some("resident"))]);
        assert_eq!(merge(&mut stored, vec![by(None), by(Some("resident"))]), Merged { named: vec![], unchanged: 2 });
        assert_eq!(merge(&mut stored, vec![by(Some("centre"))]), Merged::default());
        assert_eq!(stored, [by(Some("resident")), by(Some("centre"))]);
    }
}
