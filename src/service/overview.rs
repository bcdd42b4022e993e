//! What the store holds, at a glance.

use super::{Service, ServiceError};
use crate::{
    disclosure::Viewer,
    geometry::BBox,
    layer::Layer,
    place::{BoundaryVersion, Period},
    store::AreaSettings,
};
use chrono::{DateTime, Utc};

/// The area, its versions, and how much there is of each layer.
#[derive(Clone, Debug)]
pub struct Overview {
    pub area: AreaSettings,
    pub versions: Vec<BoundaryVersion>,
    pub bbox: Option<BBox>,
    /// From the first report, visit, activity or patrol to behind the last.
    pub span: Option<Period>,
    /// The instant at which open cases are censored.
    pub as_of: Option<DateTime<Utc>>,
    /// Of the layers that the viewer may read, in the order of [`Layer::ALL`].
    pub counts: Vec<(Layer, u64)>,
    pub change_seq: i64,
}

impl Service {
    /// # Errors
    /// [`ServiceError::Empty`] before anything was imported, [`ServiceError::Store`].
    pub fn overview(&self, viewer: Viewer) -> Result<Overview, ServiceError> {
        let hot = self.hot();
        let area = hot.area()?.clone();
        let counts = Layer::ALL
            .iter()
            .filter(|layer| viewer.may_read(**layer))
            .map(|layer| (*layer, hot.counts.get(layer).copied().unwrap_or(0)))
            .collect();
        let bbox = hot.bbox();
        Ok(Overview {
            area,
            versions: hot.versions.clone(),
            bbox,
            span: hot.span,
            as_of: hot.as_of,
            counts,
            change_seq: hot.seq,
        })
    }

    /// The categories of the reports, the most frequent first.
    ///
    /// # Errors
    /// [`ServiceError::Empty`], [`ServiceError::Store`].
    pub async fn report_kinds(&self) -> Result<Vec<String>, ServiceError> {
        let hot = self.hot();
        hot.area()?;
        let records = hot.records(&self.store).await?;
        let mut counts: std::collections::BTreeMap<&str, u64> = std::collections::BTreeMap::new();
        for case in &records.cases {
            *counts.entry(case.category.as_str()).or_default() += 1;
        }
        let mut kinds: Vec<_> = counts.into_iter().collect();
        kinds.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        Ok(kinds.into_iter().map(|(kind, _)| kind.to_owned()).collect())
    }
}
