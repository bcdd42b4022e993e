//! A plan over a newer version of the boundaries.

use super::draw::{Command, Drawn};
use crate::{
    disclosure::Viewer,
    place::{Boundary, Id},
    plan::{Body, Draft, PlanError},
    service::{Service, ServiceError},
};
use std::sync::Arc;

impl Service {
    /// Does the operations of a plan again on the version in force. Those that do not fit there are conflicts: they are left out
    /// if `drop` says so, else nothing happens.
    ///
    /// # Errors
    /// [`PlanError::Conflicts`], [`PlanError::Nothing`] where it stands on the version in force already; as [`Self::draw`].
    pub async fn rebase_plan(
        self: &Arc<Self>,
        viewer: Viewer,
        id: Id,
        after: i64,
        by: String,
        drop: bool,
    ) -> Result<Drawn, ServiceError> {
        let hot = self.hot();
        let latest = hot.versions.last().map(|version| version.number).ok_or(ServiceError::Empty)?;
        let mut held = self.desk(viewer, id).await?;
        let desk = &held.open()?.desk;
        let from = desk.base();
        if from == latest {
            return Err(PlanError::Nothing.into());
        }
        let path = desk.history().path(desk.history().head());
        let entries: Vec<_> = desk.entries().iter().filter(|entry| path.operations.contains(&entry.seq)).cloned().collect();
        std::mem::drop(held);
        let boundaries = self.boundaries_of(&hot, latest).await?;
        let conflicts = tokio::task::spawn_blocking(move || {
            let boundaries: Vec<&Boundary> = boundaries.iter().collect();
            let (mut draft, _) = Draft::new(&boundaries)?;
            let mut conflicts = Vec::new();
            for entry in &entries {
                if let Body::Operate(operation) = &entry.body
                    && let Err(error) = draft.perform(operation)
                {
                    conflicts.push((entry.seq, error.to_string()));
                }
            }
            Ok::<_, PlanError>(conflicts)
        })
        .await??;
        if !conflicts.is_empty() && !drop {
            return Err(PlanError::Conflicts { base: latest, conflicts }.into());
        }
        let dropped = conflicts.into_iter().map(|(seq, _)| seq).collect();
        let body = Body::Rebase { base: latest, from, dropped };
        self.draw(viewer, id, Command { after, by, why: None, body }).await
    }
}
