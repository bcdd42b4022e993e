//! The synthetic demo subdistrict, straight into an empty store.

use super::{
    Service, ServiceError,
    hot::Division,
    placing::{Divisions, centre},
};
use crate::{
    geometry::LonLat,
    place::{CodeScheme, Id, Level},
    store::{AreaSettings, PublishBoundaries, Writer},
    testing::subdistrict::{Settings, Subdistrict},
};
use std::collections::HashMap;

/// The store is empty before.
const FIRST_VERSION: i64 = 1;

/// Records written at once: between them other tasks get their turn.
const CHUNK: usize = 5000;

impl Service {
    /// Generates a subdistrict and writes it in one transaction. A store that holds an area already is left alone.
    ///
    /// # Errors
    /// [`ServiceError::Store`]; then nothing was written.
    pub async fn load_demo(&self, settings: Settings) -> Result<(), ServiceError> {
        if self.hot().area().is_ok() {
            tracing::info!("the store is not empty: the demo is left out");
            return Ok(());
        }
        tracing::info!("generating the synthetic demo subdistrict");
        let demo = tokio::task::spawn_blocking(move || place_all(Subdistrict::generate(&settings))).await?;
        let area = AreaSettings {
            key: "430811".to_owned(),
            name: "索溪峪街道(合成数据)".to_owned(),
            zone: chrono_tz::Asia::Shanghai,
            code_scheme: CodeScheme::CnGrid15,
            synthetic: true,
        };
        let mut writer = self.store.write_area(&area).await?;
        write(&mut writer, &demo).await?;
        writer.commit().await?;
        self.refresh().await
    }
}

/// Gives households, squares, devices and reports their places, as an import would.
fn place_all(mut demo: Subdistrict) -> Subdistrict {
    let levels = [&demo.villages, &demo.grids, &demo.microgrids].map(|boundaries| Division::new(boundaries.clone()));
    let [villages, grids, microgrids] = &levels;
    let divisions = Divisions { version: FIRST_VERSION, villages, grids, microgrids };
    let place = |points: Vec<Option<LonLat>>| divisions.place(&points);
    let homes = place(demo.households.iter().map(|(home, _)| home.location).collect());
    for ((home, _), placement) in demo.households.iter_mut().zip(homes) {
        home.placement = Some(placement);
    }
    let squares = place(demo.squares.iter().map(|square| centre(&square.shape)).collect());
    for (square, placement) in demo.squares.iter_mut().zip(squares) {
        square.placement = Some(placement);
    }
    let devices = place(demo.devices.iter().map(|device| device.location).collect());
    for (device, placement) in demo.devices.iter_mut().zip(devices) {
        device.placement = Some(placement);
    }
    let cases = place(demo.cases.iter().map(|case| case.location).collect());
    for (case, placement) in demo.cases.iter_mut().zip(cases) {
        (case.placement, case.now) = (Some(placement.clone()), Some(placement));
    }
    let persons: HashMap<&str, Id> = demo.persons.iter().map(|person| (person.source.as_str(), person.id)).collect();
    for event in &mut demo.events {
        event.version = Some(FIRST_VERSION);
        if let Some(id) = event.actor.as_deref().and_then(|actor| persons.get(actor)) {
            event.actor = Some(id.to_string());
        }
    }
    demo
}

async fn write(writer: &mut Writer, demo: &Subdistrict) -> Result<(), ServiceError> {
    let levels = [(Level::Village, &demo.villages), (Level::Grid, &demo.grids), (Level::MicroGrid, &demo.microgrids)];
    let levels = levels.map(|(level, boundaries)| (level, boundaries.clone())).to_vec();
    let note = "合成数据 · synthetic".to_owned();
    writer.publish(&PublishBoundaries { levels, valid_from: demo.valid_from, note }).await?;
    writer.upsert_squares(&demo.squares).await?;
    writer.upsert_facilities(&demo.facilities).await?;
    writer.upsert_devices(&demo.devices).await?;
    writer.upsert_persons(&demo.persons).await?;
    writer.upsert_posts(&demo.posts).await?;
    writer.upsert_rounds(&demo.rounds).await?;
    let homes: Vec<_> = demo.households.iter().map(|(home, contact)| (home.clone(), Some(contact.clone()))).collect();
    for chunk in homes.chunks(CHUNK) {
        writer.upsert_households(chunk).await?;
    }
    for kind in [&demo.visits, &demo.activities, &demo.patrols] {
        for chunk in kind.chunks(CHUNK) {
            writer.upsert_fulfilments(chunk).await?;
        }
    }
    let texts: HashMap<_, _> = demo.texts.iter().cloned().collect();
    let cases: Vec<_> = demo.cases.iter().map(|case| (case.clone(), texts.get(&case.id).cloned())).collect();
    for chunk in cases.chunks(CHUNK) {
        writer.upsert_cases(chunk).await?;
    }
    // All events of a case in one call: the state of the case follows from them.
    let mut events = demo.events.as_slice();
    while !events.is_empty() {
        let wanted = CHUNK.min(events.len());
        let last = events[wanted - 1].case;
        let end = wanted + events[wanted..].iter().take_while(|event| event.case == last).count();
        writer.append_events(&events[..end]).await?;
        events = &events[end..];
    }
    Ok(())
}
