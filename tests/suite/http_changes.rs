//! What becomes of answers when the store changes behind a running server.

use crate::{
    http_support::{RUNTIME, serve},
    import_support::{TINY, load, options},
    store_support::Fixture,
};
use std::time::Duration;
use wangge::{layer::Layer, service::Service};

/// What another process imports into the same store, be it only the area's name.
#[test]
fn a_new_name_of_the_area_shows_without_a_restart() {
    RUNTIME.block_on(async {
        for fixture in Fixture::each().await {
            let service = Service::open(fixture.target.clone(), None).await.unwrap();
            load(&service, &TINY, Layer::Villages).await;
            service.watch();
            let client = serve(&service, None).await;
            let before = tokio::task::spawn_blocking(move || client.get("/api/v1/area")).await.unwrap();
            let other = Service::open(fixture.target.clone(), None).await.unwrap();
            let rename = || {
                let mut import = options(Layer::Villages, &TINY.path(Layer::Villages));
                import.area_name = Some("新名".to_owned());
                import
            };
            other.import(rename()).await.unwrap();
            let renamed = other.change_seq();
            other.import(rename()).await.unwrap();
            assert_eq!(other.change_seq(), renamed, "the same again changes nothing");

            let tag = before.header("etag").to_owned();
            let changed = async {
                loop {
                    let tag = tag.clone();
                    let get = move || client.get_with("/api/v1/area", &[("if-none-match", &tag)]);
                    let answer = tokio::task::spawn_blocking(get).await.unwrap();
                    if answer.status == 200 {
                        return answer.json()["name"].clone();
                    }
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            };
            let name = tokio::time::timeout(Duration::from_secs(10), changed).await.expect("within ten seconds");
            assert_eq!(name, "新名");
            other.close().await;
            service.close().await;
            fixture.end().await;
        }
    });
}
