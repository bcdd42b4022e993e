//! Two imports at the same time, as two people in an office start them.

use crate::{
    import_support::{TINY, load, load_all, options},
    store_support::Fixture,
};
use wangge::{layer::Layer, place::Level, service::Service};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn households_and_a_redraw_at_once_agree_afterwards() {
    for fixture in Fixture::each().await {
        let (one, other) = (open(&fixture).await, open(&fixture).await);
        load_all(&one, &TINY).await;
        let folder = tempfile::tempdir().unwrap();
        let (homes, grids) = (folder.path().join("homes.csv"), folder.path().join("grids.geojson"));
        for round in 0..5 {
            // Each round moves all households a little and draws the first grid under another name.
            let text = TINY.truth.households.iter().map(|(home, _)| {
                let at = home.location.unwrap();
                format!("{},{},{}\n", home.source, at.lon() + 1e-6 * f64::from(round + 1), at.lat())
            });
            std::fs::write(&homes, format!("source,lon,lat\n{}", text.collect::<String>())).unwrap();
            let mut file: serde_json::Value = serde_json::from_str(&TINY.text(Layer::Grids)).unwrap();
            file["features"][0]["properties"]["name"] = format!("round {round}").into();
            std::fs::write(&grids, file.to_string()).unwrap();
            let (a, b) =
                tokio::join!(one.import(options(Layer::Households, &homes)), other.import(options(Layer::Grids, &grids)));
            assert_eq!((a.unwrap().report.rejected, b.unwrap().report.rejected), (vec![], vec![]));
            let store = fixture.another().await;
            let latest = store.versions().await.unwrap().last().unwrap().number;
            for home in store.households().await.unwrap() {
                assert_eq!(home.placement.unwrap().version, latest, "round {round}: {}", home.source);
            }
            store.close().await;
        }
        fixture.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_first_imports_at_once_found_one_area() {
    for fixture in Fixture::each_empty().await {
        let (one, other) = (open(&fixture).await, open(&fixture).await);
        let (a, b) = tokio::join!(load(&one, &TINY, Layer::Villages), load(&other, &TINY, Layer::Persons));
        assert!(a.written.inserted > 0 && b.written.inserted > 0);
        let store = fixture.another().await;
        let version = store.versions().await.unwrap().last().unwrap().number;
        assert_eq!(store.boundaries(Level::Village, version).await.unwrap().len(), TINY.truth.villages.len());
        assert_eq!(store.persons().await.unwrap().len(), TINY.truth.persons.len());
        store.close().await;
        fixture.end().await;
    }
}

async fn open(fixture: &Fixture) -> std::sync::Arc<Service> {
    Service::open(fixture.target.clone(), None).await.unwrap()
}
