//! Planning without a page: a draft from today's boundaries to a published version.

use crate::http_support::{Answer, Client, RUNTIME, SMALL, serve};
use serde_json::{Value, json};
use std::{path::Path, sync::Arc};
use wangge::{service::Service, store::Target};

/// A server over data of its own, since plans change them.
struct Office {
    service: Arc<Service>,
    client: Client,
}

impl Office {
    fn open(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("plans-{name}"));
        let _ = std::fs::remove_dir_all(&folder);
        RUNTIME.block_on(async {
            let service = Service::open(Target::Directory(folder), None).await.unwrap();
            service.load_demo(SMALL).await.unwrap();
            let client = serve(&service, None).await;
            Self { service, client }
        })
    }

    fn found(&self, name: &str) -> Plan<'_> {
        let answer = self.client.post("/api/v1/plans", &json!({ "name": name, "by": "老毛" }));
        assert_eq!(answer.status, 201, "{}", answer.text());
        let plan = answer.json();
        Plan { office: self, id: plan["id"].as_str().unwrap().to_owned() }
    }
}

struct Plan<'a> {
    office: &'a Office,
    id: String,
}

impl Plan<'_> {
    fn path(&self, rest: &str) -> String {
        format!("/api/v1/plans/{}{rest}", self.id)
    }

    fn get(&self, rest: &str) -> Value {
        let answer = self.office.client.get(&self.path(rest));
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    fn seq(&self) -> i64 {
        self.get("")["seq"].as_i64().unwrap()
    }

    fn tell(&self, by: &str, body: &Value) -> Answer {
        let command = json!({ "after": self.seq(), "by": by, "body": body });
        self.office.client.post(&self.path("/entries"), &command)
    }

    fn done(&self, by: &str, body: &Value) -> Value {
        let answer = self.tell(by, body);
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    fn redraw(&self, edits: &Value) -> Value {
        self.done("老毛", &json!({ "do": "operate", "operation": "redraw", "edits": edits }))
    }

    fn grids(&self) -> Vec<Value> {
        self.get("/places?level=grid")["features"].as_array().unwrap().clone()
    }

    /// Two grids of the same village with a common border: vertices that are in both.
    fn neighbours(&self) -> (Value, Value) {
        let grids = self.grids();
        let positions = |grid: &Value| grid["geometry"]["coordinates"].to_string();
        for a in &grids {
            for b in grids.iter().filter(|b| b["properties"]["parent"] == a["properties"]["parent"] && b["id"] != a["id"]) {
                let ring = a["geometry"]["coordinates"][0][0].as_array().unwrap();
                if ring.iter().filter(|at| positions(b).contains(&at.to_string())).count() > 2 {
                    return (a.clone(), b.clone());
                }
            }
        }
        panic!("no two grids of a village are neighbours");
    }
}

fn total_area(figures: &Value) -> f64 {
    figures["draft"]["places"].as_object().unwrap().values().map(|it| it["area_m2"].as_f64().unwrap()).sum()
}

#[test]
fn from_a_draft_to_a_version() {
    let office = Office::open("whole");
    let plan = office.found("均衡一村");
    let figures = plan.get("/figures");
    assert_eq!(figures["today"], figures["draft"], "nothing was done yet");
    let households = figures["today"]["totals"]["households"].as_u64().unwrap();
    assert!(households > 150 && figures["today"]["totals"]["workload"]["gini"].as_f64().unwrap() > 0.0, "{figures}");
    let area = total_area(&figures);

    // Merging: all of one grid is the other's.
    let (a, b) = plan.neighbours();
    let of = |grid: &Value| figures["today"]["places"][grid["id"].as_str().unwrap()]["households"].as_u64().unwrap();
    let priced = office.client.post(
        &plan.path("/preview"),
        &json!({ "operation": { "operation": "redraw", "edits": [{ "edit": "merge", "from": a["id"], "into": b["id"] }] } }),
    );
    assert_eq!(priced.status, 200, "{}", priced.text());
    assert_eq!(plan.seq(), 0, "a price is no deed");
    let merged = plan.redraw(&json!([{ "edit": "merge", "from": a["id"], "into": b["id"] }]));
    assert_eq!(priced.json()["totals"], merged["totals"]);
    assert_eq!(merged["moved"].as_array().unwrap().len() as u64, of(&a));
    assert_eq!(merged["figures"][b["id"].as_str().unwrap()]["households"].as_u64().unwrap(), of(&a) + of(&b));
    assert!(merged["removed"].as_array().unwrap().contains(&a["id"]));
    let after = plan.get("/figures");
    assert!((total_area(&after) / area - 1.0).abs() < 1e-9);
    assert_eq!(after["draft"]["totals"]["households"].as_u64().unwrap(), households);

    // Undone and done again.
    let undone = plan.done("老毛", &json!({ "do": "undo" }));
    assert!(undone["can_redo"].as_bool().unwrap() && !undone["can_undo"].as_bool().unwrap());
    assert_eq!(plan.get("/figures")["draft"], figures["draft"], "to the last digit");
    plan.done("老毛", &json!({ "do": "redo" }));
    assert_eq!(plan.get("/figures")["draft"], after["draft"]);

    // Whoever drew it can't approve it; nothing is drawn while it is reviewed.
    let early =
        office.client.post(&plan.path("/publish"), &json!({ "after": plan.seq(), "by": "老毛", "valid_from": "2026-11-01" }));
    assert_eq!(early.status, 422, "{}", early.text());
    plan.done("老毛", &json!({ "do": "submit" }));
    assert_eq!(plan.tell("老毛", &json!({ "do": "approve" })).status, 422);
    assert_eq!(plan.tell("小李", &json!({ "do": "undo" })).status, 422);
    plan.done("小李", &json!({ "do": "approve" }));
    let published = office.client.post(
        &plan.path("/publish"),
        &json!({ "after": plan.seq(), "by": "小李", "valid_from": "2026-11-01", "note": "合并" }),
    );
    assert_eq!(published.status, 200, "{}", published.text());
    let published = published.json();
    assert_eq!(published["households_moved"].as_u64().unwrap(), of(&a));
    let version = published["version"].as_i64().unwrap();
    let area_of = office.client.json("/api/v1/area");
    assert_eq!(area_of["versions"].as_array().unwrap().last().unwrap()["number"].as_i64().unwrap(), version);
    assert_eq!(plan.get("")["state"], "published");

    // The leader's map has it, and everybody lies in one of its grids.
    let grids = office.client.geojson("/api/v1/layers/grids.geojson");
    assert_eq!(grids.features.len(), SMALL.grids - 1);
    let homes = office.client.geojson("/api/v1/layers/households.geojson");
    let gone = a["id"].as_str().unwrap();
    assert!(homes.features.iter().all(|home| home.property("grid_id").and_then(Value::as_str) != Some(gone)));

    // And back.
    let restored = office
        .client
        .post(&format!("/api/v1/versions/{}/restore", version - 1), &json!({ "by": "小李", "valid_from": "2026-11-02" }));
    assert_eq!(restored.status, 200, "{}", restored.text());
    assert_eq!(office.client.geojson("/api/v1/layers/grids.geojson").features.len(), SMALL.grids);
    RUNTIME.block_on(office.service.close());
}

#[test]
fn households_go_with_the_ground_around_them() {
    let office = Office::open("flip");
    let plan = office.found("移几户");
    let (a, b) = plan.neighbours();
    let homes = office.client.geojson("/api/v1/layers/households.geojson");
    let of_a = homes.features.iter().filter(|home| home.property("grid_id") == Some(&a["id"]));
    let some: Vec<Value> = of_a.take(3).map(|home| home.property("id").unwrap().clone()).collect();
    let flipped = office
        .client
        .post(&plan.path("/flip"), &json!({ "after": 0, "by": "老毛", "why": "近", "households": some, "to": b["id"] }));
    assert_eq!(flipped.status, 200, "{}", flipped.text());
    let flipped = flipped.json();
    let mut moved: Vec<_> = flipped["moved"].as_array().unwrap().iter().map(|it| it["household"].clone()).collect();
    let mut some = some;
    moved.sort_by_key(ToString::to_string);
    some.sort_by_key(ToString::to_string);
    assert_eq!(moved, some, "these and nobody else");
    assert_eq!(flipped["entries"][0]["why"], "近");
    RUNTIME.block_on(office.service.close());
}

#[test]
fn two_planners_lose_nothing() {
    let office = Office::open("two");
    let plan = office.found("两人");
    let (a, b) = plan.neighbours();
    let rename = |id: &Value, name: &str, after: i64| {
        let body = json!({ "do": "operate", "operation": "describe", "place": id, "name": name });
        office.client.post(&plan.path("/entries"), &json!({ "after": after, "by": name, "body": body }))
    };
    assert_eq!(rename(&a["id"], "甲", 0).status, 200);
    let on_top = rename(&b["id"], "乙", 0);
    assert_eq!(on_top.status, 200, "other ground: {}", on_top.text());
    let known: Vec<_> = on_top.json()["entries"].as_array().unwrap().iter().map(|it| it["author"].clone()).collect();
    assert_eq!(known, ["甲", "乙"], "whoever comes later hears of the first");
    let same = rename(&a["id"], "丙", 0);
    assert_eq!(same.status, 409, "{}", same.text());
    assert_eq!(same.json()["entries"].as_array().unwrap().len(), 2);
    assert_eq!(plan.seq(), 2);
    RUNTIME.block_on(office.service.close());
}

#[test]
fn plans_are_for_the_office_and_for_whoever_has_the_link() {
    let office = Office::open("shared");
    let plan = office.found("给人看");
    let public = RUNTIME.block_on(serve(&office.service, Some("0.0.0.0:8080".parse().unwrap())));
    assert_eq!(public.get("/api/v1/plans").status, 403);
    assert_eq!(public.get(&plan.path("")).status, 403);
    assert_eq!(public.post("/api/v1/plans", &json!({ "name": "x", "by": "y" })).status, 403);
    let shared = office.client.post(&plan.path("/share"), &json!({ "by": "老毛" }));
    assert_eq!(shared.status, 200, "{}", shared.text());
    let token = shared.json()["token"].as_str().unwrap().to_owned();
    let link = |token: &str| format!("/api/v1/shared/{}/{token}", plan.id);
    let seen = public.json(&link(&token));
    assert_eq!((&seen["name"], &seen["created_by"], &seen["entries"]), (&json!("给人看"), &json!(""), &json!([])));
    assert_eq!(public.get(&format!("{}/places", link(&token))).status, 200);
    let figures = public.json(&format!("{}/figures", link(&token)));
    let exact = plan.get("/figures");
    let households = |of: &Value| -> Vec<u64> {
        of["draft"]["places"].as_object().unwrap().values().map(|it| it["households"].as_u64().unwrap()).collect()
    };
    assert!(households(&figures).iter().all(|count| count % 5 == 0), "a link may be passed on: {figures}");
    assert_ne!(households(&figures), households(&exact));
    assert_eq!(public.get(&link("0")).status, 404);
    office.client.post(&plan.path("/unshare"), &json!({ "by": "老毛" }));
    assert_eq!(public.get(&link(&token)).status, 404);
    RUNTIME.block_on(office.service.close());
}
