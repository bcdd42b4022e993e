//! Links by which a plan may be read, and by whoever has one.

use super::{Command, PlaceFeature, PlanFigures, PlanView};
use crate::{
    disclosure::Viewer,
    place::{Id, Level},
    plan::Body,
    service::{Service, ServiceError, figures::publication},
};
use sha2::{Digest as _, Sha256};
use std::{fmt::Write as _, sync::Arc};
use uuid::Uuid;

impl Service {
    /// Gives out a link to a plan; one given out before no longer counts. Returns its token, which is kept nowhere.
    ///
    /// # Errors
    /// As [`Self::draw`].
    pub async fn share_plan(self: &Arc<Self>, viewer: Viewer, id: Id, by: String) -> Result<String, ServiceError> {
        // 244 random bits.
        let token = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        let body = Body::Share { token_hash: hash(&token) };
        self.draw_on_top(viewer, id, by, body).await?;
        Ok(token)
    }

    /// No link to the plan counts any more.
    ///
    /// # Errors
    /// As [`Self::draw`].
    pub async fn unshare_plan(self: &Arc<Self>, viewer: Viewer, id: Id, by: String) -> Result<(), ServiceError> {
        self.draw_on_top(viewer, id, by, Body::Unshare).await.map(drop)
    }

    async fn draw_on_top(self: &Arc<Self>, viewer: Viewer, id: Id, by: String, body: Body) -> Result<(), ServiceError> {
        let after = self.plan(viewer, id).await?.history.seq();
        self.draw(viewer, id, Command { after, by, why: None, body }).await.map(drop)
    }

    /// A shared plan, without the names of those who drew it and what they wrote.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for a token that does not count; [`ServiceError::Plan`], [`ServiceError::Store`].
    pub async fn shared_plan(&self, id: Id, token: &str) -> Result<PlanView, ServiceError> {
        self.check_token(id, token).await?;
        let mut plan = self.plan(Viewer::Administrator, id).await?;
        plan.record.created_by.clear();
        plan.entries.clear();
        plan.locks.clear();
        plan.history.forget_snapshots();
        Ok(plan)
    }

    /// # Errors
    /// As [`Self::shared_plan`].
    pub async fn shared_places(&self, id: Id, token: &str, level: Level) -> Result<Vec<PlaceFeature>, ServiceError> {
        self.check_token(id, token).await?;
        self.plan_places(Viewer::Administrator, id, level).await
    }

    /// The figures as anybody may see them: whoever has the link may pass it on.
    ///
    /// # Errors
    /// As [`Self::shared_plan`].
    pub async fn shared_figures(&self, id: Id, token: &str) -> Result<PlanFigures, ServiceError> {
        self.check_token(id, token).await?;
        let mut figures = self.plan_figures(Viewer::Administrator, id).await?;
        if let Some(rule) = publication(Viewer::Public) {
            for (grids, totals) in [&mut figures.today, &mut figures.draft] {
                for grid in grids.values_mut() {
                    *grid = grid.published(rule);
                }
                *totals = totals.published(rule);
            }
        }
        Ok(figures)
    }

    async fn check_token(&self, id: Id, token: &str) -> Result<(), ServiceError> {
        let unknown = || ServiceError::NotFound("this link is not, or no longer, good; ask for a new one".to_owned());
        // Whoever guesses must not learn which plans there are.
        let record = self.store.plan(id).await?.ok_or_else(unknown)?;
        let (history, _) = self.plan_log(record.id).await?;
        if history.token_hash() == Some(hash(token).as_str()) { Ok(()) } else { Err(unknown()) }
    }
}

/// Of a random token a plain hash is enough, and comparing hashes tells nothing of the token.
fn hash(token: &str) -> String {
    Sha256::digest(token.as_bytes()).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
