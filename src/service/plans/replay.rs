//! The past, replayed through a draft: the leader's figures as they would be.

use crate::{
    analytics::Frames,
    case::Clocks,
    disclosure::Viewer,
    place::{Id, Level, Placement},
    service::{
        FigureQuery, Figures, Service, ServiceError,
        eras::Era,
        figures::{calendar, publication},
        frames,
        hot::Division,
        question::Question,
        timeline::Stretch,
    },
};
use chrono::{DateTime, NaiveDate, Utc};
use std::sync::Arc;

impl Service {
    /// The values of a metric, with everything that was recorded counted in the places of the draft, at all times.
    ///
    /// # Errors
    /// As [`Service::figures`], and [`ServiceError::Plan`].
    pub async fn plan_metric(&self, viewer: Viewer, id: Id, query: FigureQuery) -> Result<Figures, ServiceError> {
        let mut held = self.desk(viewer, id).await?;
        let question = Question::parse(&query)?;
        question.check(viewer)?;
        let hot = self.hot();
        let records = Arc::clone(hot.records(&self.store).await?);
        let question = question.within_the_data(viewer, &hot, &records)?;
        let calendar = calendar(&hot)?;
        let open = held.open()?;
        let state = open.desk.history().head();
        let known = open.replayed.as_ref().filter(|(of, _)| *of == state).map(|(_, frames)| Arc::clone(frames));
        let draft = open.desk.draft().clone();
        let version = open.desk.base();
        let turn = self.turn().await?;
        let (frames, figures) = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let frames = if let Some(frames) = known {
                frames
            } else {
                let boundaries = |level: &Level| Arc::new(Division::new(draft.boundaries(*level)));
                let [village, grid, microgrid] = Level::ALL else { return Err(ServiceError::Cancelled) };
                let levels = [village, grid, microgrid].map(boundaries);
                let stretch = Stretch { from: NaiveDate::MIN, to: None, version, levels: [Some(version); 3] };
                let eras = [Era { stretch, levels }];
                let points: Vec<_> = records.cases.iter().map(|case| case.location).collect();
                let replayed: Vec<Placement> = eras[0].place(&points);
                let clocks = Clocks::shipped().map_err(|error| ServiceError::Analytics(error.to_string()))?;
                let source = frames::Source {
                    hot: &hot,
                    records: &records,
                    calendar: &calendar,
                    clocks: &clocks,
                    eras: &eras,
                    replayed: Some(&replayed),
                    as_of: DateTime::<Utc>::MAX_UTC,
                };
                let frames = Frames::try_from(frames::input(&source));
                Arc::new(frames.map_err(|error| ServiceError::Analytics(error.to_string()))?)
            };
            let figures = question.answer(&hot, publication(viewer), &frames, &calendar)?;
            Ok::<_, ServiceError>((frames, figures))
        })
        .await??;
        held.open()?.replayed = Some((state, frames));
        Ok(figures)
    }
}
