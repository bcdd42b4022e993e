//! What the store holds, at a glance.

use super::{Service, ServiceError, period::end_of_day};
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
    /// Of the layers that the viewer may read, in the order of [`Layer::ALL`]; reports that the public has in figures only
    /// included.
    pub counts: Vec<(Layer, u64)>,
    pub change_seq: i64,
}

impl Service {
    /// # Errors
    /// [`ServiceError::Empty`] before anything was imported, [`ServiceError::Store`].
    pub fn overview(&self, viewer: Viewer) -> Result<Overview, ServiceError> {
        let hot = self.hot();
        let area = hot.area()?.clone();
        let zone = area.zone;
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
            as_of: hot.as_of.map(|as_of| if viewer.may_read_fine_detail() { as_of } else { end_of_day(as_of, zone) }),
            counts,
            change_seq: hot.seq,
        })
    }

    /// What files that leave are called: with a word of warning where their content is generated.
    #[must_use]
    pub fn file_name(&self, stem: &str, ending: &str) -> String {
        let synthetic = self.hot().area().is_ok_and(|area| area.synthetic);
        format!("{stem}{}.{ending}", if synthetic { "-synthetic" } else { "" })
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
